"""The SQL of the callbacks report: orders of a period, and the calls that may have served them (X28)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.calls.tables import calls
from followup.orders.tables import orders
from followup.reports.moments_store import bytewise
from followup.reports.question import Question
from storage.rows import Row, all_rows

_SERVING = (
    *(calls.c.call_key, calls.c.started_at, calls.c.order_key, calls.c.outcome, calls.c.contact_at, calls.c.result),
    calls.c.facts,
)


def _ordered(question: Question) -> list[ColumnElement[bool]]:
    """P10: the day of the order counts, whenever it was carried out."""
    begins, ends = question.span
    found = [orders.c.team_id == question.book.id, orders.c.ordered_at >= begins, orders.c.ordered_at < ends]
    if widgets := question.keys("widget"):
        found.append(orders.c.widget.in_(widgets))
    return found


def _is_new() -> ColumnElement[bool]:
    """X2: the first ever of the pair (number, widget), the forgotten ones included."""
    older = orders.alias("older")
    is_sooner = or_(
        older.c.ordered_at < orders.c.ordered_at, bytewise(older.c.order_key) < bytewise(orders.c.order_key)
    )
    known = exists().where(
        older.c.number_id == orders.c.number_id,  # it names the team; said twice it leads SQLite through all orders
        *(older.c.widget == orders.c.widget, older.c.id != orders.c.id),
        *(older.c.ordered_at <= orders.c.ordered_at, is_sooner),
    )
    return and_(orders.c.number_id.is_not(None), orders.c.is_returning.is_(False), ~known.correlate(orders))


async def orders_of(c: AsyncConnection, question: Question) -> list[Row]:
    """The orders, newest first, each with whether it is the first of its number on its widget."""
    columns = (orders.c.id, orders.c.order_key, orders.c.widget, orders.c.number_id, orders.c.ordered_at)
    judged = (orders.c.is_in_hours, orders.c.deadline_at, _is_new().label("is_new"))
    query = select(*columns, *judged).where(*_ordered(question))
    return await all_rows(c, query.order_by(orders.c.ordered_at.desc(), orders.c.id.desc()))


async def attempts_of(c: AsyncConnection, question: Question) -> list[Row]:
    """(order, call) pairs: calls that carry the order's key, and outbound ones to its number until its deadline."""
    named = and_(calls.c.team_id == orders.c.team_id, calls.c.order_key == orders.c.order_key)
    dialled = and_(
        # A number is one team's: naming the team here would lead the planner to all of its calls.
        *(calls.c.number_id == orders.c.number_id, calls.c.direction == "out"),
        *(calls.c.order_key.is_(None), calls.c.started_at >= orders.c.ordered_at),
        calls.c.started_at <= orders.c.deadline_at,
    )
    found: list[Row] = []
    for serves in (named, dialled):
        query: Any = select(orders.c.id.label("order_id"), *_SERVING).select_from(orders.join(calls, serves))
        query = query.where(orders.c.team_id == question.book.id, *_ordered(question))
        found += await all_rows(c, query)
    # Said here: in SQL it would lead SQLite's planner to all calls of the team in order of time.
    return [row for row in found if row["started_at"] is not None]
