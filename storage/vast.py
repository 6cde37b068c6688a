"""A transaction that looks at many rows: what it asks of its database, and gives back at the end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# SQLite reads the file as memory, for this while only: its own cache is small, and every page it lacks is a system call.
_MAPPED = 1 << 31
_ROWS_OF_AN_INDEX = 1000  # are enough to tell a client from a team, and read in a moment


@asynccontextmanager
async def vast(c: AsyncConnection) -> AsyncIterator[None]:
    """For the time of a report; what PostgreSQL is told holds until the transaction ends."""
    if c.dialect.name != "sqlite":
        await c.execute(text("SET LOCAL jit = off"))
        await c.execute(text("SET LOCAL work_mem = '64MB'"))
        # After five times it would plan for any team and any span, which is twice as slow for those that are asked.
        await c.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
        yield
        return
    await c.execute(text(f"PRAGMA mmap_size={_MAPPED}"))
    try:
        yield
    finally:
        if not c.invalidated:  # whoever asked went away: the connection was closed, and the file with it
            await c.execute(text("PRAGMA mmap_size=0"))


async def counted_anew(c: AsyncConnection, *tables: str) -> None:
    """A database plans by what it counted last, and of a table that was empty then it reads every row.

    PostgreSQL counts again by itself after a while, SQLite never. No ``tables``: all of them.
    """
    if c.dialect.name == "postgresql":
        await c.execute(text(f"ANALYZE {', '.join(tables)}"))
        return
    await c.execute(text(f"PRAGMA analysis_limit={_ROWS_OF_AN_INDEX}"))
    for table in tables or ("",):
        await c.execute(text(f"ANALYZE {table}"))
