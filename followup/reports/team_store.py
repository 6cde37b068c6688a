"""The SQL of the team report: cases closed in a period and by whom, attempts, and talk (R22)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.calls.tables import calls
from followup.cases.tables import cases
from followup.reports.moments_store import bytewise, day_parts, ever_passed, grouped, passed, seconds
from followup.reports.phones_store import is_of
from followup.reports.question import Question, Span
from storage.rows import Row, all_rows

Condition = ColumnElement[bool]


class Closed(NamedTuple):
    """A case: ``how`` and by whom it was closed, or by which phone; the ``seconds`` to the contact."""

    how: str
    closed_by: int | None
    extension: str | None
    phone_stretch: int
    seconds: int | None


PROVEN = ("called_out", "called_in")
CASE_FIGURES = ("closed", "proven", "claimed", "contact_seconds")
_contact = calls.alias("contact")


def _called(question: Question, span: Span) -> list[Condition]:
    return [
        *(calls.c.team_id == question.book.id, calls.c.started_at >= span[0], calls.c.started_at < span[1]),
        calls.c.direction.in_(("in", "out")),
    ]


def _is_attempt(_: Question) -> Condition:
    """D8: an outbound call to a client who was waiting."""
    return and_(calls.c.direction == "out", calls.c.case_id.is_not(None))


def _is_first_attempt(question: Question) -> Condition:
    """The case's first attempt; of two that began together the one whose key is less (X3)."""
    other = calls.alias("other")
    tried = (other.c.team_id == question.book.id, other.c.case_id == calls.c.case_id, other.c.direction == "out")
    earliest = select(other.c.id).where(*tried).order_by(other.c.started_at, bytewise(other.c.call_key)).limit(1)
    return and_(_is_attempt(question), calls.c.id == earliest.correlate(calls).scalar_subquery())


def _closed(question: Question, column: str) -> Condition:
    """Cases closed in the period by a call (proven) or by hand (claimed)."""
    begins, ends = question.span
    hows = {"proven": PROVEN, "contact_seconds": PROVEN, "claimed": ("manual",)}.get(column, (*PROVEN, "manual"))
    return and_(
        *(cases.c.team_id == question.book.id, cases.c.state == "closed", cases.c.how.in_(hows)),
        *(cases.c.closed_at >= begins, cases.c.closed_at < ends),
    )


_CALL_FIGURES: Mapping[str, Callable[[Question], Condition]] = {
    "attempts": _is_attempt,
    "first_attempt_seconds": _is_first_attempt,
    "talk_seconds": lambda _: calls.c.talk_seconds > 0,
}


def call_condition(question: Question, column: str, members: Iterable[int | None] | None) -> Condition:
    """The calls behind attempts, first attempts and talk."""
    which = _CALL_FIGURES[column](question)
    whose = [] if members is None else [is_of(calls, question, members)]
    return and_(*_called(question, question.span), which, *whose)


def case_condition(question: Question, column: str, members: Iterable[int | None] | None) -> Condition:
    """The cases behind closed, proven and claimed: a call's manager closed what the call did."""
    if members is None:
        return _closed(question, column)
    chosen = list(members)
    closer = calls.alias("closer")
    theirs = (closer.c.id == cases.c.contact_id, closer.c.team_id == question.book.id, is_of(closer, question, chosen))
    by_theirs = exists().where(*theirs).correlate(cases)
    is_unknown = cases.c.contact_id.is_(None) if None in chosen else false()
    by_call = and_(cases.c.how.in_(PROVEN), or_(by_theirs, is_unknown))
    by_hand = and_(cases.c.how == "manual", _is_by(chosen))
    return and_(_closed(question, column), or_(by_call, by_hand))


def _is_by(members: list[int | None]) -> Condition:
    named = cases.c.closed_by.in_([member for member in members if member is not None])
    return or_(named, cases.c.closed_by.is_(None)) if None in members else named


async def attempts_and_talk(c: AsyncConnection, question: Question) -> list[Row]:
    """By phone the ``attempts``, and the seconds of ``talk``."""
    tried = func.count().filter(_is_attempt(question)).label("attempts")
    whose = [] if question.members is None else [is_of(calls, question, question.members)]
    found = []
    for _, span in day_parts(c, question, 7):
        stretch = passed(calls.c.started_at, question, span)
        wanted = and_(calls.c.team_id == question.book.id, *_called(question, span), *whose)
        columns = (
            calls.c.extension,
            stretch.label("phone_stretch"),
            tried,
            func.sum(calls.c.talk_seconds).label("talk"),
        )
        query = select(*columns).where(wanted)
        found += await all_rows(c, query.group_by(*grouped(calls.c.extension, stretch)))
    return found


async def first_attempts(c: AsyncConnection, question: Question) -> list[Row]:
    """Of every first attempt its phone and the seconds since the case was opened."""
    span = seconds(cases.c.opened_at, calls.c.started_at).label("seconds")
    between = passed(calls.c.started_at, question, question.span).label("phone_stretch")
    wanted = and_(
        calls.c.team_id == question.book.id, call_condition(question, "first_attempt_seconds", question.members)
    )
    joined = calls.join(cases, (cases.c.id == calls.c.case_id) & (cases.c.team_id == calls.c.team_id))
    return await all_rows(c, select(calls.c.extension, between, span).select_from(joined).where(wanted))


async def closed_cases(c: AsyncConnection, question: Question) -> list[Closed]:
    """Every closed case, with the phone of the call that closed it."""
    between = ever_passed(_contact.c.started_at, question)
    span = seconds(cases.c.opened_at, cases.c.contact_at)
    joined = cases.outerjoin(_contact, (_contact.c.id == cases.c.contact_id) & (_contact.c.team_id == cases.c.team_id))
    wanted = and_(cases.c.team_id == question.book.id, case_condition(question, "closed", question.members))
    columns = (cases.c.how, cases.c.closed_by, _contact.c.extension, between, span)
    return [Closed._make(row) for row in await c.execute(select(*columns).select_from(joined).where(wanted))]
