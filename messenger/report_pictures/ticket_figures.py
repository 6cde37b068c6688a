"""What the pictures of tickets draw, before it is drawn: every stretch of the period, or the largest groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date

from followup.reports.shape import Report
from followup.reports.ticket_choice import TIMES
from messenger.render import known_language
from messenger.report_words import ReportWords

_MOST_GROUPS = 12
_DAY = timedelta(days=1)
_OFFICE_HOURS = (9, 17)


@dataclass(frozen=True, slots=True)
class Group:
    """One column or row: ``count`` of ``of`` tickets are closed, or have the value whose spread is told, in seconds."""

    name: str
    second: str  # a line below the name: the weekday or the month
    count: int
    of: int
    mean: float = 0
    median: float = 0
    ninth: float = 0


@dataclass(frozen=True, slots=True)
class Groups:
    """All of a picture; ``overall`` is the mean of all tickets, not of the groups' means."""

    is_time: bool
    items: tuple[Group, ...]
    closed: int
    open: int
    overall: float
    measured: int
    none_yet: int
    more: int = 0
    has_counts: bool = False
    label_room: int = 46


def ticket_groups(report: Report, figure: str, language: str) -> Groups:
    """The groups for one figure: ``closed``, ``wait_seconds`` or ``handling_seconds``."""
    by = report.selection.option("by")
    items = tuple(_times(report, by, figure, language) if by in TIMES else _named(report, by, figure, language))
    total = report.total.get(figure)
    spread: Mapping[str, Any] = total if isinstance(total, Mapping) else {}
    shown = items if by in TIMES else items[:_MOST_GROUPS]
    closed = int(report.total.get("closed") or 0)
    return Groups(
        is_time=by in TIMES,
        items=shown,
        closed=closed,
        open=int(report.total.get("created") or 0) - closed,
        overall=float(spread.get("mean") or 0),
        measured=int(spread.get("n") or 0),
        none_yet=int(spread.get("none_yet") or 0),
        more=len(items) - len(shown),
        has_counts=figure != "closed" and len(items) <= 16,
        label_room={"day": 46, "hour": 46}.get(by, 84),
    )


def _times(report: Report, by: str, figure: str, language: str) -> Iterator[Group]:
    """Every stretch of the period: a gap is a part of the picture."""
    rows = {str(row[by]): row for row in report.rows}
    for key, name, second in _stretches(report, by, language):
        yield _group(name, second, rows.get(key, {}), figure)


def _stretches(report: Report, by: str, language: str) -> Iterator[tuple[str, str, str]]:
    """Key, name, and the line below it."""
    locale = known_language(language)
    if by == "hour":
        known = [int(row["hour"]) for row in report.rows]
        first, last = min(_OFFICE_HOURS[0], *known, 23), max(_OFFICE_HOURS[1], *known, 0)
        yield from ((str(hour), str(hour), "") for hour in range(first, last + 1))
        return
    day, before = report.selection.begins, date.min
    has_weekdays = report.selection.days <= 16
    while day <= report.selection.ends:
        if by == "day":
            month = _month(day, locale) if before.month != day.month else ""
            second = format_date(day, "EEE", locale=locale).rstrip(".") if has_weekdays else month
            yield day.isoformat(), str(day.day), str(second)
            following = day + _DAY
        elif by == "week":
            monday = day - (day.isoweekday() - 1) * _DAY
            yield monday.isoformat(), str(monday.day), _month(monday, locale)
            following = monday + 7 * _DAY
        else:
            yield day.isoformat()[:7], _month(day, locale), str(day.year)
            following = (day.replace(day=28) + 4 * _DAY).replace(day=1)
        before, day = day, following


def _month(day: date, locale: str) -> str:
    return str(format_date(day, "LLL", locale=locale))[:3]


def _named(report: Report, by: str, figure: str, language: str) -> Iterator[Group]:
    words = ReportWords("tickets", language)
    for row in report.rows:
        yield _group(str(words.value(by, row[by])), "", row, figure)


def _group(name: str, second: str, row: Mapping[str, Any], figure: str) -> Group:
    created, value = int(row.get("created") or 0), row.get(figure)
    if not isinstance(value, Mapping):
        return Group(name, second, int(value or 0), created)
    spread = (float(value.get(part) or 0) for part in ("mean", "median", "p90"))
    return Group(name, second, int(value.get("n") or 0), created, *spread)
