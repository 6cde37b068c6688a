"""The SQL of the missed report: missed calls of a period by what became of them, and the cases they made (R2, R8)."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.calls.tables import calls
from followup.cases.tables import cases
from followup.reports.moments_store import day_parts, moment_of, seconds, stretch
from followup.reports.phones_store import is_of
from followup.reports.question import Question, Span
from storage.rows import Row, all_rows

Condition = ColumnElement[bool]


class Waited(NamedTuple):
    """A case: ``seconds`` until the contact or the close; ``opened_at`` only where neither has come."""

    id: int
    client_id: int | None
    fate: str
    seconds: int | None
    is_reached: bool
    opened_at: datetime | None


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
    missed = select(calls.c.case_id).where(*_missed(question, question.span), calls.c.case_id.is_not(None))
    return and_(cases.c.team_id == question.book.id, cases.c.id.in_(missed))


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


async def by_hours(c: AsyncConnection, question: Question) -> list[Row]:
    """The missed calls of each hour (``at``: its beginning) and ``fate``, those of hidden callers, and by reason."""
    hour = stretch(calls.c.started_at, question).label("at")
    fate = func.coalesce(cases.c.how, "open").label("fate")
    numbers = [func.count().label("missed"), func.count().filter(calls.c.number_id.is_(None)).label("hidden")]
    reasons = [func.count().filter(calls.c.reason == word).label(word) for word in REASONS]
    joined = calls.join(cases, (cases.c.id == calls.c.case_id) & (cases.c.team_id == calls.c.team_id))
    found = []
    for _, span in day_parts(c, question, 7):
        query = select(hour, fate, *numbers, *reasons).select_from(joined).where(*_missed(question, span), _is_true)
        rows = await all_rows(c, query.group_by("at", "fate"))
        found += [row | {"at": moment_of(row["at"])} for row in rows]
    return found


async def every_case(c: AsyncConnection, question: Question) -> list[Waited]:
    """What became of every case, in the order of the rows.

    Who has waited longest comes first, then what was closed last.
    """
    is_open, until = cases.c.state == "open", func.coalesce(cases.c.contact_at, cases.c.closed_at)
    order = (case((is_open, 0), else_=1), case((is_open, cases.c.opened_at)), cases.c.closed_at.desc(), cases.c.id)
    found = (cases.c.id, cases.c.client_id, func.coalesce(cases.c.how, "open"), seconds(cases.c.opened_at, until))
    mine = and_(cases.c.team_id == question.book.id, case_condition(question, "cases.total"))
    opened_at = case((until.is_(None), cases.c.opened_at))  # only where nothing has happened yet
    query = select(*found, cases.c.contact_at.is_not(None), opened_at).where(mine).order_by(*order)
    return [Waited._make(row) for row in await c.execute(query)]
