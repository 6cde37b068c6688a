"""The SQL of the calls report: each figure is one condition, and what counts it also lists it (M8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.calls.tables import calls
from followup.clients.tables import numbers
from followup.reports.calls_days_store import DAY, SINCE, UNTIL, day_by_day
from followup.reports.firsts_store import DIRECTIONS, very_firsts
from followup.reports.moments_store import bytewise, day_of, days_earlier, grouped, passed
from followup.reports.phones_store import is_of
from followup.reports.plans_store import either, found_in, materialized
from followup.reports.question import UNKNOWN_AFTER, Question, Span
from storage.rows import Row, all_rows

Condition = ColumnElement[bool]

_FEW_DAYS = 62
_is_out, _is_in = calls.c.direction == "out", calls.c.direction == "in"
# Said so that no database looks for it by index: it stands there behind what is different in every call.
_is_target = calls.c.is_non_target.is_distinct_from(true())
_is_missed = calls.c.outcome == "missed"


class Look(NamedTuple):
    """What a look at the calls of a phone on a local day told; ``day`` counts from the first of the period."""

    extension: str | None
    phone_stretch: int
    day: int
    figures: Sequence[int]  # in the order of ``looked_at``


def _is_called_back(question: Question, span: Span) -> Condition:
    """X6: any later success with the client, over all his numbers; of the same line where brands are apart (D4)."""
    own, other = numbers.alias("own"), numbers.alias("other")
    of_number = (own.c.id == calls.c.number_id, own.c.team_id == question.book.id)
    if question.book.policy.separate_lines:
        joined, is_reached = _reached_by_line(own.join(other, other.c.client_id == own.c.client_id), other)
        return _looked_up(question, exists().select_from(joined).where(*of_number, is_reached).correlate(calls))
    # Mostly it is the number that called: the client's others are asked only where it was not reached. That it is
    # another one SQLite sees in its index, and of a client with one number it reads no row twice.
    is_other = (other.c.client_id == own.c.client_id, other.c.id != own.c.id)
    is_other_reached = exists().where(*is_other, other.c.last_contact_at > calls.c.started_at)
    is_reached = or_(own.c.last_contact_at > calls.c.started_at, is_other_reached.correlate(own, calls))
    found = _looked_up(question, exists().where(*of_number, is_reached).correlate(calls))
    return either(found, _is_of_reached(question, span)) if question.selection.days <= _FEW_DAYS else found


def _looked_up(question: Question, found: Condition) -> Condition:
    """Of few misses each number is looked up; PostgreSQL would read all numbers there are, unless it may not join."""
    return case((found, true()), else_=false()) if question.selection.days <= _FEW_DAYS else found


def _is_of_reached(question: Question, span: Span) -> Condition:
    """The same for PostgreSQL: the numbers that were missed, their clients, and when each was last reached, all at once."""
    miss, own, other = calls.alias("miss"), numbers.alias("own"), numbers.alias("other")
    within = (miss.c.team_id == question.book.id, miss.c.started_at >= span[0], miss.c.started_at < span[1])
    missed = materialized(select(miss.c.number_id).where(*within, miss.c.direction == "in", miss.c.outcome == "missed"))
    whose = (own.c.team_id == question.book.id, found_in(own.c.id, select(missed.c.number_id)))
    known = materialized(select(own.c.id, own.c.client_id).where(*whose))
    later = (other.c.last_contact_at > span[0], found_in(other.c.client_id, select(known.c.client_id)))
    last = func.max(other.c.last_contact_at).label("last_contact_at")
    of_clients = materialized(select(other.c.client_id, last).where(*later).group_by(other.c.client_id))
    reached = known.join(of_clients, of_clients.c.client_id == known.c.client_id)
    numbered = materialized(select(known.c.id, of_clients.c.last_contact_at).select_from(reached))
    is_reached = (numbered.c.id == calls.c.number_id, numbered.c.last_contact_at > calls.c.started_at)
    return exists().where(*is_reached).correlate(calls)


def _reached_by_line(joined: FromClause, other: FromClause) -> tuple[FromClause, Condition]:
    later = calls.alias("later")
    same_line = func.coalesce(later.c.line, "") == func.coalesce(calls.c.line, "")
    is_reached = and_(other.c.last_contact_at > calls.c.started_at, later.c.contact_at > calls.c.started_at, same_line)
    return joined.join(later, later.c.number_id == other.c.id), is_reached


def _is_very_first(question: Question, span: Span) -> Condition:
    """X3; whoever asks for nothing else has them of ``very_firsts`` itself, which is quicker."""
    return calls.c.id.in_(select(very_firsts(question, span, true()).c.id))


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
    is_external = which.c.direction.in_(DIRECTIONS)
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
    "called_back": lambda question, span: _is_missed & _is_called_back(question, span),
    "target_called_back": lambda question, span: _is_target & _is_missed & _is_called_back(question, span),
}
# Which of the very first calls a figure counts.
OF_FIRSTS: Mapping[str, Condition] = {"first_unique_target": _is_target}


def condition_of(column: str, question: Question, span: Span) -> Condition:
    """What a figure counts among the calls of a span, or the first ones; minutes are those of all calls."""
    if column in OF_FIRSTS:
        return OF_FIRSTS[column]
    if column in DEAR:
        return DEAR[column](question, span)
    return CHEAP["total" if column == "minutes" else column]


def _of_period(question: Question, span: Span) -> list[Condition]:
    """The calls that the report is about: filters and options, but no figure."""
    found = [
        *(calls.c.team_id == question.book.id, calls.c.started_at >= span[0], calls.c.started_at < span[1]),
        calls.c.direction.in_(DIRECTIONS),
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


def _by_phone(question: Question, span: Span, *also: ColumnElement[Any], bounds: Any = None) -> Select[Any]:
    """Counts by phone, by stretch between two changes of phones, and by what else is asked."""
    keys = (calls.c.extension, passed(calls.c.started_at, question, span), *also)
    names = ("extension", "phone_stretch", "day")
    query = select(*(key.label(name) for key, name in zip(keys, names, strict=False)))
    return query.where(*_of_period(question, bounds or span)).group_by(*grouped(*keys))


async def counts(c: AsyncConnection, question: Question) -> list[Look]:
    """What one look at each call of the period tells."""
    if c.dialect.name == "sqlite":
        rows = await day_by_day(c, question, lambda day: _counted(question, day, DAY, (SINCE, UNTIL)))
    else:
        day = day_of(calls.c.started_at, question, question.span)
        rows = list(await c.execute(_counted(question, question.span, day, question.span)))
    return [Look(row[0], row[1], row[2], row[3:]) for row in rows]


def looked_at(question: Question) -> list[str]:
    """The names of a look's figures, in their order."""
    return [*_LOOKED_AT, "seconds", *(["call_minutes"] if _is_by_call(question) else [])]


