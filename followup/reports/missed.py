"""The missed report: all missed calls of a period and what became of them (R2, R8, R20)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from followup.cases.queue_store import rows_by_id
from followup.cases.views import QueueRow
from followup.reports import missed_store as store
from followup.reports.calls import Parts, dates_of
from followup.reports.question import Question
from followup.reports.shape import Column, Unit
from followup.teams.desk import Desk

_ROW: Mapping[str, tuple[Unit, str]] = {
    "client": ("text", "D2"),
    "name": ("text", "D3"),
    "lines": ("text", "D4"),
    "reason": ("text", "R14"),
    "reasons": ("text", "R14"),
    "first_call_at": ("moment", "R10"),
    "last_call_at": ("moment", "R11"),
    "lost_seconds": ("seconds", "R12"),
    "waiting_seconds": ("seconds", "X9"),
    "missed": ("count", "R13"),
    "attempts": ("count", "R15"),
    "first_attempt_seconds": ("seconds", "X24"),
    "contact_seconds": ("seconds", "X24"),
    "taken_by": ("text", "R1"),
    "state": ("text", "R1"),
    "closed_at": ("moment", "D10"),
    "closed_by": ("text", "R19"),
    "how": ("text", "D10"),
    "close_reason": ("text", "R17"),
    "close_text": ("text", "R18"),
}
OPENS_IN_ROW = ("missed", "attempts")
_FATE_IDS = {"total": "R2", "open": "R1", "called_out": "R5", "called_in": "R6", "manual": "R16"} | {
    "merged": "X11",
    "expired": "R4",
    "blocked": "D10",
}
_IN_TOTAL: Mapping[str, str] = {
    "clients": "R20",
    **{f"reasons.{word}": f"R14.{place}" for place, word in enumerate(store.REASONS, 1)},
    **{f"{unit}.{fate}": identity for unit in ("cases", "calls") for fate, identity in _FATE_IDS.items()},
}


def columns_of(_: Question) -> tuple[Column, ...]:
    """What the rows have, then what the total has; the total's figures open."""
    rows = [
        Column(key=key, unit=unit, definition=identity, opens=key in OPENS_IN_ROW)
        for key, (unit, identity) in _ROW.items()
    ]
    total = [Column(key=key, unit="count", definition=identity, opens=True) for key, identity in _IN_TOTAL.items()]
    return (*rows, *total)


async def build_missed(desk: Desk, question: Question, most_rows: int | None = None) -> Parts:
    """Rows, their keys, the total and the series."""
    hours = await store.by_hours(desk.c, question)
    cases = await store.every_case(desk.c, question, most_rows)
    rows = await rows_by_id(desk.c, desk.book, cases.ids, desk.now)
    keys = tuple(str(row.case_id) for row in rows)
    series = _series(question, hours) | _delays(cases.waited) | _of_clients(hours, cases.waited)
    return tuple(_row(row) for row in rows), keys, total_of(hours, cases), series


def total_of(hours: Sequence[store.Hour], cases: store.Cases) -> dict[str, Any]:
    """R8, R20: clients, reasons, and every fate of cases and of calls; the total is their sum."""
    calls = Counter[str]()
    for hour in hours:
        calls[hour.fate] += hour.missed
    reasons = map(sum, zip(*(hour.reasons for hour in hours), strict=True))
    return {
        "clients": cases.clients,
        "reasons": dict.fromkeys(store.REASONS, 0) | dict(zip(store.REASONS, reasons, strict=False)),
        "cases": _fates(_by_fate(cases.waited)),
        "calls": _fates(calls),
    }


def _by_fate(waited: Iterable[store.Waited]) -> Counter[str]:
    found: Counter[str] = Counter()
    for each in waited:
        found[each.fate] += each.cases
    return found


def _fates(counted: Mapping[str, int]) -> dict[str, int]:
    return {"total": sum(counted.values())} | {fate: counted.get(fate, 0) for fate in store.FATES}


def _row(row: QueueRow) -> dict[str, Any]:
    return asdict(row)


def _series(question: Question, hours: Iterable[store.Hour]) -> dict[str, Any]:
    """``days``: missed calls by fate; ``heat``: by weekday (1 is Monday) and hour; ``hours``: by hour and fate."""
    days: Counter[tuple[str, str]] = Counter()
    heat: Counter[tuple[int, int]] = Counter()
    by_hour: dict[int, Counter[str]] = defaultdict(Counter)
    local = _Local(ZoneInfo(question.timezone))
    for each in hours:
        day, weekday, hour = local[each.at]
        days[day, each.fate] += each.missed
        heat[weekday, hour] += each.missed
        by_hour[hour][each.fate] += each.missed
    return {
        "days": [{"day": day} | {fate: days[day, fate] for fate in store.FATES} for day in dates_of(question)],
        "heat": [{"weekday": day, "hour": hour, "missed": number} for (day, hour), number in sorted(heat.items())],
        "hours": [{"hour": hour, **fates} for hour, fates in sorted(by_hour.items())],
    }


class _Local(dict[datetime, tuple[str, int, int]]):
    """The local date, weekday and hour of a moment: looked up once for all fates."""

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__()
        self._zone = zone

    def __missing__(self, at: datetime) -> tuple[str, int, int]:
        local = at.astimezone(self._zone)
        self[at] = found = (local.date().isoformat(), local.isoweekday(), local.hour)
        return found


def _of_clients(hours: Iterable[store.Hour], waited: Iterable[store.Waited]) -> dict[str, Any]:
    """``clients``: cases of clients by fate; ``hidden``: calls of those who hid their number."""
    fates = _by_fate(each for each in waited if each.is_client)
    return {"clients": {fate: fates[fate] for fate in store.FATES}, "hidden": sum(hour.hidden for hour in hours)}


def _delays(waited: Iterable[store.Waited]) -> dict[str, Any]:
    """``delays``: (hours, was reached) of every client's case, to the contact or to the end of what is known."""
    found: list[tuple[float, bool]] = []
    for each in waited:
        if each.is_client:
            found += [(max(0, each.seconds) / 3600, bool(each.is_reached))] * each.cases
    return {"delays": found}
