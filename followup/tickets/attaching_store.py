"""The SQL of what moves with a client besides his numbers and accounts."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.clients.tables import merges
from followup.tickets.tables import ticket_acts
from storage.rows import Row, all_rows


async def made_for(c: AsyncConnection, team_id: int, client_id: int) -> list[Row]:
    """Tickets that a person or a program made for this client."""
    own = (ticket_acts.c.team_id == team_id, ticket_acts.c.client_id == client_id, ticket_acts.c.kind == "create")
    return await all_rows(c, select(ticket_acts).where(*own))


async def move_made(c: AsyncConnection, team_id: int, ids: Collection[int], client_id: int) -> None:
    """They are another client's from now on."""
    if ids:
        own = (ticket_acts.c.team_id == team_id) & ticket_acts.c.id.in_(ids)
        await c.execute(update(ticket_acts).where(own).values(client_id=client_id))


async def related_clients(c: AsyncConnection, team_id: int, client_id: int) -> set[int]:
    """The client and whoever was ever merged into him, or he into whom."""
    either = or_(merges.c.into_client_id == client_id, merges.c.from_client_id == client_id)
    query = select(merges.c.into_client_id, merges.c.from_client_id).where(merges.c.team_id == team_id, either)
    return {client_id} | {each for row in await c.execute(query) for each in row}
