"""The SQL of one call: all of it with its client, and its mark (D7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.calls.tables import calls
from followup.clients.tables import clients, numbers
from storage.rows import Row, one_row


async def call_by_id(c: AsyncConnection, team_id: int, call_id: int) -> Row | None:
    """A call of the team with its number and the client's name; internal ones are no calls here (D1)."""
    joined = calls.outerjoin(numbers, (numbers.c.id == calls.c.number_id) & (numbers.c.team_id == calls.c.team_id))
    known = joined.outerjoin(clients, (clients.c.id == numbers.c.client_id) & (clients.c.team_id == calls.c.team_id))
    query = select(calls, numbers.c.number, clients.c.name.label("client_name")).select_from(known)
    query = query.where(calls.c.team_id == team_id, calls.c.id == call_id, calls.c.direction.in_(("in", "out")))
    return await one_row(c, query)


async def mark_one(c: AsyncConnection, team_id: int, call_id: int, mark: Mapping[str, Any]) -> bool:
    """Write the mark; False if it stood so already."""
    mine = (calls.c.team_id == team_id) & (calls.c.id == call_id)
    result = await c.execute(update(calls).where(mine, calls.c.is_non_target != mark["is_non_target"]).values(**mark))
    return result.rowcount == 1
