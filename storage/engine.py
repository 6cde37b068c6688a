"""A database: many readers, and writers that never find it "locked".

SQLite: WAL, one writer at a time (an asyncio lock inside the process, ``BEGIN IMMEDIATE`` between processes).
PostgreSQL: the same calls; every writer has its own connection.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event, make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.documents import JSON_BY
from storage.kept import LAST_USED, Kept
from storage.later import write_before_others
from storage.near import CONNECT_ARGS, IS_LIGHT, WAIT_FOR_LOCK, NearSqlite

_PRAGMAS = (
    WAIT_FOR_LOCK,
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
)


_READ_ANEW = 3600  # seconds after which a connection of SQLite learns how large the tables are by now
_STATEMENTS = 300
_REST = 5.0  # seconds after which a pooled connection is asked whether it still lives


class Database:
    """``read()`` for queries, ``write()`` for one transaction that is committed at the end or not at all."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writer = _sqlite_engine(url, 2, "BEGIN IMMEDIATE", is_near=True)
            self._reader = _sqlite_engine(url, 4, "BEGIN")
            self._glancer = _sqlite_engine(url, 2, "BEGIN", is_near=True)
            self._writes, self._glances = Kept(self._writer, 1), Kept(self._glancer, 2)
        else:
            glancers = max(1, pool_size * 2 // 5)
            writers = max(1, pool_size - glancers)
            self._writer = _postgres_engine(url, writers)
            self._reader = self._writer
            light = {"server_settings": {"synchronous_commit": "off"}}
            self._glancer = _postgres_engine(url, glancers, isolation_level="AUTOCOMMIT", connect_args=light)
            # Most of the pool stays for whoever reads.
            self._writes, self._glances = Kept(self._writer, writers // 3), Kept(self._glancer, glancers // 2)
            self._light_writer = self._glancer.execution_options(isolation_level="READ COMMITTED")
        self._turn = asyncio.Lock()

    @property
    def engine(self) -> AsyncEngine:
        """The writing engine (migrations, advisory locks)."""
        return self._writer

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection with one consistent view; nothing is committed."""
        async with self._reader.connect() as connection:
            yield connection

    @asynccontextmanager
    async def glance(self) -> AsyncIterator[AsyncConnection]:
        """For a few queries by index, each as of its own moment: nothing begins, nothing ends, no thread is asked."""
        async with self._glances.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed when the block ends, rolled back when it raises. No network inside."""
        async with self._write_on_sqlite() if self.is_sqlite else self._writes.begin() as connection:
            yield connection

    @asynccontextmanager
    async def write_lightly(self) -> AsyncIterator[AsyncConnection]:
        """As ``write()``, but the disk is not waited for: nobody would miss it if the power failed a moment later."""
        async with self._write_on_sqlite(is_light=True) if self.is_sqlite else self._light_writer.begin() as connection:
            yield connection

    @asynccontextmanager
    async def _write_on_sqlite(self, *, is_light: bool = False) -> AsyncIterator[AsyncConnection]:
        async with self._turn, self._writes.connect() as connection:
            connection.info[IS_LIGHT] = is_light
            async with connection.begin():
                yield connection

    @asynccontextmanager
    async def write_one(self) -> AsyncIterator[AsyncConnection]:
        """As ``write()``, for one statement: PostgreSQL need not be told where its transaction begins and ends."""
        async with self.write() if self.is_sqlite else self._writes.without_begin() as connection:
            yield connection

    @asynccontextmanager
    async def jot(self) -> AsyncIterator[AsyncConnection]:
        """As ``write_lightly()``, but on PostgreSQL each statement is a transaction of its own."""
        async with self.write_lightly() if self.is_sqlite else self.glance() as connection:
            yield connection

    async def dispose(self) -> None:
        """Close every connection."""
        for kept in (self._glances, self._writes):
            await kept.give_all_back()
        for engine in {self._writer, self._reader, self._glancer}:
            await engine.dispose()


def _postgres_engine(url: str, size: int, *, connect_args: Mapping[str, Any] | None = None, **how: Any) -> AsyncEngine:
    """Connections are looked at before they are used: the server asked after a rest, the socket always.

    asyncpg keeps as many prepared statements as there may be in the program, and as long as the connection lasts.
    """
    asked = {"statement_cache_size": _STATEMENTS, "max_cached_statement_lifetime": 0, **(connect_args or {})}
    # The one that was used last has everything prepared and at hand.
    how |= {"pool_size": size, "max_overflow": size, "pool_use_lifo": True, "connect_args": asked}
    engine = create_async_engine(url, **JSON_BY, **how)
    dialect = engine.sync_engine.dialect
    write_before_others(engine.sync_engine)

    @event.listens_for(engine.sync_engine, "checkin")
    def _rest(_connection: Any, record: Any) -> None:
        record.info["rests_since"] = record.info.pop(LAST_USED, None) or time.monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def _look(connection: Any, record: Any, _fairy: Any) -> None:
        has_rested = time.monotonic() - record.info.get("rests_since", time.monotonic()) > _REST
        if connection.driver_connection.is_closed():
            raise InvalidatePoolError
        try:
            if has_rested:
                dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    return engine


def _sqlite_engine(url: str, size: int, begin: str, *, is_near: bool = False) -> AsyncEngine:
    how: dict[str, Any] = {"module": NearSqlite(), "connect_args": CONNECT_ARGS} if is_near else {}
    how |= {"pool_size": size, "max_overflow": 0, "pool_timeout": 60, "pool_recycle": _READ_ANEW}
    engine = create_async_engine(url, **JSON_BY, **how)

    @event.listens_for(engine.sync_engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Any) -> None:
        if is_near:
            connection.connection.dbapi_connection.begin(begin, is_light=connection.info.get(IS_LIGHT, False))
        else:
            connection.exec_driver_sql(begin)

    return engine
