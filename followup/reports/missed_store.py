"""The SQL of the missed report: missed calls of a period by what became of them, and the cases they made (R2, R8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.calls.tables import calls
from followup.cases.tables import cases
from followup.reports.moments_store import day_parts, moment_of, seconds, stretch
from followup.reports.phones_store import is_of
from followup.reports.plans_store import materialized
from followup.reports.question import Question, Span
from storage.columns import UtcDateTime

Condition = ColumnElement[bool]
Part = Select[*tuple[Any, ...]]


class Waited(NamedTuple):
    """So many cases of one fate that took the same ``seconds`` to the contact, the close or, without either, to now."""

    fate: str
    is_client: bool
    is_reached: bool
    seconds: int
    cases: int


class Hour(NamedTuple):
    """The missed calls of an hour that began ``at`` and of one fate: all, ``hidden`` callers', those of REASONS."""

    at: datetime
    fate: str
    missed: int
    hidden: int
    reasons: Sequence[int]


class Cases(NamedTuple):
    """What became of the cases; ``ids`` are those of the first rows, in their order."""

    waited: list[Waited]
    clients: int
    ids: list[int]


FATES = ("open", "called_out", "called_in", "manual", "merged", "expired", "blocked")
REASONS = (
    *("off_hours", "abandoned_10s", "abandoned_greeting", "abandoned_ivr", "not_answered", "all_unavailable"),
    *("no_route", "forbidden"),
)
# A withdrawn case was never true: it is counted nowhere.
_is_true = cases.c.state != "withdrawn"


def _fate(word: str) -> Condition:
    """Every true case has exactly one, so the total is their sum."""
    if word == "total":
        return _is_true
    return cases.c.state == "open" if word == "open" else and_(cases.c.state == "closed", cases.c.how == word)


def _missed(question: Question, span: Span) -> list[Condition]:
    """The missed calls of the period under the filters."""
    found = [
        *(calls.c.team_id == question.book.id, calls.c.started_at >= span[0], calls.c.started_at < span[1]),
        calls.c.outcome == "missed",
    ]
    if lines := question.keys("line"):
        found.append(calls.c.line.in_(lines))
    if reasons := question.selection.filters.get("reason"):
        found.append(calls.c.reason.in_(reasons))
    if question.members is not None:
        found.append(is_of(calls, question, question.members))
    return found


def _has_miss(question: Question) -> Condition:
    """R8: any of its missed calls is of the period."""
    missed = materialized(select(calls.c.case_id).where(*_missed(question, question.span)))
    return and_(cases.c.team_id == question.book.id, cases.c.id.in_(select(missed.c.case_id)))


def case_condition(question: Question, column: str) -> Condition:
    """The cases behind ``cases.<fate>``, and behind ``clients``: the newest one of each client."""
    name, _, fate = column.partition(".")
    if name == "cases":
        return and_(_has_miss(question), _fate(fate))
    of_clients = and_(_has_miss(question), _is_true, cases.c.client_id.is_not(None))
    newest = select(func.max(cases.c.id)).where(of_clients).group_by(cases.c.client_id)
    return and_(cases.c.team_id == question.book.id, cases.c.id.in_(newest))


def call_condition(question: Question, column: str) -> Condition:
    """The missed calls behind ``calls.<fate>`` and ``reasons.<word>``."""
    name, _, word = column.partition(".")
    fate = _fate(word if name == "calls" else "total")
    its_case = exists().where(cases.c.id == calls.c.case_id, cases.c.team_id == question.book.id, fate)
    of_reason = calls.c.reason == word if name == "reasons" else true()
    return and_(*_missed(question, question.span), of_reason, its_case.correlate(calls))


def of_one_case(question: Question, case_id: int, column: str) -> Condition:
    """The calls behind a number of one row: its misses or its attempts."""
    which = calls.c.direction == "out" if column == "attempts" else calls.c.outcome == "missed"
    return and_(calls.c.team_id == question.book.id, calls.c.case_id == case_id, which)


async def by_hours(c: AsyncConnection, question: Question) -> list[Hour]:
    """The missed calls of each hour by fate."""
    found, moments = [], dict[Any, datetime]()
    for _, span in day_parts(c, question, 7):
        for at, fate, missed, hidden, *reasons in await c.execute(_of_hours(question, span)):
            if at not in moments:
                moments[at] = moment_of(at)
            found.append(Hour(moments[at], fate, missed, hidden, reasons))
    return found


def _of_hours(question: Question, span: Span) -> Select[Any]:
    asked = (stretch(calls.c.started_at, question).label("at"), calls.c.number_id, calls.c.reason, calls.c.case_id)
    missed = materialized(select(*asked).where(*_missed(question, span)))
    fate = func.coalesce(cases.c.how, "open").label("fate")
    numbers = [func.count().label("missed"), func.count().filter(missed.c.number_id.is_(None)).label("hidden")]
    reasons = [func.count().filter(missed.c.reason == word).label(word) for word in REASONS]
    query = select(missed.c.at, fate, *numbers, *reasons).select_from(
        missed.join(cases, cases.c.id == missed.c.case_id)
    )
    return query.where(cases.c.team_id == question.book.id, _is_true).group_by("at", "fate")


async def every_case(c: AsyncConnection, question: Question, most_rows: int | None) -> Cases:
    """One look at the cases: they are counted, their clients, too, and the first of them are named."""
    until = func.coalesce(cases.c.contact_at, cases.c.closed_at, literal(question.now, UtcDateTime))
    found = (
        *(cases.c.id, cases.c.client_id, cases.c.state, cases.c.opened_at, cases.c.closed_at),
        func.coalesce(cases.c.how, "open").label("fate"),
        cases.c.contact_at.is_not(None).label("is_reached"),
        seconds(cases.c.opened_at, until).label("seconds"),
    )
    mine = select(*found).where(case_condition(question, "cases.total")).cte("mine")
    parts = _told(mine), _clients(mine), _first(mine, most_rows)
    waited, clients, ids = [], 0, []
    for what, *told in await c.execute(union_all(*parts)):
        match what:
            case "waited":
                waited.append(Waited._make(told))
            case "clients":
                clients = told[-1]
            case "row":
                ids.append((told[-1], told[-2]))
    return Cases(waited, clients, [each for _, each in sorted(ids)])


def _told(mine: CTE) -> Part:
    keys = (mine.c.fate, mine.c.client_id.is_not(None).label("is_client"), mine.c.is_reached, mine.c.seconds)
    return select(literal("waited").label("what"), *keys, func.count().label("number")).group_by(*keys)


def _clients(mine: CTE) -> Part:
    number = func.count(mine.c.client_id.distinct())
    return select(literal("clients"), null(), null(), null(), null(), number)


def _first(mine: CTE, most_rows: int | None) -> Part:
    """Who has waited longest comes first, then what was closed last."""
    first = select(mine).order_by(*_order(mine)).limit(most_rows).subquery("first")
    place = func.row_number().over(order_by=_order(first))
    return select(literal("row"), null(), null(), null(), first.c.id, place)


def _order(rows: FromClause) -> tuple[ColumnElement[Any], ...]:
    is_open = rows.c.state == "open"
    return case((is_open, 0), else_=1), case((is_open, rows.c.opened_at)), rows.c.closed_at.desc(), rows.c.id
