"""The calls report: what every manager's calls came to (M1–M23)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from followup.hours import local_date
from followup.reports import calls_store as store
from followup.reports.question import Question
from followup.reports.selection import NOT_ASSIGNED
from followup.reports.shape import Column
from followup.teams.desk import Desk

RowKey = tuple[int | None, str | None]
Parts = tuple[tuple[Mapping[str, Any], ...], tuple[str, ...], Mapping[str, Any], Mapping[str, Any]]

_DEFINED = {
    "minutes": "M12",
    "total": "M13",
    "outgoing": "M14",
    "incoming": "M15",
    "target_total": "M16",
    "target_outgoing": "M17",
    "target_incoming": "M18",
    "first_unique_target": "M20",
    "target_missed": "M21",
    "target_called_back": "M22",
    "called_back": "M23",
    "unknown": "D6",
}
# Tickets are made by nobody yet: none of them was born of a call (M24, M27, M30).
_TICKETS = ("tickets", "tickets_by_missed", "tickets_in_work")
_HIDDEN = ("target_missed", "target_called_back", "called_back")


def figures_of(question: Question) -> list[str]:
    """The columns of figures; M4, X26 take three of them away."""
    return [key for key in _DEFINED if not (question.selection.is_on("hide_missed") and key in _HIDDEN)]


def columns_of(question: Question) -> tuple[Column, ...]:
    """What the table shows."""
    named = [Column(key="manager", unit="text", definition="M9")]
    if question.selection.is_on("by_extension"):
        named.append(Column(key="extension", unit="text", definition="M5"))
    units: Mapping[str, Any] = {"minutes": "minutes"}
    figures = [
        Column(key=key, unit=units.get(key, "count"), definition=_DEFINED[key], opens=True)
        for key in figures_of(question)
    ]
    return (*named, *figures)


async def build_calls(desk: Desk, question: Question) -> Parts:
    """Rows, their keys, the total and the series."""
    counted = await _counted(desk, question)
    total: Counter[str] = Counter()
    for sums in counted.values():
        total.update(sums)
    keys = sorted(counted, key=lambda key: _order(question, key, counted[key]))
    rows = tuple(_named(question, key) | _figures(question, counted[key]) for key in keys)
    return rows, tuple(_text(question, key) for key in keys), _figures(question, total), await _series(desk, question)


async def _counted(desk: Desk, question: Question) -> dict[RowKey, Counter[str]]:
    found = await store.counts(desk.c, question)
    found += await store.dear_counts(desk.c, question, "first_unique_target")
    if any(row["unended"] for row in found if "unended" in row):
        found += await store.dear_counts(desk.c, question, "unknown")
    if not question.selection.is_on("hide_missed"):
        found += await store.dear_counts(desk.c, question, "called_back", "target_called_back")
    counted: dict[RowKey, Counter[str]] = defaultdict(Counter)
    for row in found:
        member = question.member_of(row["extension"], row["phone_stretch"])
        key = (member, row["extension"] if question.selection.is_on("by_extension") else None)
        numbers = {name: int(n) for name, n in row.items() if name not in ("extension", "phone_stretch") and n}
        counted[key].update(numbers)
    return counted


def _figures(question: Question, sums: Mapping[str, int]) -> dict[str, int]:
    """Minutes come from the seconds of the row, so the total is no sum of rounded rows (M12)."""
    by_call = question.book.policy.minutes_mode != "floor_sum"
    minutes = sums["call_minutes"] if by_call else sums["seconds"] // 60
    found = {key: minutes if key == "minutes" else sums[key] for key in figures_of(question)}
    return found | dict.fromkeys(_TICKETS, 0)


def _named(question: Question, key: RowKey) -> dict[str, Any]:
    named: dict[str, Any] = {"manager": question.book.member_name(key[0])}
    return named | {"extension": key[1]} if question.selection.is_on("by_extension") else named


def _order(question: Question, key: RowKey, sums: Mapping[str, int]) -> tuple[Any, ...]:
    """Who called most first, what is nobody's last."""
    return key[0] is None, -sums["total"], question.book.member_name(key[0]) or "", key[0] or 0, key[1] or ""


def _text(question: Question, key: RowKey) -> str:
    member = NOT_ASSIGNED if key[0] is None else str(key[0])
    return f"{member}/{key[1] or ''}" if question.selection.is_on("by_extension") else member


def row_condition(question: Question, row: str | None) -> list[Any]:
    """The calls of one row, None: of all."""
    if row is None:
        return store.rows_of(question, None, extension=True)
    member, slash, extension = row.partition("/")
    whose = frozenset({None if member == NOT_ASSIGNED else int(member)})
    return store.rows_of(question, whose, (extension or None) if slash else True)


async def _series(desk: Desk, question: Question) -> dict[str, Any]:
    """``days``: of each local date the calls by direction and outcome, those without an end as ``unknown``."""
    days = {day: {"in": Counter[str](), "out": Counter[str]()} for day in dates_of(question)}
    for hour, direction, outcome, number in await store.by_hours(desk.c, question):
        word = "unknown" if outcome == "in_progress" else outcome
        days[local_date(hour, question.timezone).isoformat()][direction][word] += number
    return {"days": [{"day": day, "in": dict(both["in"]), "out": dict(both["out"])} for day, both in days.items()]}


def dates_of(question: Question) -> Iterable[str]:
    """Every local date of the period."""
    begins = question.selection.begins
    return [(begins + timedelta(days=n)).isoformat() for n in range(question.selection.days)]
