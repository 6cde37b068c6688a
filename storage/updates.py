"""The SQL of stored Telegram updates."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.rows import Row, all_rows
from storage.tables import updates


async def pending(c: AsyncConnection, limit: int) -> list[Row]:
    """Updates not done yet, in Telegram's order."""
    query = select(updates).where(updates.c.state == "pending").order_by(updates.c.update_id).limit(limit)
    return await all_rows(c, query)


async def finish(c: AsyncConnection, update_id: int, **values: Any) -> None:
    """Write what became of an update."""
    await c.execute(update(updates).where(updates.c.update_id == update_id).values(**values))
