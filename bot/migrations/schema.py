"""The schema of the database: is it at head, and bringing it there. Alembic is imported only where there is work."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, event, make_url, text
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from followup.errors import FollowupError
from storage.engine import Database

_HERE: Final = Path(__file__).parent
# Any number will do, as long as every process of ours takes the same.
_MIGRATION_LOCK: Final = 7_065_727_650


def head() -> str:
    """The newest revision: files are named by their number."""
    return max(path.name.partition("_")[0] for path in (_HERE / "versions").glob("[0-9]*_*.py"))


async def is_at_head(database: Database) -> bool:
    """Whether the database has exactly the schema of this program."""
    try:
        async with database.read() as c:
            return (await c.execute(text("SELECT version_num FROM alembic_version"))).scalar() == head()
    except SQLAlchemyError as error:
        if isinstance(error, ProgrammingError) or "no such table" in str(error):
            return False
        raise


async def upgrade(database: Database) -> None:
    """Bring the schema to head; of several processes at once one works and the others find it done."""
    if not database.is_sqlite:
        await _run(database, "upgrade", "head")
        return
    path = Path(database.url.database or "")
    if _is_sqlite_at_head(path):
        return
    with _lock_beside(path):
        if not _is_sqlite_at_head(path):
            await _run(database, "upgrade", "head")


async def downgrade(database: Database, revision: str) -> None:
    """Back to an older schema (the stairway test climbs down by it)."""
    await _run(database, "downgrade", revision)


async def require_head(database: Database) -> None:
    """PostgreSQL is migrated when its owner says so; a process with another idea of the tables must not start."""
    if not await is_at_head(database):
        raise FollowupError("schema_not_at_head")


def schema_engine(url: str) -> AsyncEngine:
    """An engine for changes of the schema: no foreign keys on SQLite, where a table is changed by copying it."""
    engine = create_async_engine(url, poolclass=NullPool)
    if make_url(url).get_backend_name() == "sqlite":

        @event.listens_for(engine.sync_engine, "connect")
        def _configure(connection: Any, _record: Any) -> None:
            connection.isolation_level = None
            connection.execute("PRAGMA busy_timeout=30000")
            connection.execute("PRAGMA journal_mode=WAL")

        @event.listens_for(engine.sync_engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


async def _run(database: Database, direction: str, revision: str) -> None:
    engine = schema_engine(database.url.render_as_string(hide_password=False))
    try:
        async with engine.begin() as connection:
            if not database.is_sqlite:
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            await connection.run_sync(_alembic, direction, revision)
    finally:
        await engine.dispose()


def _alembic(connection: Connection, direction: str, revision: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        getattr(command, direction)(config, revision)
    except CommandError as error:
        raise FollowupError("schema_unknown", reason=str(error)) from None


def _is_sqlite_at_head(path: Path) -> bool:
    """Read without the engine: a command that only asks a question pays a millisecond for this."""
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=30)) as connection:
            return bool(connection.execute("SELECT version_num FROM alembic_version").fetchone() == (head(),))
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return False
        raise FollowupError("database_closed", reason=f"{path}: {error}") from None
    except sqlite3.DatabaseError as error:
        raise FollowupError("database_closed", reason=f"{path}: {error}") from None


@contextmanager
def _lock_beside(path: Path) -> Iterator[None]:
    try:
        file = path.with_name(f"{path.name}.lock").open("w")
    except OSError as error:
        raise FollowupError("database_closed", reason=f"{path}: {error.strerror}") from None
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)  # gone with the process, however it ends
        yield
