"""The SQL of the calls report: each figure is one condition, and what counts it also lists it (M8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.calls.tables import calls
from followup.clients.tables import numbers
from followup.reports.moments_store import bytewise, days_earlier, moment_of, passed, stretch
from followup.reports.phones_store import is_of
from followup.reports.question import UNKNOWN_AFTER, Question, Span
from storage.rows import Row, all_rows

Condition = ColumnElement[bool]

_DIRECTIONS = ("in", "out")
_is_out, _is_in = calls.c.direction == "out", calls.c.direction == "in"
_is_target = calls.c.is_non_target.is_(False)
_is_missed = calls.c.outcome == "missed"


def _is_called_back(question: Question) -> Condition:
    """X6: any later success with the client, over all his numbers; of the same line where brands are apart (D4)."""
    own, other = numbers.alias("own"), numbers.alias("other")
    joined = own.join(other, other.c.client_id == own.c.client_id)
    of_client = (own.c.id == calls.c.number_id, own.c.team_id == question.book.id)
    is_reached = other.c.last_contact_at > calls.c.started_at
    if question.book.policy.separate_lines:
        later = calls.alias("later")
        same_line = func.coalesce(later.c.line, "") == func.coalesce(calls.c.line, "")
        joined = joined.join(later, later.c.number_id == other.c.id)
        is_reached = and_(is_reached, later.c.contact_at > calls.c.started_at, same_line)
    return exists().select_from(joined).where(*of_client, is_reached).correlate(calls)


def _is_very_first(question: Question, span: Span) -> Condition:
    """X3: the contact's earliest call in either direction over all his numbers; of one instant the least key."""
    own, other, tied = numbers.alias("own"), numbers.alias("other"), numbers.alias("tied")
    first, equal = calls.alias("first"), calls.alias("equal")
    sooner = exists().where(other.c.client_id == own.c.client_id, other.c.first_call_at < own.c.first_call_at)
    is_less = bytewise(equal.c.call_key) < bytewise(first.c.call_key)
    at_once = tied.join(equal, (equal.c.number_id == tied.c.id) & equal.c.direction.in_(_DIRECTIONS))
    at_its_start = (equal.c.team_id == question.book.id, equal.c.started_at == first.c.started_at)
    lesser = exists().select_from(at_once).where(tied.c.client_id == own.c.client_id, *at_its_start, is_less)
    begun = (first.c.number_id == own.c.id) & (first.c.started_at == own.c.first_call_at)
    firsts = (
        select(first.c.id)
        .select_from(own.join(first, begun))
        .where(
            *(own.c.team_id == question.book.id, own.c.first_call_at >= span[0], own.c.first_call_at < span[1]),
            *(first.c.direction.in_(_DIRECTIONS), ~sooner.correlate(own), ~lesser.correlate(own, first)),
        )
    )
    return calls.c.id.in_(firsts)


def _is_first(question: Question, span: Span) -> Condition:
    """M6; with a period of silence (M7) also one before which the client had not called for so long."""
    days = question.book.policy.first_call_days
    if days is None:
        return _is_very_first(question, span)
    earlier = calls.alias("earlier")
    is_sooner = or_(
        earlier.c.started_at < calls.c.started_at, bytewise(earlier.c.call_key) < bytewise(calls.c.call_key)
    )
    recent = earlier.c.started_at >= days_earlier(calls.c.started_at, days)
    within = and_(recent, earlier.c.started_at <= calls.c.started_at, earlier.c.id != calls.c.id, is_sooner)
    return and_(calls.c.number_id.is_not(None), ~_has_call(question, earlier, within & (earlier.c.direction == "in")))


def _has_call(question: Question, which: Any, condition: Condition) -> Condition:
    """Whether the client of a call has another one that ..."""
    own, other = numbers.alias("own"), numbers.alias("other")
    joined = own.join(other, other.c.client_id == own.c.client_id).join(which, which.c.number_id == other.c.id)
    same_client = (own.c.id == calls.c.number_id, own.c.team_id == question.book.id)
    is_external = which.c.direction.in_(_DIRECTIONS)
    return exists().select_from(joined).where(*same_client, is_external, condition).correlate(calls)


def is_unknown(now: datetime) -> Condition:
    """Its end never came (promise 2)."""
    return and_(calls.c.outcome == "in_progress", calls.c.last_event_at < now - UNKNOWN_AFTER)


