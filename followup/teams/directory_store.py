"""The SQL of a team's directories of tickets: topics, results, names of statuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.teams.book import TicketResult, Topic
from followup.teams.tables import ticket_results, ticket_statuses, topics
from storage.rows import all_rows
from storage.upsert import insert_or_ignore


async def topics_of(c: AsyncConnection, team_id: int) -> dict[int, Topic]:
    """Topic id → topic, in the order people gave them."""
    query = select(topics).where(topics.c.team_id == team_id).order_by(topics.c.position, topics.c.id)
    return {
        row["id"]: Topic(id=row["id"], parent_id=row["parent_id"], title=row["title"], sla_minutes=row["sla_minutes"])
        for row in await all_rows(c, query)
        if not row["is_retired"]
    }


async def results_of(c: AsyncConnection, team_id: int) -> dict[int, TicketResult]:
    """Result id → result, in the order people gave them."""
    own = select(ticket_results).where(ticket_results.c.team_id == team_id)
    return {
        row["id"]: TicketResult(id=row["id"], code=row["code"], title=row["title"], status=row["status"])
        for row in await all_rows(c, own.order_by(ticket_results.c.position, ticket_results.c.id))
        if not row["is_retired"]
    }


async def status_titles(c: AsyncConnection, team_id: int) -> dict[str, str]:
    """Code → name of the statuses that the team has renamed."""
    query = select(ticket_statuses).where(ticket_statuses.c.team_id == team_id)
    return {row["code"]: row["title"] for row in await all_rows(c, query)}


async def title_of(c: AsyncConnection, table: Table, team_id: int, row_id: int) -> str | None:
    """The title of a topic or result that may be retired by now."""
    return await c.scalar(select(table.c.title).where(table.c.team_id == team_id, table.c.id == row_id))


async def add_entry(c: AsyncConnection, table: Table, team_id: int, values: Mapping[str, Any]) -> int:
    """A new topic or result, last in its list; its id."""
    last = await c.scalar(select(func.max(table.c.position)).where(table.c.team_id == team_id))
    row = {"team_id": team_id, "position": (last or 0) + 1, "is_retired": False, **values}
    result = await c.execute(insert(table).values(**row))
    return int(result.inserted_primary_key[0])  # type: ignore[index]


async def change_entry(c: AsyncConnection, table: Table, team_id: int, row_id: int, **values: Any) -> bool:
    """Rename, move, retire; False if there is no such entry."""
    result = await c.execute(update(table).where(table.c.team_id == team_id, table.c.id == row_id).values(**values))
    return bool(result.rowcount == 1)


async def name_status(c: AsyncConnection, team_id: int, code: str, title: str) -> None:
    """What the team calls one of the nine statuses."""
    await c.execute(insert_or_ignore(c, ticket_statuses).values(team_id=team_id, code=code, title=title))
    mine = (ticket_statuses.c.team_id == team_id) & (ticket_statuses.c.code == code)
    await c.execute(update(ticket_statuses).where(mine).values(title=title))


async def unname_status(c: AsyncConnection, team_id: int, code: str) -> None:
    """Its built-in name again."""
    mine = (ticket_statuses.c.team_id == team_id) & (ticket_statuses.c.code == code)
    await c.execute(delete(ticket_statuses).where(mine))