def _is_by_call(question: Question) -> bool:
    return question.book.policy.minutes_mode != "floor_sum"


def _counted(question: Question, span: Span, day: ColumnElement[int], bounds: Any) -> Select[Any]:
    figures = [func.count().filter(condition).label(name) for name, condition in _LOOKED_AT.items()]
    talk = [func.sum(calls.c.talk_seconds).label("seconds")]
    if _is_by_call(question):
        talk.append(func.sum(_minutes(question)).label("call_minutes"))
    return _by_phone(question, span, day, bounds=bounds).add_columns(*figures, *talk)


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


async def first_counts(c: AsyncConnection, question: Question, column: str) -> list[Row]:
    """One of the figures that count very first calls."""
    keys = (calls.c.extension.label("extension"), passed(calls.c.started_at, question, question.span))
    found = very_firsts(question, question.span, behind(question, column, []), keys[0], keys[1].label("phone_stretch"))
    by = (found.c.extension, found.c.phone_stretch)
    return await all_rows(c, select(*by, func.count().label(column)).group_by(*by))


def rows_of(question: Question, members: frozenset[int | None] | None, extension: str | bool | None) -> list[Condition]:
    """A row of the report, in SQL: whose calls, and by which phone where that is asked."""
    found = [] if members is None else [is_of(calls, question, members)]
    if extension is not True:
        found.append(calls.c.extension.is_(None) if extension is None else calls.c.extension == extension)
    return found


def behind(question: Question, column: str, row: list[Condition]) -> Condition:
    """The calls behind one figure of one row."""
    return and_(*_of_period(question, question.span), condition_of(column, question, question.span), *row)


def dear_calls(question: Question, column: str, row: list[Condition]) -> Select[Any]:
    """Their ids and moments, where finding one costs more than keeping it."""
    condition = behind(question, column, row)
    if column in OF_FIRSTS:
        firsts = very_firsts(question, question.span, condition)
        return select(firsts.c.id, firsts.c.started_at)
    return select(calls.c.id, calls.c.started_at).where(calls.c.team_id == question.book.id, condition)
