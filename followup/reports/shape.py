"""What every report is, whoever shows it: columns with definitions, rows, a total, and what was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from followup.health.actions import BlindWindow
from followup.reports.selection import Selection

Unit = Literal["count", "minutes", "seconds", "share", "text", "moment", "spread"]
ItemKind = Literal["call", "case", "order", "ticket"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One figure or property of the rows; ``key`` is its name in JSON, a dot leads inside (``cases.open``).

    ``definition`` is the ID in docs/definitions.md. A column that opens has a list behind it (M8).
    """

    key: str
    unit: Unit
    definition: str
    opens: bool = False
    has_none_yet: bool = False  # a spread that tells how many have no value (D18)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report as of a moment. ``row_keys`` name the rows, in order, for ``Figure.row``.

    Values are plain: int, float, str, None, aware datetime, nested dict. ``series`` is what pictures are drawn from.
    """

    selection: Selection
    team_id: int
    team_name: str
    timezone: str
    as_of: datetime
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Any], ...]
    total: Mapping[str, Any]
    row_keys: tuple[str, ...] = ()
    windows: tuple[BlindWindow, ...] = ()
    series: Mapping[str, Any] = field(default_factory=dict)
    table_columns: tuple[Column, ...] = ()
    table: tuple[Mapping[str, Any], ...] | None = None  # G17: one row a ticket, where it was asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number of a report: ``row`` is one of ``row_keys``, None the total."""

    row: str | None
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedItem:
    """A call, case, order or ticket behind a figure; names are as stored, not escaped."""

    kind: ItemKind
    id: int
    at: datetime
    number: str | None  # None: hidden, or forgotten
    name: str | None
    line: str | None
    manager: str | None
    outcome: str
    seconds: int | None
    direction: str | None = None
    reason: str | None = None
    case_id: int | None = None
    is_non_target: bool = False
    is_erased: bool = False  # forgotten at his request: nothing is shown of him


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of what is behind a figure; ``total`` is the figure."""

    total: int
    items: tuple[ListedItem, ...]


def to_json(report: Report) -> dict[str, Any]:
    """The document of the outside: moments RFC 3339 in the team's zone, spans whole seconds."""
    chosen = report.selection
    table = {} if report.table is None else {"table": [_plain(row, report.timezone) for row in report.table]}
    return {
        "kind": chosen.kind,
        "team": report.team_name,
        "from": chosen.begins.isoformat(),
        "to": chosen.ends.isoformat(),
        "as_of": _plain(report.as_of, report.timezone),
        "timezone": report.timezone,
        "filters": {name: list(values) for name, values in chosen.filters.items()},
        "options": dict(chosen.options),
        "rows": [_plain(row, report.timezone) for row in report.rows],
        "total": _plain(report.total, report.timezone),
        **table,
    }


def value_of(row: Mapping[str, Any], key: str) -> Any:
    """The value of a column in a row or the total; a dot leads inside."""
    found: Any = row
    for part in key.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(part)
    return found


def _plain(value: Any, timezone: str) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(timezone)).isoformat(timespec="seconds")
    if isinstance(value, Mapping):
        return {name: _plain(each, timezone) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each, timezone) for each in value]
    return value
