"""Stored updates → handlers: in order within a chat, side by side between chats, each one done once (promise 19)."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.types import Update
from pydantic import ValidationError

from followup.clock import Clock
from storage import updates as store
from storage.engine import Database
from storage.inbox import UpdateWriter
from storage.rows import Row

log = structlog.get_logger()

_BATCH = 100
_LANES = 16
_TRIES = 3


class UpdateWorker:
    """Takes stored updates and feeds the dispatcher; a poison update is set aside and blocks nobody."""

    def __init__(self, database: Database, clock: Clock, bot: Bot, dispatcher: Dispatcher) -> None:
        self._database = database
        self._clock = clock
        self._bot = bot
        self._dispatcher = dispatcher
        self._news = asyncio.Event()
        self._is_stopping = False
        self.is_running = False  # whether it is this process that does updates
        self._lanes = asyncio.Semaphore(_LANES)
        self._busy: set[Any] = set()

    def wake(self) -> None:
        """Something was stored."""
        self._news.set()

    def stop(self) -> None:
        """Finish what is in hand and return from ``run``."""
        self._is_stopping = True
        self._news.set()

    async def run(self) -> None:
        """Until stopped; other processes' updates are found by a look every half second.

        A lane that waits for Telegram holds up nobody else's: what came meanwhile is begun beside it.
        """
        self._is_stopping, self.is_running = False, True
        try:
            async with asyncio.TaskGroup() as group:
                while not self._is_stopping:
                    await self._begin(group)
                    await self._rest()
        finally:
            self.is_running = False

    async def _begin(self, group: asyncio.TaskGroup) -> None:
        self._news.clear()
        try:
            lanes = await self._ready()
        except Exception:
            log.exception("updates could not be read")
            return
        for lane, rows in lanes.items():
            self._busy.add(lane)
            group.create_task(self._in_lane(lane, rows))

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._news.wait(), timeout=0.5)
        except TimeoutError:
            return

    async def step(self) -> int:
        """Do all updates that wait; how many there were."""
        lanes = await self._ready()
        async with asyncio.TaskGroup() as group:
            for rows in lanes.values():
                group.create_task(self._in_order(rows))
        return sum(map(len, lanes.values()))

    async def _ready(self) -> dict[Any, list[Row]]:
        """Updates that wait, by lane; whose lane is at work comes after it.

        Which lanes are at work is asked first: one that ends while we read has done what still looks pending to us.
        """
        busy = frozenset(self._busy)
        async with self._database.glance() as c:
            rows = await store.pending(c, _BATCH)
        lanes: dict[Any, list[Row]] = defaultdict(list)
        for row in rows:
            lanes[_lane(row["body"])].append(row)
        return {lane: rows for lane, rows in lanes.items() if lane not in busy}

    async def _in_lane(self, lane: Any, rows: list[Row]) -> None:
        try:
            await self._in_order(rows)
        except Exception:
            log.exception("an update is not finished; it comes again")
        finally:
            self._busy.discard(lane)
            self._news.set()

    async def _in_order(self, rows: list[Row]) -> None:
        async with self._lanes:
            for row in rows:
                await self._one(row)

    async def _one(self, row: Row) -> None:
        error = await self._feed(row)
        is_over = error is None or row["tries"] + 1 >= _TRIES
        state = "done" if error is None else "failed" if is_over else "pending"
        # If the power fails now the update is done twice, as it is when the process dies a moment earlier.
        async with self._database.write_lightly() as c:
            await store.finish(c, row["update_id"], state=state, tries=row["tries"] + 1, error=error)

    async def _feed(self, row: Row) -> str | None:
        """The error, or None. A kind of update that this aiogram does not know is done, not failed."""
        try:
            update = Update.model_validate(row["body"], context={"bot": self._bot})
        except ValidationError as error:
            log.warning("update not understood", update_id=row["update_id"])
            return f"not understood: {error.error_count()} errors"
        try:
            await self._dispatcher.feed_update(self._bot, update)
        except Exception as error:
            log.exception("update failed", update_id=row["update_id"])
            return f"{type(error).__name__}: {error}"[:500]
        return None


class UpdateKeeper:
    """Stores updates as they come, by webhook or polling, and wakes whoever does them."""

    def __init__(self, writer: UpdateWriter, clock: Clock, wake: Callable[[], None]) -> None:
        self._writer = writer
        self._clock = clock
        self._wake = wake

    async def append(self, body: Mapping[str, Any]) -> None:
        """Committed when this returns; an update seen before is no error."""
        row = {"update_id": body["update_id"], "received_at": self._clock.now(), "body": dict(body)}
        await self._writer.append(row | {"state": "pending", "tries": 0})
        self._wake()


def _lane(body: Mapping[str, Any]) -> Any:
    """Presses in order by person, everything else by chat: as Telegram itself orders them."""
    if "callback_query" in body:
        return "press", body["callback_query"].get("from", {}).get("id")
    if "inline_query" in body:
        return "inline", body["inline_query"].get("from", {}).get("id")
    message = body.get("message") or body.get("edited_message") or body.get("my_chat_member") or {}
    return "chat", message.get("chat", {}).get("id")
