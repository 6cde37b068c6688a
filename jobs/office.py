"""What every job works with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from followup.clock import Clock
from followup.teams.desk import Desk
from followup.teams.shelf import Shelf
from storage.engine import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Database, clock and books; ``wake`` tells the outbox that something was written."""

    database: Database
    clock: Clock
    shelf: Shelf
    wake: Callable[[], None]

    @asynccontextmanager
    async def desk(self, team_id: int) -> AsyncIterator[Desk]:
        """One transaction of a team."""
        async with self.database.write() as c:
            yield Desk(c, await self.shelf.book(c, team_id), self.clock.now())
        self.wake()
