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
    async def desk(self, team_id: int, *, is_light: bool = False) -> AsyncIterator[Desk]:
        """One transaction of a team. ``is_light``: were it undone by a power failure, the next tick would do it again."""
        async with self.database.write_lightly() if is_light else self.database.write() as c:
            yield Desk(c, await self.shelf.book(c, team_id), self.clock.now())
        self.wake()
