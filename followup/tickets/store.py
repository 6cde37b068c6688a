"""The SQL of tickets and of what people do about them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.tickets.tables import fan_members, ticket_acts, tickets
from storage.many import among, checked, insert_many, update_versions
from storage.rows import Row, all_rows, one_row
from storage.upsert import insert_or_ignore

# Built once: putting a statement together costs more than asking it.
_OF_TEAM = tickets.c.team_id == bindparam("of_team")
_STORED = (
    select(tickets)
    .where(checked(tickets.c.team_id) == bindparam("of_team"), among(tickets.c.client_id, "ids"))
    .order_by(tickets.c.id)
)
_BY_ID = select(tickets).where(_OF_TEAM, among(tickets.c.id, "ids")).order_by(tickets.c.id)
_ACTS = (
    select(ticket_acts)
    .where(
        checked(ticket_acts.c.team_id) == bindparam("of_team"),
        or_(
            among(ticket_acts.c.number_id, "numbers"),
            among(ticket_acts.c.account_id, "accounts"),
            among(ticket_acts.c.client_id, "clients"),
        ),
    )
    .order_by(ticket_acts.c.id)
)
_ACTS_OF_MADE = (
    select(ticket_acts)
    .where(checked(ticket_acts.c.team_id) == bindparam("of_team"), among(ticket_acts.c.born_as, "ids"))
    .order_by(ticket_acts.c.id)
)


async def stored_tickets(c: AsyncConnection, team_id: int, client_ids: Collection[int]) -> list[Row]:
    """Every ticket of these clients, the oldest first."""
    return await all_rows(c, _STORED, {"of_team": team_id, "ids": list(client_ids)}) if client_ids else []


async def ticket_by_id(c: AsyncConnection, team_id: int, ticket_id: int) -> Row | None:
    """One ticket of the team."""
    return await one_row(c, _BY_ID, {"of_team": team_id, "ids": [ticket_id]})


async def tickets_by_id(c: AsyncConnection, team_id: int, ids: Collection[int]) -> list[Row]:
    """Some tickets of the team, in order of id."""
    return await all_rows(c, _BY_ID, {"of_team": team_id, "ids": list(ids)}) if ids else []


async def team_of_ticket(c: AsyncConnection, ticket_id: int) -> int | None:
    """Whose a ticket is: the one question asked before the team is known."""
    return await c.scalar(select(tickets.c.team_id).where(tickets.c.id == ticket_id))


async def add_tickets(c: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert derived tickets; their ids, in the same order."""
    return [row[0] for row in await insert_many(c, tickets, rows)]


async def change_tickets(c: AsyncConnection, team_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write what has changed of tickets, each by its ``id``."""
    await update_versions(c, tickets, team_id, rows)


async def mark(c: AsyncConnection, team_id: int, ticket_id: int, **values: Any) -> None:
    """Write bookkeeping that is no change of the ticket itself."""
    await c.execute(update(tickets).where(tickets.c.team_id == team_id, tickets.c.id == ticket_id).values(**values))


async def add_act(c: AsyncConnection, values: Mapping[str, Any]) -> int | None:
    """Record what was done; its id, or None if this very press was recorded before."""
    result = await c.execute(insert_or_ignore(c, ticket_acts).values(**values).returning(ticket_acts.c.id))
    return result.scalar_one_or_none()


async def has_source(c: AsyncConnection, team_id: int, source_key: str) -> bool:
    """Whether this press was recorded before."""
    query = select(ticket_acts.c.id).where(ticket_acts.c.team_id == team_id, ticket_acts.c.source_key == source_key)
    return await c.scalar(query) is not None


async def act_by_source(c: AsyncConnection, team_id: int, source_key: str) -> Row | None:
    """What was recorded under a source key."""
    own = (ticket_acts.c.team_id == team_id, ticket_acts.c.source_key == source_key)
    return await one_row(c, select(ticket_acts).where(*own))


async def acts_of(c: AsyncConnection, team_id: int, whose: Mapping[str, Collection[int]]) -> list[Row]:
    """Acts in the lanes of some clients: ``whose`` holds ids of their "numbers", "accounts" and "clients"."""
    which = {name: list(ids) for name, ids in whose.items()}
    found = await all_rows(c, _ACTS, {"of_team": team_id, **which})
    made = [row["id"] for row in found if row["kind"] == "create"]
    return found + (await all_rows(c, _ACTS_OF_MADE, {"of_team": team_id, "ids": made}) if made else [])


async def fan_of(c: AsyncConnection, team_id: int) -> dict[int, Row]:
    """Member id → his row of the fan; who has none takes part with weight 1."""
    query = select(fan_members).where(fan_members.c.team_id == team_id)
    return {row["member_id"]: row for row in await all_rows(c, query)}


async def write_fan(c: AsyncConnection, team_id: int, member_id: int, **values: Any) -> None:
    """Write a member's row of the fan, made if need be."""
    fresh = {"weight": 1, "turns": 0.0, "was_available": False, "last_no": 0} | values
    added = insert_or_ignore(c, fan_members).values(team_id=team_id, member_id=member_id, **fresh)
    if (await c.execute(added)).rowcount == 1:
        return
    mine = (fan_members.c.team_id == team_id) & (fan_members.c.member_id == member_id)
    await c.execute(update(fan_members).where(mine).values(**values))


async def due(c: AsyncConnection, now: datetime, limit: int = 200) -> list[tuple[int, int]]:
    """(team, ticket) that something is to be said or done about now, the longest due first."""
    query = select(tickets.c.team_id, tickets.c.id).where(tickets.c.next_at <= now).order_by(tickets.c.next_at)
    return [(row.team_id, row.id) for row in await c.execute(query.limit(limit))]
