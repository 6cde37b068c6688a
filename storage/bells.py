"""Wake-ups between processes: who has stored something rings, and whoever works on such things looks at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final, TypeAlias

from storage.engine import Database
from storage.session import BEAT, TROUBLES, Session, session

log = logging.getLogger(__name__)

_CHANNEL: Final = "perezvon"
_RING: Final = f"SELECT count(pg_notify('{_CHANNEL}', name)) FROM unnest($1::text[]) AS names(name)"  # noqa: S608 - ours
_LONGEST_PAUSE: Final = 10.0

Rope: TypeAlias = Callable[[], None]


class Bells:
    """LISTEN and NOTIFY of PostgreSQL; an SQLite file has one process, which hears itself.

    A bell only saves time. Whoever works looks by himself from time to time, so one that is not heard loses nothing.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._wakes: dict[str, Callable[[], None]] = {}
        self._rung: set[str] = set()
        self._news = asyncio.Event()

    def hear(self, name: str, wake: Callable[[], None]) -> None:
        """``wake`` is called whenever another process rings this bell."""
        self._wakes[name] = wake

    def ring(self, name: str) -> None:
        """In every other process that listens."""
        if not self._database.is_sqlite:
            self._rung.add(name)
            self._news.set()

    def rope(self, name: str, wake: Callable[[], None], *, is_mine: Callable[[], bool] = lambda: False) -> Rope:
        """What to pull after a commit: ``wake`` is called here, and elsewhere unless the work ``is_mine`` alone."""
        self.hear(name, wake)

        def pull() -> None:
            wake()
            if not is_mine():
                self.ring(name)

        return pull

    async def run(self, *, listens: bool) -> None:
        """Until cancelled. A lost connection is made anew, ever more slowly."""
        pause = BEAT
        while not self._database.is_sqlite:
            try:
                async with session(self._database) as own:
                    await self._begin(own, listens=listens)
                    pause = BEAT
                    await self._serve(own)
            except TROUBLES as error:
                log.warning("bells are silent, trying again in %d s: %s", pause, error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    async def _begin(self, own: Session, *, listens: bool) -> None:
        if listens:
            await own.listen(_CHANNEL, self._hear)
            for wake in self._wakes.values():  # who knows what was rung meanwhile
                wake()

    def _hear(self, name: str) -> None:
        if name in self._wakes:
            self._wakes[name]()

    async def _serve(self, own: Session) -> None:
        """All that was rung while the last ring was on its way is one more ring."""
        while True:
            await self._wait()
            names, self._rung = self._rung, set()
            await own.ask(_RING, list(names))

    async def _wait(self) -> None:
        """For somebody to ring, but not longer than a beat: a ring of no bell shows that the connection lives."""
        try:
            async with asyncio.timeout(BEAT):
                await self._news.wait()
        except TimeoutError:
            return
        self._news.clear()
