"""What a witness knows: the posted objects, the team's settings as typed, and what people did. Nothing derived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

Versions = list[tuple[datetime, dict[str, Any]]]  # the first one holds backwards, too

_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
DAY = timedelta(days=1)


class Posted(NamedTuple):
    """One object of the generic format, and when it arrived."""

    at: datetime
    said: dict[str, Any]


class Handled(NamedTuple):
    """Somebody closed the case of this call by hand."""

    call_id: str
    at: datetime
    by: str


class DutySaid(NamedTuple):
    """Somebody said of himself: available, away (until a moment, or nobody knows), off."""

    at: datetime
    who: str
    status: str
    until: datetime | None = None


class Change(NamedTuple):
    """New settings of the team (``line`` None) or of a line, from a moment on."""

    at: datetime
    line: str | None
    values: dict[str, Any]


@dataclass
class Team:
    """As an owner typed it. A line's values: name, kind, hours, off_hours_orders, now and then a group of members."""

    timezone: str
    settings: dict[str, str]
    lines: dict[str, dict[str, Any]]
    extensions: list[tuple[str, datetime | None, str]]  # whose a phone is from a moment on
    members: tuple[str, ...] = ("Olga", "Taras", "Iryna")
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # of a member
    region: str = "UA"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


@dataclass
class Facts:
    """A story to be counted."""

    team: Team
    posted: list[Posted] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    marked: set[str] = field(default_factory=set)  # calls with the non-target mark, now
    handled: list[Handled] = field(default_factory=list)
    joined: list[tuple[str, str]] = field(default_factory=list)  # numbers of one client, now
    done: list[Any] = field(default_factory=list)  # about tickets, in the order it was done
    duty: list[DutySaid] = field(default_factory=list)  # in order of time

    def setting(self, key: str, at: datetime, default: str) -> str:
        """The team's setting valid at a moment (D13)."""
        chosen = self.team.settings.get(key, default)
        for change in sorted((c for c in self.changes if c.line is None), key=lambda c: c.at):
            if change.at <= at:
                chosen = change.values.get(key, chosen)
        return chosen

    def line(self, key: str | None, at: datetime) -> Mapping[str, Any]:
        """A line's values valid at a moment; nothing of an unknown one."""
        chosen = self.team.lines.get(key or "", {})
        for change in sorted((c for c in self.changes if c.line == key and key), key=lambda c: c.at):
            if change.at <= at:
                chosen = chosen | change.values
        return chosen

    def hours(self, key: str | None, at: datetime) -> str | None:
        """Hours of the line, else of the team (D13)."""
        hours = self.line(key, at).get("hours") or self.setting("hours", at, "none")
        return None if hours == "none" else str(hours)

    def is_open(self, key: str | None, at: datetime) -> bool:
        hours = self.hours(key, at)
        local = at.astimezone(self.team.zone)
        return hours is None or any(a <= local.time() < b for a, b in spans_of(hours, local.date()))

    def last_closing(self, key: str | None, valid_at: datetime, day: date) -> datetime | None:
        """When the working time of a local date is over, by the hours valid at another moment."""
        hours = self.hours(key, valid_at)
        if hours is None:
            return self.midnight(day + DAY)
        spans = spans_of(hours, day)
        return datetime.combine(day, max(b for _, b in spans), self.team.zone).astimezone(UTC) if spans else None

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(0), self.team.zone).astimezone(UTC)

    def local_date(self, at: datetime) -> date:
        return at.astimezone(self.team.zone).date()


def spans_of(hours: str, day: date) -> list[tuple[time, time]]:
    """Simple words only: "Mo-Fr 09:00-13:00,14:00-18:00; Sa 10:00-14:00". A later rule for a day replaces an earlier."""
    found: list[tuple[time, time]] = []
    for rule in hours.split(";"):
        days, _, clocks = rule.strip().partition(" ")
        if day.weekday() in _weekdays(days):
            found = [_span(text) for text in clocks.split(",")]
    return found


def _weekdays(text: str) -> Sequence[int]:
    first, _, last = text.partition("-")
    begin = _DAYS.index(first)
    return range(begin, (_DAYS.index(last) if last else begin) + 1)


def _span(text: str) -> tuple[time, time]:
    begins, ends = (time.fromisoformat(clock.strip()) for clock in text.split("-"))
    return begins, ends
