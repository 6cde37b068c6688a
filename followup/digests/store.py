"""The SQL of digests: which was taken, and what a day's numbers are made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.calls.tables import calls, messages
from followup.cases.tables import cases
from followup.clients.tables import clients
from followup.digests.tables import digests
from followup.notices.tables import letters
from followup.orders.tables import orders
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


async def call_rows(c: AsyncConnection, team_id: int, span: Span) -> list[Row]:
    """External calls that started in the span, counted by what they are."""
    hidden = calls.c.number_id.is_(None)
    columns = (calls.c.direction, calls.c.outcome, calls.c.reason, hidden.label("is_hidden"), calls.c.member_id)
    with_case = calls.c.case_id.is_not(None).label("has_case")
    query = (
        select(*columns, with_case, func.count().label("calls"))
        .where(
            calls.c.team_id == team_id,
            calls.c.started_at >= span[0],
            calls.c.started_at < span[1],
            calls.c.outcome != "internal",
        )
        .group_by(*columns, with_case)
    )
    return await all_rows(c, query)


async def unknown_calls(c: AsyncConnection, team_id: int, span: Span, silent_since: datetime) -> int:
    """Calls whose end never came (promise 2)."""
    query = select(func.count()).where(
        calls.c.team_id == team_id,
        calls.c.started_at >= span[0],
        calls.c.started_at < span[1],
        calls.c.outcome == "in_progress",
        calls.c.last_event_at < silent_since,
    )
    return int(await c.scalar(query) or 0)


_CASE_COLUMNS = (
    *(cases.c.id, cases.c.kind, cases.c.state, cases.c.how, cases.c.opened_at, cases.c.closed_at, cases.c.closed_by),
    *(cases.c.first_attempt_at, cases.c.contact_at, cases.c.missed, cases.c.attempts, cases.c.owner_id),
)


async def opened_cases(c: AsyncConnection, team_id: int, span: Span) -> list[Row]:
    """Cases that were opened in the span and are true."""
    query = select(*_CASE_COLUMNS).where(
        cases.c.team_id == team_id,
        cases.c.opened_at >= span[0],
        cases.c.opened_at < span[1],
        cases.c.state != "withdrawn",
    )
    return await all_rows(c, query)


async def closed_cases(c: AsyncConnection, team_id: int, span: Span) -> list[Row]:
    """Cases that people of ours closed in the span."""
    query = select(*_CASE_COLUMNS).where(
        cases.c.team_id == team_id,
        cases.c.state == "closed",
        cases.c.closed_at >= span[0],
        cases.c.closed_at < span[1],
        cases.c.how.in_(("called_out", "called_in", "manual")),
    )
    return await all_rows(c, query)


async def missed_with_fate(c: AsyncConnection, team_id: int, span: Span) -> list[tuple[datetime, str | None]]:
    """(start, how its case was closed) of every missed call in the span."""
    query = (
        select(calls.c.started_at, cases.c.how)
        .select_from(calls.outerjoin(cases, (cases.c.id == calls.c.case_id) & (cases.c.team_id == team_id)))
        .where(
            calls.c.team_id == team_id,
            calls.c.outcome == "missed",
            calls.c.started_at >= span[0],
            calls.c.started_at < span[1],
        )
    )
    return [(row[0], row[1]) for row in await c.execute(query)]


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


async def order_rows(c: AsyncConnection, team_id: int, span: Span) -> list[Row]:
    """Orders of the span (P10: the day of the order counts)."""
    query = select(orders).where(
        orders.c.team_id == team_id, orders.c.ordered_at >= span[0], orders.c.ordered_at < span[1]
    )
    return await all_rows(c, query)


async def order_attempts(c: AsyncConnection, team_id: int, of_orders: Sequence[Row], since: datetime) -> list[Row]:
    """Calls that may serve these orders: those that name one, and outbound ones to their numbers (X28)."""
    numbers = {order["number_id"] for order in of_orders} - {None}
    to_number = (calls.c.number_id.in_(numbers)) & (calls.c.direction == "out") & (calls.c.started_at >= since)
    named = calls.c.order_key.in_([order["order_key"] for order in of_orders])
    query = select(
        *(calls.c.call_key, calls.c.number_id, calls.c.started_at, calls.c.order_key, calls.c.outcome),
        *(calls.c.contact_at, calls.c.result, calls.c.facts),
    ).where(calls.c.team_id == team_id, to_number | named)
    return await all_rows(c, query)


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
