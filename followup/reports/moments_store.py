"""What the two databases say differently: moments and texts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, ColumnElement, Integer, case, cast, literal, literal_column
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from followup.reports.question import Question, Span
from storage.columns import UtcDateTime


class _Stretch(FunctionElement[Any]):
    """The whole hour, or quarter of one, that a moment lies in."""

    inherit_cache = True
    name = "stretch"


class _Seconds(FunctionElement[int]):
    """Whole seconds from one moment to another."""

    inherit_cache = True
    type = Integer()
    name = "seconds"


class _DaysEarlier(FunctionElement[datetime]):
    """A moment some times 24 hours earlier."""

    inherit_cache = True
    type = UtcDateTime()
    name = "days_earlier"


class _Day(FunctionElement[int]):
    """How many of the midnights that follow are past at a moment: PostgreSQL's, a part of SQLite's has none."""

    inherit_cache = True
    type = Integer()
    name = "day"


class _Bytewise(FunctionElement[str]):
    """A text that is compared by its code points, as Python does, whatever language the database speaks."""

    inherit_cache = True
    name = "bytewise"


def stretch(moment: ColumnElement[Any], question: Question) -> ColumnElement[Any]:
    """Hours where the team's clock is whole hours from UTC, else quarters of an hour."""
    return _Stretch(moment, literal_column(str(_minutes(question))))


def seconds(since: ColumnElement[Any], until: ColumnElement[Any]) -> ColumnElement[Any]:
    """Whole seconds, NULL where a moment is missing."""
    return _Seconds(since, until)


def days_earlier(moment: ColumnElement[Any], days: int) -> ColumnElement[Any]:
    """``days`` times 24 hours before."""
    return _DaysEarlier(moment, literal_column(str(int(days))))


def bytewise(text: ColumnElement[Any]) -> ColumnElement[Any]:
    """For ties: calls of one instant are in the order of their keys as text (X3)."""
    return _Bytewise(text)


def passed(moment: ColumnElement[Any], question: Question, span: Span) -> ColumnElement[int]:
    """How many changes of phones were past at a moment: calls of one phone between two changes are one person's."""
    changes = [at for at in question.changes if at < span[1]]
    before = sum(at <= span[0] for at in changes)
    steps = [case((moment >= at, 1), else_=0) for at in changes[before:]]
    return _added(literal(before, Integer), steps)


def day_parts(c: AsyncConnection, question: Question, size: int = 1) -> list[tuple[int, Span]]:
    """The period in parts of whole local days, each with the place of its first day.

    SQLite sorts before it groups, which a day at a time (or a week, of few groups) it does within its cache; PostgreSQL
    hashes all days at once.
    """
    if c.dialect.name != "sqlite":
        return [(0, question.span)]
    days = question.days
    return [(place, (days[place][0], days[place : place + size][-1][1])) for place in range(0, len(days), size)]


def day_of(moment: ColumnElement[Any], question: Question, part: Span) -> ColumnElement[int]:
    """The place of a moment's local day among those of a part."""
    midnights = [begins for begins, _ in question.days if part[0] < begins < part[1]]
    return _Day(moment, *(literal(at, UtcDateTime) for at in midnights)) if midnights else literal(0, Integer)


def ever_passed(moment: ColumnElement[Any], question: Question) -> ColumnElement[int]:
    """The same of moments that may lie before the period."""
    return _added(literal(0, Integer), [case((moment >= at, 1), else_=0) for at in question.changes])


def grouped(*columns: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """What of these there is to group by: one value for all would only be one more to sort by."""
    return [column for column in columns if not isinstance(column, BindParameter)]


def _added(first: ColumnElement[int], steps: list[Any]) -> ColumnElement[int]:
    if not steps:
        return first
    found: Any = first
    for step in steps:
        found = found + step
    return cast(found, Integer)


def moment_of(found: str | datetime) -> datetime:
    """What ``stretch`` gave, as a moment."""
    return found if isinstance(found, datetime) else datetime.fromisoformat(found).replace(tzinfo=UTC)


def _minutes(question: Question) -> int:
    return _minutes_of(question.timezone, *question.span)


@lru_cache(maxsize=64)
def _minutes_of(timezone: str, begins: datetime, ends: datetime) -> int:
    """Asked once for every part of a period, and answered day by day."""
    zone, hour = ZoneInfo(timezone), timedelta(hours=1)
    days = (begins + timedelta(days=n) for n in range((ends - begins).days + 2))
    whole = all((day.astimezone(zone).utcoffset() or hour) % hour == timedelta(0) for day in days)
    return 60 if whole else 15


@compiles(_Stretch, "sqlite")
def _stretch_in_sqlite(element: _Stretch, compiler: SQLCompiler, **kw: Any) -> str:
    moment, minutes = element.clauses
    text = compiler.process(moment, **kw)
    if compiler.process(minutes, **kw) == "60":
        return f"(substr({text}, 1, 13) || ':00')"
    return f"(substr({text}, 1, 14) || printf('%02d', cast(substr({text}, 15, 2) as integer) / 15 * 15))"


@compiles(_Stretch, "postgresql")
def _stretch_in_postgres(element: _Stretch, compiler: SQLCompiler, **kw: Any) -> str:
    moment, minutes = element.clauses
    text = compiler.process(moment, **kw)
    return f"date_bin(INTERVAL '{compiler.process(minutes, **kw)} minutes', {text}, TIMESTAMPTZ '2000-01-01 00:00+00')"


@compiles(_Day, "postgresql")
def _day_in_postgres(element: _Day, compiler: SQLCompiler, **kw: Any) -> str:
    moment, *midnights = (compiler.process(each, **kw) for each in element.clauses)
    return f"width_bucket({moment}, ARRAY[{', '.join(midnights)}])"


@compiles(_Seconds, "sqlite")
def _seconds_in_sqlite(element: _Seconds, compiler: SQLCompiler, **kw: Any) -> str:
    since, until = (compiler.process(each, **kw) for each in element.clauses)
    return f"cast(round((julianday({until}) - julianday({since})) * 86400, 3) as integer)"


@compiles(_Seconds, "postgresql")
def _seconds_in_postgres(element: _Seconds, compiler: SQLCompiler, **kw: Any) -> str:
    since, until = (compiler.process(each, **kw) for each in element.clauses)
    return f"trunc(extract(epoch from {until} - {since}))::bigint"


@compiles(_DaysEarlier, "sqlite")
def _earlier_in_sqlite(element: _DaysEarlier, compiler: SQLCompiler, **kw: Any) -> str:
    moment, days = element.clauses
    text = compiler.process(moment, **kw)
    # strftime knows thousandths, the stored texts millionths: the fraction is carried over as it is.
    return f"(strftime('%Y-%m-%dT%H:%M:%S', {text}, '-{compiler.process(days, **kw)} days') || substr({text}, 20))"


@compiles(_DaysEarlier, "postgresql")
def _earlier_in_postgres(element: _DaysEarlier, compiler: SQLCompiler, **kw: Any) -> str:
    moment, days = element.clauses
    return f"({compiler.process(moment, **kw)} - INTERVAL '{24 * int(compiler.process(days, **kw))} hours')"


@compiles(_Bytewise, "sqlite")
def _bytewise_in_sqlite(element: _Bytewise, compiler: SQLCompiler, **kw: Any) -> str:
    return str(compiler.process(next(iter(element.clauses)), **kw))


@compiles(_Bytewise, "postgresql")
def _bytewise_in_postgres(element: _Bytewise, compiler: SQLCompiler, **kw: Any) -> str:
    return f'({compiler.process(next(iter(element.clauses)), **kw)} COLLATE "C")'
