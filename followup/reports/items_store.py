"""The SQL of what is behind a figure: calls, cases and orders with their clients, newest first, a page at a time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.calls.tables import calls
from followup.cases.tables import cases
from followup.clients.tables import clients, numbers
from followup.orders.tables import orders
from followup.reports.plans_store import materialized
from followup.reports.question import Question
from storage.rows import Row, all_rows

Page = tuple[int, int]  # offset, limit

_ALL = func.count().over()

_CALL = (
    *(calls.c.id, calls.c.started_at.label("at"), calls.c.direction, calls.c.outcome, calls.c.last_event_at),
    *(calls.c.line, calls.c.extension, calls.c.talk_seconds, calls.c.reason, calls.c.case_id, calls.c.is_non_target),
)
_CASE = (
    *(cases.c.id, cases.c.opened_at.label("at"), cases.c.state, cases.c.how, cases.c.lines, cases.c.reason),
    *(cases.c.owner_id, cases.c.closed_by, cases.c.contact_at, cases.c.missed),
)
_ORDER = (orders.c.id, orders.c.ordered_at.label("at"), orders.c.widget, orders.c.name, orders.c.case_id)


async def calls_behind(
    c: AsyncConnection, question: Question, condition: ColumnElement[bool], page: Page
) -> tuple[int, list[Row]]:
    """How many calls there are, and one page of them."""
    total = await c.scalar(
        select(func.count()).select_from(calls).where(calls.c.team_id == question.book.id, condition)
    )
    chosen = (
        select(calls.c.id)
        .where(calls.c.team_id == question.book.id, condition)
        .order_by(calls.c.started_at.desc(), calls.c.id.desc())
    )
    ids = list(await c.scalars(chosen.offset(page[0]).limit(page[1])))
    return int(total or 0), await _shown(c, question, calls, _CALL, ids)


async def dear_calls_behind(
    c: AsyncConnection, question: Question, asked: Select[Any], page: Page
) -> tuple[int, list[Row]]:
    """The same of calls, by id and moment, that are found at a cost: it is paid once."""
    found = materialized(asked)
    how_many = select(func.count()).select_from(found.alias()).scalar_subquery()
    query = select(found.c.id, how_many).order_by(found.c.started_at.desc(), found.c.id.desc())
    total, ids = await _counted_page(c, query, page)
    return total, await _shown(c, question, calls, _CALL, ids)


async def cases_behind(
    c: AsyncConnection, question: Question, condition: ColumnElement[bool], page: Page
) -> tuple[int, list[Row]]:
    """How many cases there are, and one page of them."""
    order = (cases.c.opened_at.desc(), cases.c.id.desc())
    mine = and_(cases.c.team_id == question.book.id, condition)
    total, ids = await _counted_page(c, select(cases.c.id, _ALL).where(mine).order_by(*order), page)
    return total, await _shown(c, question, cases, _CASE, ids)


async def _counted_page(c: AsyncConnection, query: Select[Any], page: Page) -> tuple[int, list[int]]:
    """One statement; past the end there is no row to say how many there are, and the first is asked."""
    rows = list(await c.execute(query.offset(page[0]).limit(page[1])))
    known = rows or (list(await c.execute(query.limit(1))) if page[0] else [])
    return (int(known[0][1]) if known else 0), [row[0] for row in rows]


async def orders_shown(c: AsyncConnection, question: Question, ids: list[int]) -> list[Row]:
    """Orders by id, in the order of the ids."""
    return await _shown(c, question, orders, _ORDER, ids)


async def _shown(
    c: AsyncConnection, question: Question, table: Table, columns: tuple[Any, ...], ids: list[int]
) -> list[Row]:
    """With the number and the client's name, in the order of the ids."""
    team = table.c.team_id == question.book.id
    joined = table.outerjoin(numbers, and_(numbers.c.id == table.c.number_id, numbers.c.team_id == table.c.team_id))
    known = joined.outerjoin(clients, and_(clients.c.id == numbers.c.client_id, clients.c.team_id == table.c.team_id))
    query = select(*columns, numbers.c.number, clients.c.name.label("client_name")).select_from(known)
    found = {row["id"]: row for row in await all_rows(c, query.where(team, table.c.id.in_(ids)))}
    return [found[each] for each in ids if each in found]
