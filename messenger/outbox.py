"""The outbox: what waits in the database leaves for Telegram, in order, within the limits, at least once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import structlog

from followup.clock import Clock
from followup.notices import queue_store
from followup.notices.queue_store import Item
from messenger.backlog import LOOK_EVERY, Backlog
from messenger.content_protocol import Content, Rendered, Skip
from messenger.delivery import Delivery
from messenger.gateway import Gateway
from messenger.limits import History, Limits
from messenger.plan import Plan, Traffic, Waiting, plan
from messenger.recording import Recorder
from messenger.takeover import take_over
from storage.engine import Database

__all__ = ["Content", "Outbox", "Rendered", "Skip"]

_log = structlog.get_logger(__name__)
_CLAIM = timedelta(seconds=60)  # after it a row whose sender died is sent again
_SHORTEST_NAP = 0.01
_APART = timedelta(milliseconds=25)  # of those who wait anyway; longer than one takes to leave, shorter than the pace
_AHEAD = timedelta(milliseconds=60)  # what may leave so soon is claimed and rendered, and leaves on time


class Outbox:
    """Sends what waits. ``wake()`` after every commit that wrote cards or letters; ``run()`` until ``stop()``."""

    def __init__(  # noqa: PLR0913 - its four neighbours, and two things that only tests and a paid bot change
        self,
        database: Database,
        clock: Clock,
        gateway: Gateway,
        content: Content,
        limits: Limits | None = None,
        *,
        chance: Random | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._content = content
        self._in_flight: set[int] = set()
        self._traffic = Traffic(History(limits or Limits()), in_flight=self._in_flight)
        self._delivery = Delivery(clock, gateway, content, self._traffic, chance or Random())  # noqa: S311 - spreads retries
        self._backlog = Backlog(database, self._traffic)
        self._last_leaves_at = clock.now()
        self._bell = asyncio.Event()
        self._is_stopping = False
        self._stopped = asyncio.Event()
        self._stopped.set()

    @property
    def trouble(self) -> str | None:
        """Why nothing can be sent to anybody (a bad token), for readiness."""
        return self._delivery.trouble

    @property
    def is_running(self) -> bool:
        """Whether it is this process that sends."""
        return not (self._stopped.is_set() or self._is_stopping)

    def wake(self) -> None:
        """Something was written: look at once."""
        self._backlog.tell()
        self._bell.set()

    async def take_over(self, patience: float = 0.0) -> None:
        """For the only process that sends, before ``run()``: what the one before had in hand and what it has sent."""
        await take_over(self._database, self._clock, self._traffic.history, patience)

    async def run(self) -> None:
        """Send until stopped; what is on its way by then is waited for and recorded."""
        self._is_stopping = False
        self._stopped.clear()
        try:
            async with asyncio.TaskGroup() as group:
                while not self._is_stopping:
                    await self._nap(await self._round(group, _AHEAD))
        finally:
            self._stopped.set()

    async def stop(self) -> None:
        """Begin nothing new, wait for what is on its way."""
        self._is_stopping = True
        self._bell.set()
        await self._stopped.wait()

    async def step(self) -> None:
        """One round: what may leave now leaves; returns when all of it is recorded."""
        self._backlog.doubt()
        async with asyncio.TaskGroup() as group:
            await self._round(group, timedelta(0))

    async def _round(self, group: asyncio.TaskGroup, ahead: timedelta) -> datetime | None:
        """Start what may leave by then; when to look again."""
        self._bell.clear()
        try:
            now = self._clock.now()
            await self._backlog.look(now)
            planned = plan(self._backlog.waiting, self._traffic, now + ahead)
            await self._start(planned, group, now)
        except Exception:
            _log.exception("outbox: this round failed, the next one comes")
            self._backlog.doubt()
            return None
        return planned.wake_at and planned.wake_at - ahead

    async def _start(self, planned: Plan, group: asyncio.TaskGroup, now: datetime) -> None:
        if not planned.send_now:
            return
        self._backlog.take(planned.send_now)
        for each, recorder in await self._claim(planned.send_now, now):
            self._in_flight.add(each.telegram_id)
            leaves_at = self._leaves_at(each.telegram_id, now)
            self._traffic.history.note(each.telegram_id, leaves_at)
            group.create_task(self._deliver(each, replace(recorder, leaves_at=leaves_at)))

    def _leaves_at(self, telegram_id: int, now: datetime) -> datetime:
        """At once if it may; of those who have to wait none at the same instant: each would wait for the others, too."""
        slot = self._traffic.slot(telegram_id, now)
        if slot > now:
            slot = max(slot, self._last_leaves_at + _APART)
        self._last_leaves_at = slot
        return slot

    async def _claim(self, chosen: list[Waiting], now: datetime) -> list[tuple[Waiting, Recorder]]:
        """What somebody else has taken, or what waits no more, is left out.

        A claim that a power failure undoes is as good as one that runs out: the row waits again.
        """
        claimed: list[tuple[Waiting, Recorder]] = []
        async with self._database.jot() as c:
            for each in chosen:
                item = Item(each.kind, each.team_id, each.id)
                row = await queue_store.claim(c, item, now, now + _CLAIM)
                if row is not None:
                    claimed.append((each, Recorder(self._content, item, row)))
        return claimed

    async def _deliver(self, each: Waiting, recorder: Recorder) -> None:
        try:
            await self._delivery.deliver(self._database, recorder, each.telegram_id)
        finally:
            self._in_flight.discard(each.telegram_id)
            self._bell.set()

    async def _nap(self, wake_at: datetime | None) -> None:
        seconds = LOOK_EVERY.total_seconds()
        if wake_at is not None:
            seconds = min(seconds, max(_SHORTEST_NAP, (wake_at - self._clock.now()).total_seconds()))
        try:
            async with asyncio.timeout(seconds):
                await self._bell.wait()
        except TimeoutError:
            if seconds >= LOOK_EVERY.total_seconds():
                self._backlog.doubt()
