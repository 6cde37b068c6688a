"""The outbox: what waits in the database leaves for Telegram, in order, within the limits, at least once."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from random import Random

import structlog

from followup.clock import Clock
from followup.notices import queue_store
from followup.notices.bundles_store import Crowd
from followup.notices.queue_store import Item
from messenger.bundling import bundle_up, crowded
from messenger.content_protocol import Content, Rendered, Skip
from messenger.delivery import Delivery
from messenger.gateway import Gateway
from messenger.limits import History, Limits
from messenger.plan import Plan, Traffic, Waiting, plan
from messenger.recording import Recorder
from messenger.takeover import take_over
from storage.engine import Database
from storage.rows import Row

__all__ = ["Content", "Outbox", "Rendered", "Skip"]

_log = structlog.get_logger(__name__)
_CLAIM = timedelta(seconds=60)  # after it a row whose sender died is sent again
_LOOK_EVERY = 1.0  # seconds; other processes write too
_SHORTEST_NAP = 0.01
_MOST_LOADED = 600


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
        self._waiting: list[Waiting] = []
        self._loaded_at: datetime | None = None  # None: what waits has changed since
        self._bell = asyncio.Event()
        self._is_stopping = False
        self._stopped = asyncio.Event()
        self._stopped.set()

    @property
    def trouble(self) -> str | None:
        """Why nothing can be sent to anybody (a bad token), for readiness."""
        return self._delivery.trouble

    def wake(self) -> None:
        """Something was written: look at once."""
        self._loaded_at = None
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
                    await self._nap(await self._round(group))
        finally:
            self._stopped.set()

    async def stop(self) -> None:
        """Begin nothing new, wait for what is on its way."""
        self._is_stopping = True
        self._bell.set()
        await self._stopped.wait()

    async def step(self) -> None:
        """One round: what may leave now leaves; returns when all of it is recorded."""
        self._loaded_at = None
        async with asyncio.TaskGroup() as group:
            await self._round(group)

    async def _round(self, group: asyncio.TaskGroup) -> datetime | None:
        """Start what may leave now; when to look again."""
        self._bell.clear()
        try:
            now = self._clock.now()
            await self._load(now)
            planned = plan(self._waiting, self._traffic, now)
            await self._start(planned, group, now)
        except Exception:
            _log.exception("outbox: this round failed, the next one comes")
            self._loaded_at = None
            return None
        return planned.wake_at

    async def _load(self, now: datetime) -> None:
        if self._loaded_at is not None and now - self._loaded_at < timedelta(seconds=_LOOK_EVERY):
            return
        self._loaded_at = now
        async with self._database.read() as c:
            rows = await queue_store.next_items(c, now, _MOST_LOADED)
            crowds = await crowded(c, rows, self._traffic, now)
        if crowds:
            rows = await self._bundled(crowds, now) or rows
        self._waiting = [Waiting.of(row) for row in rows]

    async def _bundled(self, crowds: list[Crowd], now: datetime) -> list[Row]:
        """Looked at again if anything was bundled."""
        async with self._database.write() as c:
            has_changed = await bundle_up(c, crowds, now)
            return await queue_store.next_items(c, now, _MOST_LOADED) if has_changed else []

    async def _start(self, planned: Plan, group: asyncio.TaskGroup, now: datetime) -> None:
        if not planned.send_now:
            return
        chosen = set(planned.send_now)
        self._waiting = [each for each in self._waiting if each not in chosen]
        for each, recorder in await self._claim(planned.send_now, now):
            self._in_flight.add(each.telegram_id)
            self._traffic.history.note(each.telegram_id, now)
            group.create_task(self._deliver(each, recorder))

    async def _claim(self, chosen: list[Waiting], now: datetime) -> list[tuple[Waiting, Recorder]]:
        """One transaction for all: what somebody else has taken, or what waits no more, is left out."""
        claimed: list[tuple[Waiting, Recorder]] = []
        async with self._database.write() as c:
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
        seconds = _LOOK_EVERY
        if wake_at is not None:
            seconds = min(seconds, max(_SHORTEST_NAP, (wake_at - self._clock.now()).total_seconds()))
        try:
            async with asyncio.timeout(seconds):
                await self._bell.wait()
        except TimeoutError:
            if seconds >= _LOOK_EVERY:
                self._loaded_at = None
