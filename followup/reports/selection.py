"""What is asked for: a kind of report, days of the team's calendar, filters and options (D12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, get_args

from followup.errors import FollowupError
from followup.hours import local_day

Kind = Literal["callbacks", "calls", "missed", "team", "tickets"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
FILTERS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "callbacks": ("widget",),
    "calls": ("manager", "line"),
    "missed": ("line", "reason", "manager"),
    "team": ("manager",),
    "tickets": ("channel", "entry_point", "topic", "group", "employee"),
}
OPTIONS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "callbacks": (),
    "calls": ("hide_missed", "by_extension", "first_call"),
    "missed": (),
    "team": (),
    "tickets": ("by", "basis", "clock", "without_snooze", "table"),
}
# Options that have names for values, the first one where nothing is said; all others are yes or no.
VALUES: Final[Mapping[str, tuple[str, ...]]] = {
    "by": ("day", "hour", "week", "month", "employee", "group", "channel", "topic"),
    "basis": ("created", "closed"),
    "clock": ("wall", "working"),
}
NOT_ASSIGNED: Final = "none"  # M3: the filter's word for calls without a manager

_DAY = timedelta(days=1)
_LONGEST_DAYS: Final = 3660
_EARLIEST, _LATEST = date(2000, 1, 1), date(2200, 1, 1)
_SWITCH: Final[Mapping[str, str]] = {
    **dict.fromkeys(("yes", "on", "true", "1"), "yes"),
    **dict.fromkeys(("no", "off", "false", "0"), "no"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """One question to the reports. ``begins`` and ``ends`` are local dates, both included."""

    kind: Kind
    begins: date
    ends: date
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def days(self) -> int:
        """How many local dates the selection has."""
        return (self.ends - self.begins).days + 1

    def is_on(self, option: str) -> bool:
        """Whether a yes-or-no option is chosen."""
        return self.options.get(option) == "yes"

    def option(self, name: str) -> str:
        """The value of an option, given or usual."""
        return self.options.get(name, values_of_option(name)[0])

    def with_table(self) -> Selection:
        """The same with a row for each ticket, where a report has them: what files are made of (G17)."""
        return replace(self, options={**self.options, "table": "yes"}) if "table" in OPTIONS[self.kind] else self

    def span(self, timezone: str) -> tuple[datetime, datetime]:
        """[00:00 of the first date, 24:00 of the last one) in UTC, whatever the clocks do."""
        return local_day(self.begins, timezone)[0], local_day(self.ends, timezone)[1]

    def to_json(self) -> dict[str, Any]:
        """What ``from_json`` reads back."""
        return {
            "kind": self.kind,
            "from": self.begins.isoformat(),
            "to": self.ends.isoformat(),
            "filters": {name: list(values) for name, values in self.filters.items()},
            "options": dict(self.options),
        }

    @staticmethod
    def from_json(stored: Mapping[str, Any]) -> Selection:
        """A stored selection; refuses what is none, as if it came from outside."""
        return selection_of(
            str(stored["kind"]), stored["from"], stored["to"], stored.get("filters", {}), stored.get("options", {})
        )


def selection_of(
    kind: str,
    begins: str | date,
    ends: str | date,
    filters: Mapping[str, Iterable[str]] | None = None,
    options: Mapping[str, str] | None = None,
) -> Selection:
    """A selection of texts from outside; refuses what no report knows. Whom a filter names is asked when it is built."""
    known = next((each for each in KINDS if each == kind), None)
    if known is None:
        raise _wrong("kind", kind, f"one of {', '.join(KINDS)}")
    first, last = _date("from", begins), _date("to", ends)
    if last < first:
        raise _wrong("to", last.isoformat(), f"{first.isoformat()} or later")
    if (last - first).days >= _LONGEST_DAYS:
        raise _wrong("to", last.isoformat(), f"at most {_LONGEST_DAYS} days")
    return Selection(
        kind=known,
        begins=first,
        ends=last,
        filters=_filters(known, filters or {}),
        options=_options(known, options or {}),
    )


def _filters(kind: Kind, filters: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    found = {}
    for name, values in filters.items():
        if name not in FILTERS[kind]:
            raise _wrong("filter", name, _names(FILTERS[kind]))
        given = (values,) if isinstance(values, str) else values
        chosen = tuple(dict.fromkeys(text.strip() for text in given if text.strip()))
        if chosen:
            found[name] = chosen
    return {name: found[name] for name in FILTERS[kind] if name in found}


def _options(kind: Kind, options: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name, value in options.items():
        if name not in OPTIONS[kind]:
            raise _wrong("option", name, _names(OPTIONS[kind]))
        found[name] = _option(name, value.strip().lower())
    return {name: found[name] for name in OPTIONS[kind] if name in found}


def values_of_option(name: str) -> tuple[str, ...]:
    """What an option may be set to, the usual value first."""
    return VALUES.get(name, ("no", "yes"))


def _option(name: str, value: str) -> str:
    chosen = value if name in VALUES else _SWITCH.get(value, "")
    if chosen not in values_of_option(name):
        raise _wrong(name, value, " | ".join(VALUES.get(name, ("yes", "no"))))
    return chosen


def _names(known: tuple[str, ...]) -> str:
    return f"one of {', '.join(known)}" if known else "none"


def _date(name: str, text: str | date) -> date:
    expected = f"a date such as 2026-11-20, from {_EARLIEST.isoformat()} to {_LATEST.isoformat()}"
    try:
        found = date.fromisoformat(text.strip()) if isinstance(text, str) else text
    except ValueError:
        raise _wrong(name, str(text), expected) from None
    if not _EARLIEST <= found <= _LATEST:
        raise _wrong(name, found.isoformat(), expected)
    return found


def _wrong(setting: str, found: str, expected: str) -> FollowupError:
    return FollowupError("bad_setting", setting=setting, found=found[:64], expected=expected)
