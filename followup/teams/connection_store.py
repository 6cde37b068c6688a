"""The SQL of PBX connections at work: when they were last heard."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.teams.tables import connections, teams
from storage.many import among
from storage.prepared import run_later
from storage.rows import Row, all_rows

_HEARD = (
    update(connections)
    .where(connections.c.team_id == bindparam("of_team"), among(connections.c.id, "ids"))
    .values(last_event_at=bindparam("now"))
)


async def heard_from(c: AsyncConnection, team_id: int, ids: Collection[int], now: datetime) -> None:
    """These PBXs have just spoken."""
    await run_later(c, _HEARD, {"of_team": team_id, "ids": list(ids), "now": now})


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
