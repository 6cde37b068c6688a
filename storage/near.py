"""SQLite beside us: short statements run where they are asked, what waits for a lock or the disk runs in the thread.

aiosqlite hands every call to the thread of its connection: for a statement of twenty microseconds the way there and
back costs ten times as much, four times over (cursor, execute, fetch, close). Short transactions therefore ask SQLite
directly and leave to the thread only what has to wait: BEGIN IMMEDIATE while another process holds the lock, COMMIT (for
the disk), opening and closing. Long queries belong to ``Database.read``, whose connections are plain ones.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, Final

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection, AsyncAdapt_aiosqlite_dbapi
from sqlalchemy.util import await_only

# Two threads use the connection, but never at once: SQLAlchemy gives it to one statement at a time.
CONNECT_ARGS: Final = {"check_same_thread": False}
WAIT_FOR_LOCK: Final = "PRAGMA busy_timeout=30000"
IS_LIGHT: Final = "is_light"  # in the ``info`` of a connection: whether its next commit is not waited for
# A light commit leaves to the next full one what is to be moved from the log into the file, which waits for the disk.
_LIGHT: Final = ("PRAGMA synchronous=NORMAL", "PRAGMA wal_autocheckpoint=0")
_FULL: Final = ("PRAGMA synchronous=FULL", "PRAGMA wal_autocheckpoint=1000")
_PRIMARY: Final = 0xFF  # the rest of an error code says more about it


async def _at_once() -> None:
    """Awaited once a statement: SQLAlchemy takes a driver that never waits for a synchronous one, and refuses it."""


class NearCursor(sqlite3.Cursor):
    """SQLite's own cursor; rows are fetched at once, as those of aiosqlite are, so no result outlives its transaction."""

    _rows: list[Any]

    def execute(self, sql: str, parameters: Any = ()) -> NearCursor:
        """Run a statement and fetch what it finds."""
        await_only(_at_once())
        super().execute(sql, parameters)
        self._rows = super().fetchall() if self.description else []
        return self

    def executemany(self, sql: str, parameters: Any) -> NearCursor:
        """Run a statement for each of the rows."""
        await_only(_at_once())
        super().executemany(sql, parameters)
        return self

    def fetchone(self) -> Any:
        """The next row, or None."""
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next rows."""
        count = self.arraysize if size is None else size
        taken, self._rows = self._rows[:count], self._rows[count:]
        return taken

    def fetchall(self) -> list[Any]:
        """All rows that are left."""
        taken, self._rows = self._rows, []
        return taken

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]
        return iter(self.fetchall())

    async def _async_soft_close(self) -> None:
        """SQLAlchemy's way to close what it has read: nothing is open."""


class NearConnection(AsyncAdapt_aiosqlite_connection):
    """An aiosqlite connection whose statements are plain calls of SQLite's own cursor."""

    __slots__ = ("_has_left", "_is_light")

    _has_left: bool  # a wait in the thread that nobody awaits any more: its task was cancelled
    _is_light: bool  # whether commits are not waited for at present

    def cursor(self, server_side: bool = False) -> Any:
        """SQLite's own cursor, as SQLAlchemy's synchronous dialect uses it."""
        return self._connection._conn.cursor(NearCursor)

    def ask(self, sql: str, parameters: Sequence[Any]) -> sqlite3.Cursor:
        """A statement in the transaction that runs, if one does."""
        own: sqlite3.Connection = self._connection._conn
        return own.execute(sql, parameters)

    def ask_each(self, sql: str, parameters: Sequence[Sequence[Any]]) -> None:
        """The same for each of several."""
        self._connection._conn.executemany(sql, parameters)

    def begin(self, statement: str, *, is_light: bool) -> None:
        """Begin a transaction; a writer may have to wait for another process, in the thread.

        ``is_light``: its commit does not wait for the disk; the next one that does makes it last, too.
        """
        if is_light != getattr(self, "_is_light", False):
            for pragma in _LIGHT if is_light else _FULL:
                self._connection._conn.execute(pragma)
            self._is_light = is_light
        if statement == "BEGIN":
            self._connection._conn.execute(statement)
        elif not self._is_free(statement):
            self._has_left = True
            await_only(self._connection.execute(statement))
            self._has_left = False

    def _is_free(self, statement: str) -> bool:
        """Begun without waiting: hardly ever has another process the lock."""
        own = self._connection._conn
        own.execute("PRAGMA busy_timeout=0")
        try:
            own.execute(statement)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY != sqlite3.SQLITE_BUSY:
                raise
            return False
        finally:
            own.execute(WAIT_FOR_LOCK)
        return True

    def commit(self) -> None:
        """The disk is waited for in the thread, where it is."""
        if getattr(self, "_is_light", False):
            self._connection._conn.commit()
            return
        self._has_left = True
        super().commit()
        self._has_left = False

    def rollback(self) -> None:
        """Nothing is waited for, unless the thread is still at what a cancelled task had left to it."""
        if getattr(self, "_has_left", False):
            super().rollback()
            self._has_left = False
        elif self._connection._connection:
            self._connection._conn.rollback()


class NearSqlite(AsyncAdapt_aiosqlite_dbapi):
    """The driver that ``create_async_engine(module=…)`` is given."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *arg: Any, **kw: Any) -> NearConnection:
        """Opened by aiosqlite, in the thread that will wait for its commits."""
        plain = super().connect(*arg, **kw)
        return NearConnection(self, plain._connection)