CHEAP: Mapping[str, Condition] = {
    "total": true(),
    "outgoing": _is_out,
    "incoming": _is_in,
    "target_total": _is_target,
    "target_outgoing": _is_target & _is_out,
    "target_incoming": _is_target & _is_in,
    "target_missed": _is_target & _is_missed,
    "unended": calls.c.outcome == "in_progress",  # no column: whether anybody has to be asked about unknown ones
}
DEAR: Mapping[str, Callable[[Question, Span], Condition]] = {
    "unknown": lambda question, _: is_unknown(question.now),
    "first_unique_target": lambda question, span: _is_target & _is_very_first(question, span),
    "called_back": lambda question, _: _is_missed & _is_called_back(question),
    "target_called_back": lambda question, _: _is_target & _is_missed & _is_called_back(question),
}


def condition_of(column: str, question: Question, span: Span) -> Condition:
    """What a figure counts among the calls of a span; minutes are those of all calls."""
    if column in DEAR:
        return DEAR[column](question, span)
    return CHEAP["total" if column == "minutes" else column]


def _of_period(question: Question, span: Span) -> list[Condition]:
    """The calls that the report is about: filters and options, but no figure."""
    found = [
        *(calls.c.team_id == question.book.id, calls.c.started_at >= span[0], calls.c.started_at < span[1]),
        calls.c.direction.in_(_DIRECTIONS),
    ]
    if question.members is not None:
        found.append(is_of(calls, question, question.members))
    if lines := question.keys("line"):
        found.append(calls.c.line.in_(lines))
    if question.selection.is_on("hide_missed"):
        found.append(calls.c.outcome.not_in(("missed", "failed")))
    if question.selection.is_on("first_call"):
        found.append(_is_first(question, span))
    return found


def _by_phone(question: Question, span: Span) -> Select[Any]:
    """Counts by phone, and by stretch between two changes of phones."""
    between = passed(calls.c.started_at, question).label("phone_stretch")
    query = select(calls.c.extension, between).where(*_of_period(question, span))
    return query.group_by(calls.c.extension, "phone_stretch")


async def counts(c: AsyncConnection, question: Question) -> list[Row]:
    """The figures that one look at each call gives, and its seconds and minutes of talk."""
    figures = [func.count().filter(condition).label(name) for name, condition in CHEAP.items()]
    talk = [func.sum(calls.c.talk_seconds).label("seconds"), func.sum(_minutes(question)).label("call_minutes")]
    return [
        row
        for span in question.parts()
        for row in await all_rows(c, _by_phone(question, span).add_columns(*figures, *talk))
    ]


def _minutes(question: Question) -> ColumnElement[Any]:
    """X4: what a carrier that bills per call makes of it."""
    added = 59 if question.book.policy.minutes_mode == "per_call_ceil" else 0
    return (calls.c.talk_seconds + added) // 60


async def dear_counts(c: AsyncConnection, question: Question, column: str, narrower: str | None = None) -> list[Row]:
    """One of the figures that ask about other calls; ``narrower`` is the same of target calls only."""
    figures = [func.count().label(column)]
    if narrower is not None:
        figures.append(func.count().filter(_is_target).label(narrower))
    return [
        row
        for span in question.parts()
        for row in await all_rows(
            c, _by_phone(question, span).where(condition_of(column, question, span)).add_columns(*figures)
        )
    ]


async def by_hours(c: AsyncConnection, question: Question) -> list[tuple[datetime, str, str, int]]:
    """(beginning of the hour, direction, outcome, calls)."""
    hour = stretch(calls.c.started_at, question).label("its_hour")
    found = []
    for span in question.parts():
        query = select(hour, calls.c.direction, calls.c.outcome, func.count()).where(*_of_period(question, span))
        rows = await c.execute(query.group_by("its_hour", calls.c.direction, calls.c.outcome))
        found += [(moment_of(row[0]), row[1], row[2], row[3]) for row in rows]
    return found


def rows_of(question: Question, members: frozenset[int | None] | None, extension: str | bool | None) -> list[Condition]:
    """A row of the report, in SQL: whose calls, and by which phone where that is asked."""
    found = [] if members is None else [is_of(calls, question, members)]
    if extension is not True:
        found.append(calls.c.extension.is_(None) if extension is None else calls.c.extension == extension)
    return found


def behind(question: Question, column: str, row: list[Condition]) -> Condition:
    """The calls behind one figure of one row."""
    return and_(*_of_period(question, question.span), condition_of(column, question, question.span), *row)
