"""What only one process of an installation may do at a time."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy import text

from storage.engine import Database

_ASK_EVERY: Final = 1.0  # seconds
_OURS: Final = 0x5EED << 32  # the high half of our advisory locks


@asynccontextmanager
async def alone(database: Database, what: str) -> AsyncIterator[None]:
    """Wait until no other process does ``what``, and keep the others out until the block ends or this process does.

    PostgreSQL keeps the lock as long as the connection lives. An SQLite file has one process by its nature.
    """
    if database.is_sqlite:
        yield
        return
    key = {"key": _OURS + zlib.crc32(what.encode())}
    async with database.engine.connect() as connection:
        held = await connection.execution_options(isolation_level="AUTOCOMMIT")
        while not await held.scalar(text("SELECT pg_try_advisory_lock(:key)"), key):  # noqa: ASYNC110 - rings no bell
            await asyncio.sleep(_ASK_EVERY)
        try:
            yield
        finally:
            await held.execute(text("SELECT pg_advisory_unlock(:key)"), key)
