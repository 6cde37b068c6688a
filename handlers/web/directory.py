"""Whose a hook address is: asked of the database twice a second at most, however many requests come."""

from __future__ import annotations

import asyncio
import re
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from followup.teams import store as teams
from followup.teams.book import TeamBook
from followup.teams.seal import Seal
from followup.teams.shelf import Shelf
from handlers.inbox import Dialect, dialect_of
from storage.engine import Database

# What the CLI changes takes effect within a second.
_BELIEVED_SECONDS: Final = 0.4
# Strangers who try addresses must not fill the memory.
_MOST_TOKENS: Final = 10_000
_TOKEN: Final = re.compile(r"[\w-]{1,64}", re.ASCII)

DEFAULT_RATE: Final = 200
_BURST_SECONDS: Final = 10


class Bucket:
    """Tokens that flow in at ``rate`` a second and never exceed ten seconds' worth; rate 0: no limit."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self._left = float(rate * _BURST_SECONDS)
        self._filled_at = time.monotonic()

    def takes(self) -> bool:
        """Whether one more request is within the limit."""
        if self.rate == 0:
            return True
        now = time.monotonic()
        self._left = min(self._left + (now - self._filled_at) * self.rate, self.rate * _BURST_SECONDS)
        self._filled_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


@dataclass(frozen=True, slots=True)
class Line:
    """A hook address that somebody may call: its connection, how it speaks, and how much."""

    connection: teams.Connection
    book: TeamBook
    dialect: Dialect
    bucket: Bucket


class Directory:
    """Token → line, with what is not there remembered as well."""

    def __init__(self, database: Database, seal: Seal, shelf: Shelf) -> None:
        self._database = database
        self._seal = seal
        self._shelf = shelf
        self._known: OrderedDict[str, tuple[float, Line | None]] = OrderedDict()
        self._buckets: dict[int, Bucket] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    async def find(self, token: str) -> Line | None:
        """The line of a token, None for an unknown one."""
        if not _TOKEN.fullmatch(token):
            return None
        known = self._known.get(token)
        if known is not None and time.monotonic() - known[0] < _BELIEVED_SECONDS:
            return known[1]
        return await self._found_by_one(token)

    async def _found_by_one(self, token: str) -> Line | None:
        """Of all who wait for the same line only the first asks the database."""
        try:
            async with self._turns.setdefault(token, asyncio.Lock()):
                known = self._known.get(token)
                if known is None or time.monotonic() - known[0] >= _BELIEVED_SECONDS:
                    asked_at = time.monotonic()
                    self._keep(token, known := (asked_at, await self._ask(token)))
        finally:
            self._turns.pop(token, None)
        return known[1]

    def _keep(self, token: str, known: tuple[float, Line | None]) -> None:
        self._known[token] = known
        self._known.move_to_end(token)
        if len(self._known) > _MOST_TOKENS:
            self._known.popitem(last=False)

    async def _ask(self, token: str) -> Line | None:
        async with self._database.glance() as c:
            found = await teams.connection_by_token(c, token)
            if found is None:
                return None
            connection, revision = found
            book = await self._shelf.book(c, connection.team_id, revision)
        _, known = self._known.get(token, (0.0, None))
        if known is not None and known.connection == connection and known.book is book:
            return known
        dialect = dialect_of(connection, book, self._seal)
        return Line(connection, book, dialect, self._bucket(connection.id, dialect))

    def _bucket(self, connection_id: int, dialect: Dialect) -> Bucket:
        rate = int(dialect.reading.options.get("rate_limit", DEFAULT_RATE))
        bucket = self._buckets.get(connection_id)
        if bucket is None or bucket.rate != rate:
            bucket = self._buckets[connection_id] = Bucket(rate)
        return bucket
