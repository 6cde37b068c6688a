"""What is drawn, before it is drawn: plain figures taken from a report's series, the same in every language."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

from followup.hours import local_date
from followup.reports.shape import Report, value_of
from followup.reports.spreads import spread
from messenger.report_pictures.survival import Reached, reached_by

Step = Literal["day", "week", "month"]

# The order from the foot of a column upwards.
PARTS: Mapping[str, tuple[str, ...]] = {
    "missed": ("called_out", "called_in", "manual", "merged", "blocked", "expired", "open"),
    "calls": ("incoming_answered", "outgoing_successful", "outgoing_unsuccessful", "unknown", "missed"),
    "callbacks": ("successful", "pending", "unsuccessful"),
}
_MOST_DAYS, _MOST_WEEKS = 31, 31
_OFFICE_HOURS = (9, 17)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a stack: the day it begins, a figure for each part."""

    begins: date
    figures: tuple[int, ...]

    @property
    def height(self) -> int:
        """All parts together."""
        return sum(self.figures)


@dataclass(frozen=True, slots=True)
class Stack:
    """Columns over time; only parts that occur."""

    step: Step
    parts: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.parts


@dataclass(frozen=True, slots=True)
class Heat:
    """Counts by weekday (Monday first) for each local hour from ``first``."""

    first: int
    hours: tuple[tuple[int, ...], ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(map(any, self.hours))


@dataclass(frozen=True, slots=True)
class Spread:
    """How long contacts of one manager or day took, in seconds; ``name`` None: calls nobody made."""

    name: str | None
    count: int
    median: float
    ninth: float


@dataclass(frozen=True, slots=True)
class Spreads:
    """A spread a manager or day; ``total`` of all."""

    items: tuple[Spread, ...]
    total: Spread | None = None
    more: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.items


@dataclass(frozen=True, slots=True)
class Curve:
    """The firm's own curve; ``delays`` are (hours, was reached)."""

    points: tuple[Reached, ...]
    delays: tuple[tuple[float, bool], ...] = field(default=())

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.delays


def stack(report: Report) -> Stack:
    """Days, or weeks and months where days would be thinner than a finger."""
    given = {date.fromisoformat(day["day"]): _flat(day) for day in report.series.get("days", ())}
    chosen, parts = report.selection, PARTS[report.selection.kind]
    step: Step = "day" if chosen.days <= _MOST_DAYS else "week" if chosen.days <= _MOST_WEEKS * 7 else "month"
    sums: dict[date, list[int]] = {}
    for offset in range(chosen.days):
        day = chosen.begins + timedelta(days=offset)
        figures = given.get(day, {})
        column = sums.setdefault(_begins(day, step), [0] * len(parts))
        for place, part in enumerate(parts):
            column[place] += figures.get(part, 0)
    present = [place for place in range(len(parts)) if any(column[place] for column in sums.values())]
    columns = (Column(begins, tuple(column[place] for place in present)) for begins, column in sums.items())
    return Stack(step, tuple(parts[place] for place in present), tuple(columns))


def _flat(day: Mapping[str, Any]) -> Mapping[str, int]:
    """A day of calls by direction and outcome, as parts of one column; other days have theirs."""
    if "in" not in day:
        return day
    came, went = day["in"], day["out"]
    return {
        "incoming_answered": came.get("successful", 0),
        "missed": came.get("missed", 0),
        "outgoing_successful": went.get("successful", 0),
        "outgoing_unsuccessful": went.get("failed", 0),
        "unknown": came.get("unknown", 0) + went.get("unknown", 0),
    }


def _begins(day: date, step: Step) -> date:
    if step == "day":
        return day
    return day - timedelta(days=day.weekday()) if step == "week" else day.replace(day=1)


def heat(report: Report) -> Heat:
    """Every hour from the first to the last with a miss, office hours at least: gaps are a part of the picture."""
    week = [[0] * 24 for _ in range(7)]
    for tile in report.series.get("heat", ()):
        week[tile["weekday"] - 1][tile["hour"]] = tile["missed"]
    known = [hour for hour in range(24) if any(day[hour] for day in week)]
    first, last = min(_OFFICE_HOURS[0], *known, 23), max(_OFFICE_HOURS[1], *known, 0)
    return Heat(first, tuple(tuple(day[hour] for day in week) for hour in range(first, last + 1)))


def contact_people(report: Report, most: int = 9) -> Spreads:
    """Managers by their median, the quickest first; those without a contact are left out."""
    found = [_spread(row.get("manager"), row.get("contact_seconds")) for row in report.rows]
    items = sorted((item for item in found if item), key=lambda item: (item.median, item.name or ""))
    total = _spread(None, value_of(report.total, "contact_seconds"))
    return Spreads(tuple(items[:most]), total, max(len(items) - most, 0))


def contact_days(report: Report) -> Spreads:
    """Days of the first missed call in order; a day without a contact has no mark."""
    known: dict[date, list[int]] = {}
    for row in report.rows:
        if row.get("contact_seconds") is not None:
            day = _day(row["first_call_at"], report)
            known.setdefault(day, []).append(row["contact_seconds"])
    found = (_spread(day.isoformat(), spread(values)) for day, values in sorted(known.items()))
    return Spreads(tuple(item for item in found if item))


def _day(at: datetime, report: Report) -> date:
    """The local date, the first of the period for clients who waited since before it."""
    return max(local_date(at, report.timezone), report.selection.begins)


def _spread(name: str | None, given: Mapping[str, Any] | None) -> Spread | None:
    if not given or not given.get("n") or given.get("median") is None:
        return None
    return Spread(name, given["n"], float(given["median"]), float(given["p90"]))


def curve(report: Report) -> Curve:
    """The delays of the period's cases: how long until contact, or until whatever ended the waiting."""
    delays = tuple((float(hours), bool(is_reached)) for hours, is_reached in report.series.get("delays", ()))
    return Curve(tuple(reached_by(delays)), delays)


def fingerprint(drawn: Stack | Heat | Spreads | Curve) -> str:
    """The same for the same figures, whatever draws them."""
    plain = json.dumps(asdict(drawn), default=str, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()[:16]
