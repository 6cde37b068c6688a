"""One card or letter on its way: rendered, sent or edited, and what Telegram said turned into what is recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from random import Random
from typing import TypeAlias

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.clock import Clock
from messenger.content_protocol import Content, Rendered, Skip
from messenger.gateway import Gateway
from messenger.outgoing import Outgoing
from messenger.pauses import back_off
from messenger.plan import Traffic
from messenger.recording import Recorder
from messenger.results import Broken, Gone, Later, Missing, Moved, Refused, Result, Sent, TopicGone, Unchanged
from storage.engine import Database

_log = structlog.get_logger(__name__)
_AGAIN_AFTER = (0.05, 0.2, 1.0, 5.0)  # seconds, while a busy database does not take what was sent
_BROKEN_PAUSE = timedelta(seconds=30)
_BUNDLE_TRIES = 3  # a busy database is no bug

Recording: TypeAlias = Callable[[AsyncConnection], Awaitable[None]]


class Delivery:
    """Delivers claimed rows; keeps the traffic (history, pauses) true."""

    def __init__(self, clock: Clock, gateway: Gateway, content: Content, traffic: Traffic, chance: Random) -> None:
        self._clock = clock
        self._gateway = gateway
        self._content = content
        self._traffic = traffic
        self._chance = chance
        self.trouble: str | None = None  # why nothing can be sent to anybody

    async def deliver(self, database: Database, recorder: Recorder, target: int) -> None:
        """Send and record; nothing is raised, a row that went wrong comes again."""
        try:
            recording = await self._attempt(recorder, target)
        except Exception as bug:
            _log.exception("outbox: cannot be rendered", item=recorder.item)
            self._traffic.history.withdraw(target)
            recording = self._spoilt(recorder, f"{type(bug).__name__}: {bug}")
        await self._record(database, recorder, recording)

    async def _attempt(self, recorder: Recorder, target: int) -> Recording:
        if recorder.item.kind == "letter":
            return await self._attempt_letter(recorder, target)
        return await self._attempt_card(recorder, target)

    async def _attempt_letter(self, recorder: Recorder, target: int) -> Recording:
        content = await self._content.letter(recorder.row)
        if isinstance(content, Skip):
            self._traffic.history.withdraw(target)
            return partial(recorder.skipped, why=content.why)
        return await self._send(recorder, target, content)

    async def _attempt_card(self, recorder: Recorder, target: int) -> Recording:
        row, rendered = recorder.row, await self._content.card(recorder.row)
        if rendered is None:
            self._traffic.history.withdraw(target)
            return partial(recorder.nothing_to_show, now=self._clock.now())
        recorder = replace(recorder, row={**row, "names": rendered.names})
        if row["message_id"] is None:
            return await self._send(recorder, target, rendered.outgoing)
        content_hash = rendered.outgoing.content_hash()
        if content_hash == row["content_hash"]:
            self._traffic.history.withdraw(target)
            return partial(recorder.edited, content_hash=content_hash, now=self._clock.now())
        await self._depart(recorder, target)
        result = await self._gateway.edit(target, row["message_id"], rendered.outgoing, is_photo=row["is_photo"])
        self._settle(target, result)
        return self._after_edit(recorder, target, rendered, result)

    async def _send(self, recorder: Recorder, target: int, outgoing: Outgoing) -> Recording:
        await self._depart(recorder, target)
        result = await self._gateway.send(target, recorder.row["thread_id"], outgoing)
        self._settle(target, result)
        if isinstance(result, Sent):
            return partial(recorder.sent, message=result, outgoing=outgoing, now=self._clock.now())
        if isinstance(result, Refused) and outgoing.file_id is not None and outgoing.file_key is not None:
            return partial(recorder.file_forgotten, key=outgoing.file_key, now=self._clock.now())
        return self._after_failure(recorder, target, result)

    async def _depart(self, recorder: Recorder, target: int) -> None:
        """What was rendered early waits for its moment: so the time of rendering is not lost between two bursts."""
        leaves_at = recorder.leaves_at or self._clock.now()
        early = (leaves_at - self._clock.now()).total_seconds()
        if early > 0:
            await asyncio.sleep(early)
        self._traffic.history.depart(target, max(leaves_at, self._clock.now()))

    def _settle(self, target: int, result: Result) -> None:
        self._traffic.history.settle(target, self._clock.now())
        if isinstance(result, Broken):
            self.trouble = result.why
        elif not isinstance(result, Later):
            self._traffic.pauses.forgive(target)
            self.trouble = None

    def _after_edit(self, recorder: Recorder, target: int, rendered: Rendered, result: Result) -> Recording:
        is_under_old_id = target != recorder.row["telegram_id"]
        match result:
            case Sent():
                return partial(recorder.changed, message=result, outgoing=rendered.outgoing, now=self._clock.now())
            case Unchanged():
                content_hash = rendered.outgoing.content_hash()
                return partial(recorder.edited, content_hash=content_hash, now=self._clock.now())
            case Missing() if not rendered.is_open:
                return partial(recorder.nothing_to_show, now=self._clock.now())
            case Missing() | Refused() | TopicGone():
                return partial(recorder.message_lost, why=_why(result))
            case Gone() | Moved() if is_under_old_id:
                return partial(recorder.message_lost, why=_why(result))
        return self._after_failure(recorder, target, result)

    def _after_failure(self, recorder: Recorder, target: int, result: Result) -> Recording:
        match result:
            case Later():
                return self._later(recorder, target, result)
            case Broken():
                return self._broken(recorder, result)
            case Moved() if result.new_chat_id != target:
                return partial(recorder.chat_moved, new_id=result.new_chat_id)
            case TopicGone() if recorder.row["thread_id"]:
                return partial(recorder.topic_gone, why=result.why)
            case Gone() | TopicGone():  # a topic that cannot be left out is the General one: the whole chat
                _log.warning("outbox: chat lost", chat=target, why=result.why)
                return partial(recorder.chat_gone, why=result.why)
        _log.error("outbox: refused for good", item=recorder.item, why=_why(result))
        return partial(recorder.dead, why=_why(result), now=self._clock.now())

    def _later(self, recorder: Recorder, target: int, result: Later) -> Recording:
        now, pauses = self._clock.now(), self._traffic.pauses
        if result.seconds is None:
            tries = max(recorder.row["tries"], pauses.tries(target))
            until = now + back_off(tries, self._chance)
            pauses.pause(target, until, now)
        else:
            until = now + timedelta(seconds=result.seconds)
            pauses.refuse(target, until, now)
        _log.info("outbox: later", item=recorder.item, chat=target, until=until.isoformat(), why=result.why)
        return partial(recorder.postponed, until=until, why=result.why)

    def _broken(self, recorder: Recorder, result: Broken) -> Recording:
        until = self._clock.now() + _BROKEN_PAUSE
        self._traffic.pauses.pause_all(until)
        _log.error("outbox: the bot's token is not valid", why=result.why)
        return partial(recorder.postponed, until=until, why=result.why)

    def _spoilt(self, recorder: Recorder, why: str) -> Recording:
        """A bug may hold one card, but not the twenty of a bundle: if it stays these go on by themselves."""
        tries, now = recorder.row["tries"], self._clock.now()
        if recorder.is_bundle and tries >= _BUNDLE_TRIES:
            return partial(recorder.dead, why=why, now=now)
        until = now + back_off(tries, self._chance)
        return partial(recorder.postponed, until=until, why=why)

    async def _record(self, database: Database, recorder: Recorder, recording: Recording) -> None:
        """Tried several times: a row that is not recorded keeps its claim, and is sent again when that runs out."""
        for seconds in (*_AGAIN_AFTER, None):
            try:
                async with database.write() as c:
                    await recording(c)
            except (SQLAlchemyError, OSError):
                _log.exception("outbox: not recorded", item=recorder.item)
                if seconds is not None:
                    await asyncio.sleep(seconds)
            else:
                return


def _why(result: Result) -> str:
    return str(getattr(result, "why", "") or type(result).__name__)
