"""The SQL of PBX connections at work: when they were last heard."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.teams.tables import connections, teams
from storage.rows import Row, all_rows


async def heard_from(c: AsyncConnection, team_id: int, ids: Collection[int], now: datetime) -> None:
    """These PBXs have just spoken."""
    mine = (connections.c.team_id == team_id) & connections.c.id.in_(ids)
    await c.execute(update(connections).where(mine).values(last_event_at=now))


async def every_connection(c: AsyncConnection) -> list[Row]:
    """All connections with the names of their teams, for the installation's owner."""
    columns = (connections.c.id, connections.c.team_id, connections.c.provider, connections.c.name)
    moments = (connections.c.created_at, connections.c.last_event_at)
    query = select(teams.c.name.label("team"), *columns, *moments).join_from(
        connections, teams, teams.c.id == connections.c.team_id
    )
    return await all_rows(c, query.order_by(connections.c.id))


async def team_names(c: AsyncConnection) -> dict[int, str]:
    """Team id → name, of all."""
    return {row.id: row.name for row in await c.execute(select(teams.c.id, teams.c.name).order_by(teams.c.id))}
