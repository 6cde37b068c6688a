"""The SQL of the calls report: each figure is one condition, and what counts it also lists it (M8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, bindparam, exists, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.calls.tables import calls
from followup.clients.tables import numbers
from followup.reports.moments_store import bytewise, day_of, day_parts, days_earlier, grouped, materialized, passed
from followup.reports.phones_store import is_of
from followup.reports.question import UNKNOWN_AFTER, Question, Span
from storage.columns import UtcDateTime
from storage.rows import Row, all_rows

Condition = ColumnElement[bool]

_DIRECTIONS = ("in", "out")
_is_out, _is_in = calls.c.direction == "out", calls.c.direction == "in"
_is_target = calls.c.is_non_target.is_(False)
_is_missed = calls.c.outcome == "missed"


def _is_called_back(question: Question) -> Condition:
    """X6: any later success with the client, over all his numbers; of the same line where brands are apart (D4)."""
    own, other = numbers.alias("own"), numbers.alias("other")
    of_number = (own.c.id == calls.c.number_id, own.c.team_id == question.book.id)
    if question.book.policy.separate_lines:
        joined, is_reached = _reached_by_line(own.join(other, other.c.client_id == own.c.client_id), other)
        return exists().select_from(joined).where(*of_number, is_reached).correlate(calls)
    # Mostly it is the number that called: the client's others are asked only where it was not reached.
    is_other_reached = exists().where(
        other.c.client_id == own.c.client_id, other.c.last_contact_at > calls.c.started_at
    )
    is_reached = or_(own.c.last_contact_at > calls.c.started_at, is_other_reached.correlate(own, calls))
    return exists().where(*of_number, is_reached).correlate(calls)


def _reached_by_line(joined: FromClause, other: FromClause) -> tuple[FromClause, Condition]:
    later = calls.alias("later")
    same_line = func.coalesce(later.c.line, "") == func.coalesce(calls.c.line, "")
    is_reached = and_(other.c.last_contact_at > calls.c.started_at, later.c.contact_at > calls.c.started_at, same_line)
    return joined.join(later, later.c.number_id == other.c.id), is_reached


def _is_very_first(question: Question, span: Span) -> Condition:
    """X3: the contact's earliest call in either direction over all his numbers; of one instant the least key."""
    own, other, tied, first = (*(numbers.alias(name) for name in ("own", "other", "tied")), calls.alias("first"))
    sooner = exists().where(other.c.client_id == own.c.client_id, other.c.first_call_at < own.c.first_call_at)
    at_its_start = (first.c.started_at == own.c.first_call_at, first.c.direction.in_(_DIRECTIONS))
    least = (
        select(first.c.id)
        .select_from(tied.join(first, first.c.number_id == tied.c.id))
        .where(tied.c.client_id == own.c.client_id, first.c.team_id == question.book.id, *at_its_start)
        .order_by(bytewise(first.c.call_key), first.c.id)
        .limit(1)
        .correlate(own)
        .scalar_subquery()
    )
    begun = (own.c.team_id == question.book.id, own.c.first_call_at >= span[0], own.c.first_call_at < span[1])
    firsts = materialized(select(least.label("id")).where(*begun, ~sooner.correlate(own)))
    return calls.c.id.in_(select(firsts.c.id))


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
}
# Those that one look at each call counts; the rest of CHEAP is a difference (M13, M16), and so are the outcomes by day.
_LOOKED_AT: Mapping[str, Condition] = {
    **{name: CHEAP[name] for name in ("total", "outgoing", "target_total", "target_outgoing", "target_missed")},
    "missed": _is_missed,
    "failed": calls.c.outcome == "failed",
    "unended": calls.c.outcome == "in_progress",
    "unended_outgoing": (calls.c.outcome == "in_progress") & _is_out,
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


def _by_phone(question: Question, span: Span, *also: ColumnElement[Any], bound: Any = None) -> Select[Any]:
    """Counts by phone, by stretch between two changes of phones, and by what else is asked."""
    keys = (calls.c.extension, passed(calls.c.started_at, question, span), *also)
    names = ("extension", "phone_stretch", "day")
    query = select(*(key.label(name) for key, name in zip(keys, names, strict=False)))
    return query.where(*_of_period(question, bound or span)).group_by(*grouped(*keys))


async def counts(c: AsyncConnection, question: Question) -> list[Row]:
    """Of each phone and local day (``day`` counts from the first) what one look at each call tells."""
    found: list[Row] = []
    known: dict[Any, Select[Any]] = {}  # a year on SQLite is 365 times the same question
    for first, span in day_parts(c, question):
        shape = tuple(at for at in question.changes if at < span[1]), (span if c.dialect.name != "sqlite" else None)
        if shape not in known:
            known[shape] = _counted(question, span)
        rows = await all_rows(c, known[shape], {"since": span[0], "until": span[1]})
        found += [row | {"day": first + row["day"]} for row in rows]
    return found


def _counted(question: Question, span: Span) -> Select[Any]:
    figures = [func.count().filter(condition).label(name) for name, condition in _LOOKED_AT.items()]
    talk = [func.sum(calls.c.talk_seconds).label("seconds")]
    if question.book.policy.minutes_mode != "floor_sum":
        talk.append(func.sum(_minutes(question)).label("call_minutes"))
    bound = (bindparam("since", type_=UtcDateTime), bindparam("until", type_=UtcDateTime))
    query = _by_phone(question, span, day_of(calls.c.started_at, question, span), bound=bound)
    return query.add_columns(*figures, *talk)


def _minutes(question: Question) -> ColumnElement[Any]:
    """X4: what a carrier that bills per call makes of it."""
    added = 59 if question.book.policy.minutes_mode == "per_call_ceil" else 0
    return (calls.c.talk_seconds + added) // 60


async def dear_counts(c: AsyncConnection, question: Question, column: str, narrower: str | None = None) -> list[Row]:
    """One of the figures that ask about other calls; ``narrower`` is the same of target calls only."""
    figures = [func.count().label(column)]
    if narrower is not None:
        figures.append(func.count().filter(_is_target).label(narrower))
    asked = condition_of(column, question, question.span)
    return await all_rows(c, _by_phone(question, question.span).where(asked).add_columns(*figures))


def rows_of(question: Question, members: frozenset[int | None] | None, extension: str | bool | None) -> list[Condition]:
    """A row of the report, in SQL: whose calls, and by which phone where that is asked."""
    found = [] if members is None else [is_of(calls, question, members)]
    if extension is not True:
        found.append(calls.c.extension.is_(None) if extension is None else calls.c.extension == extension)
    return found


def behind(question: Question, column: str, row: list[Condition]) -> Condition:
    """The calls behind one figure of one row."""
    return and_(*_of_period(question, question.span), condition_of(column, question, question.span), *row)
