"""The calls report: what every manager's calls came to (M1–M23)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from followup.reports import calls_store as store
from followup.reports import tickets_store
from followup.reports.question import Question
from followup.reports.selection import NOT_ASSIGNED
from followup.reports.shape import Column
from followup.teams.desk import Desk
from storage.rows import Row

_Key = TypeVar("_Key")
Sums = dict[str, int]
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
    "tickets": "M24",
    "tickets_by_missed": "M27",
    "tickets_in_work": "M30",
}
_NO_FIGURES = ("extension", "phone_stretch")
_OF_DAY = ("total", "outgoing", "missed", "failed", "unended", "unended_outgoing")
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
    seen = await store.counts(desk.c, question)
    looks = _added(question, seen, lambda look: (look.extension, look.phone_stretch))
    phones: list[Row] = [{"extension": phone, "phone_stretch": at, **sums} for (phone, at), sums in looks.items()]
    days = _added(question, seen, lambda look: look.day)
    counted = _by_row(question, [*phones, *await _dear(desk, question, phones)])
    total: Counter[str] = Counter()
    for sums in counted.values():
        total.update(sums)
    keys = sorted(counted, key=lambda key: _order(question, key, counted[key]))
    rows = tuple(_named(question, key) | _figures(question, counted[key]) for key in keys)
    return rows, tuple(_text(question, key) for key in keys), _figures(question, total), _series(question, days)


async def _dear(desk: Desk, question: Question, seen: Iterable[Row]) -> list[Row]:
    found = await store.first_counts(desk.c, question, "first_unique_target")
    if any(row["unended"] for row in seen):
        found += await store.dear_counts(desk.c, question, "unknown")
    if not question.selection.is_on("hide_missed"):
        found += await store.dear_counts(desk.c, question, "called_back", "target_called_back")
    return found + await tickets_store.counts_by_call(desk.c, question)


def _added(question: Question, seen: Iterable[store.Look], key: Callable[[store.Look], _Key]) -> dict[_Key, Sums]:
    """The figures of looks, column by column: a year of forty phones is 15,000 of them."""
    names, found = store.looked_at(question), defaultdict[_Key, list[Sequence[int]]](list)
    for look in seen:
        found[key(look)].append(look.figures)
    return {each: dict(zip(names, map(sum, zip(*rows, strict=True)), strict=True)) for each, rows in found.items()}


def _by_row(question: Question, found: Iterable[Row]) -> dict[RowKey, Counter[str]]:
    is_by_extension = question.selection.is_on("by_extension")
    counted: dict[RowKey, Counter[str]] = defaultdict(Counter)
    for row in found:
        member = question.member_of(row["extension"], row["phone_stretch"])
        sums = counted[member, row["extension"] if is_by_extension else None]
        for name, number in row.items():
            if number and name not in _NO_FIGURES:
                sums[name] += int(number)
    return counted


def _figures(question: Question, sums: Mapping[str, int]) -> dict[str, int]:
    """Minutes come from the seconds of the row, so the total is no sum of rounded rows (M12)."""
    by_call = question.book.policy.minutes_mode != "floor_sum"
    minutes = sums["call_minutes"] if by_call else sums["seconds"] // 60
    known = {**sums, "minutes": minutes, "incoming": sums["total"] - sums["outgoing"]}
    known["target_incoming"] = sums["target_total"] - sums["target_outgoing"]
    return {key: known.get(key, 0) for key in figures_of(question)}


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


def _series(question: Question, days: Mapping[int, Mapping[str, int]]) -> dict[str, Any]:
    """``days``: of each local date the calls by direction and outcome, those without an end as ``unknown``."""
    nothing = dict.fromkeys(_OF_DAY, 0)
    dates = enumerate(dates_of(question))
    return {"days": [{"day": day, **_outcomes(days.get(place, nothing))} for place, day in dates]}


def _outcomes(sums: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Nobody misses a call of ours, and none of theirs fails: what is left has succeeded."""
    silent_in = sums["unended"] - sums["unended_outgoing"]
    incoming = {"missed": sums["missed"], "unknown": silent_in}
    outgoing = {"failed": sums["failed"], "unknown": sums["unended_outgoing"]}
    incoming["successful"] = sums["total"] - sums["outgoing"] - sum(incoming.values())
    outgoing["successful"] = sums["outgoing"] - sum(outgoing.values())
    return {"in": _some(incoming), "out": _some(outgoing)}


def _some(counted: Mapping[str, int]) -> dict[str, int]:
    return {name: number for name, number in counted.items() if number}


def dates_of(question: Question) -> Iterable[str]:
    """Every local date of the period."""
    begins = question.selection.begins
    return [(begins + timedelta(days=n)).isoformat() for n in range(question.selection.days)]
