"""Connections at hand: borrowing one from a pool and giving it back costs as much as a short question."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.driver import own_of

# The pool looks at a connection before it lends it (does it live, is it too old): it has to be asked now and then.
_KEPT_FOR: Final = 5.0  # seconds
LAST_USED: Final = "last_used"  # in the ``info`` of a connection, of the monotonic clock


class Kept:
    """Lends connections of an engine, and keeps the last few that came back well instead of returning them.

    None is kept from somebody who waits for the pool.
    """

    def __init__(self, engine: AsyncEngine, most: int) -> None:
        self._engine = engine
        self._most = most
        self._waiting = 0
        self._free: list[tuple[AsyncConnection, float]] = []  # with when it was borrowed; the last one used is last

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AsyncConnection]:
        """A connection; what it has begun and not ended is undone."""
        connection, since = await self._at_hand() or await self._borrowed()
        async with AsyncExitStack() as giving_back:
            giving_back.push_async_exit(connection)
            yield connection
            if connection.in_transaction():
                await connection.rollback()
            if len(self._free) < self._most and not self._waiting:
                giving_back.pop_all()
                connection.info[LAST_USED] = time.monotonic()
                self._free.append((connection, since))

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """A connection in a transaction, which is committed unless the block raises."""
        async with self.connect() as connection, connection.begin():
            yield connection

    @asynccontextmanager
    async def without_begin(self) -> AsyncIterator[AsyncConnection]:
        """A connection of PostgreSQL each of whose statements is a transaction of its own."""
        async with self.connect() as connection:
            driver: Any = own_of(connection).connection.dbapi_connection
            usual, driver.isolation_level = driver.isolation_level, "autocommit"
            try:
                yield connection
            finally:
                driver.isolation_level = usual

    async def _at_hand(self) -> tuple[AsyncConnection, float] | None:
        while self._free:
            connection, since = self._free.pop()
            if time.monotonic() - since < _KEPT_FOR and not _is_closed(connection):
                return connection, since
            await connection.close()
        return None

    async def _borrowed(self) -> tuple[AsyncConnection, float]:
        self._waiting += 1
        try:
            return await self._engine.connect(), time.monotonic()
        finally:
            self._waiting -= 1

    async def give_all_back(self) -> None:
        """Before the engine is disposed of."""
        while self._free:
            await self._free.pop()[0].close()


def _is_closed(connection: AsyncConnection) -> bool:
    """Whether PostgreSQL has hung up; a file does not."""
    return bool(getattr(own_of(connection).connection.driver_connection, "is_closed", bool)())
