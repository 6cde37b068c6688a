"""The SQL of open tickets: lists, counts, search."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.tickets.tables import tickets


async def open_by_owner(c: AsyncConnection, team_id: int) -> dict[int, int]:
    """Member id → how many open tickets he has."""
    query = (
        select(tickets.c.owner_id, func.count())
        .where(tickets.c.team_id == team_id, tickets.c.state == "open", tickets.c.owner_id.is_not(None))
        .group_by(tickets.c.owner_id)
    )
    return {row[0]: row[1] for row in await c.execute(query)}
