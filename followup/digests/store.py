"""The SQL of digests: which was taken, and what a day's numbers are made of."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.calls.tables import messages
from followup.cases.tables import cases
from followup.clients.tables import clients
from followup.digests.tables import digests
from followup.notices.tables import letters
from followup.tickets.tables import ticket_acts, tickets
from storage.rows import Row, all_rows, one_row
from storage.upsert import insert_or_ignore

Span = tuple[datetime, datetime]


async def take_day(c: AsyncConnection, team_id: int, chat_id: int, day: date, now: datetime) -> int | None:
    """The key (chat, local date) of promise 14: the digest's id for whoever comes first, None for everybody else."""
    values = {"team_id": team_id, "chat_id": chat_id, "local_date": day, "created_at": now}
    result = await c.execute(insert_or_ignore(c, digests).values(**values).returning(digests.c.id))
    return result.scalar_one_or_none()


async def digest_of(c: AsyncConnection, team_id: int, chat_id: int, day: date) -> Row | None:
    """The digest of a chat and local date, if anybody has taken it."""
    query = select(digests).where(
        digests.c.team_id == team_id, digests.c.chat_id == chat_id, digests.c.local_date == day
    )
    return await one_row(c, query)


async def change_digest(c: AsyncConnection, team_id: int, digest_id: int, **values: Any) -> None:
    """Write the letter's id, or the snapshot that was sent."""
    await c.execute(update(digests).where(digests.c.team_id == team_id, digests.c.id == digest_id).values(**values))


async def open_now(c: AsyncConnection, team_id: int) -> tuple[int, int]:
    """(clients, missed calls) still waiting, whatever day they called."""
    is_client = cases.c.kind == "client"
    query = select(func.count().filter(is_client), func.coalesce(func.sum(cases.c.missed), 0)).where(
        cases.c.team_id == team_id, cases.c.state == "open"
    )
    row = (await c.execute(query)).one()
    return int(row[0]), int(row[1])


async def oldest_open(c: AsyncConnection, team_id: int, limit: int) -> list[Row]:
    """The clients who have waited longest."""
    query = (
        select(cases, clients.c.name.label("client_name"))
        .select_from(cases.join(clients, (clients.c.id == cases.c.client_id) & (clients.c.team_id == team_id)))
        .where(cases.c.team_id == team_id, cases.c.state == "open")
        .order_by(cases.c.opened_at, cases.c.id)
        .limit(limit)
    )
    return await all_rows(c, query)


async def works_on_tickets(c: AsyncConnection, team_id: int) -> bool:
    """Whether anybody has ever done anything about a ticket by hand."""
    by_hand = (ticket_acts.c.team_id == team_id, ticket_acts.c.member_id.is_not(None))
    return await c.scalar(select(ticket_acts.c.id).where(*by_hand).limit(1)) is not None


async def open_tickets(c: AsyncConnection, team_id: int) -> tuple[int, datetime | None]:
    """How many are open, and when the oldest of those was made whose client nobody has answered yet."""
    waiting = func.min(tickets.c.created_at).filter(tickets.c.first_reaction_at.is_(None))
    query = select(func.count(), waiting).where(tickets.c.team_id == team_id, tickets.c.state == "open")
    row = (await c.execute(query)).one()
    return int(row[0]), row[1]


async def message_count(c: AsyncConnection, team_id: int, span: Span) -> int:
    """Messages that clients wrote in the span."""
    query = select(func.count()).where(messages.c.team_id == team_id, messages.c.at >= span[0], messages.c.at < span[1])
    return int(await c.scalar(query) or 0)


async def follow_ups(c: AsyncConnection, team_id: int, letter_id: int) -> list[int]:
    """What a sent digest has brought along: its picture, the rest of a long text."""
    query = (
        select(letters.c.id)
        .where(letters.c.team_id == team_id, letters.c.key.like(f"digest:{letter_id}:%"))
        .order_by(letters.c.id)
    )
    return list(await c.scalars(query))
