"""What waits to be sent, as the outbox last saw it; a long list is not read anew for every piece of news."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from followup.notices import queue_store
from followup.notices.bundles_store import Crowd
from messenger.bundling import bundle_up, crowded
from messenger.plan import Traffic, Waiting
from storage.engine import Database
from storage.rows import Row

LOOK_EVERY: Final = timedelta(seconds=1)  # other processes write too
_MOST_LOADED: Final = 600
# Three seconds of the bot's own pace. What is new has to wait behind these anyway, unless it is more urgent.
_LONG: Final = 90


class Backlog:
    """``look()`` before every choice; ``tell()`` of what was written; ``doubt()`` when the list may be wrong."""

    def __init__(self, database: Database, traffic: Traffic) -> None:
        self._database = database
        self._traffic = traffic
        self.waiting: list[Waiting] = []  # the most urgent first
        self._seen_at: datetime | None = None
        self._has_news = False

    def tell(self) -> None:
        """Something was written."""
        self._has_news = True

    def doubt(self) -> None:
        """The next look is at everything."""
        self._seen_at = None

    def take(self, chosen: Collection[Waiting]) -> None:
        """These wait no more."""
        taken = set(chosen)
        self.waiting = [each for each in self.waiting if each not in taken]

    async def look(self, now: datetime) -> None:
        """At everything once a second and while the list is short; at what goes before all of it when there is news."""
        has_news, self._has_news = self._has_news, False
        is_old = self._seen_at is None or now - self._seen_at >= LOOK_EVERY
        if is_old or (has_news and len(self.waiting) < _LONG):
            self._seen_at = now
            self.waiting = [Waiting.of(row) for row in await self._everything(now)]
        elif has_news:
            self.waiting = await self._more_urgent(self.waiting[0].priority, now) + self.waiting

    async def _everything(self, now: datetime) -> list[Row]:
        # A long list is better read in another thread.
        async with self._database.glance() if len(self.waiting) < _LONG else self._database.read() as c:
            rows = await queue_store.next_items(c, now, _MOST_LOADED)
            crowds = await crowded(c, rows, self._traffic, now)
        return (await self._bundled(crowds, now) or rows) if crowds else rows

    async def _more_urgent(self, priority: int, now: datetime) -> list[Waiting]:
        async with self._database.glance() as c:
            rows = await queue_store.next_items(c, now, _LONG, below=priority)
        return [Waiting.of(row) for row in rows]

    async def _bundled(self, crowds: list[Crowd], now: datetime) -> list[Row]:
        """Looked at again if anything was bundled."""
        async with self._database.write() as c:
            has_changed = await bundle_up(c, crowds, now)
            return await queue_store.next_items(c, now, _MOST_LOADED) if has_changed else []
