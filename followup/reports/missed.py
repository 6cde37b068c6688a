"""The missed report: all missed calls of a period and what became of them (R2, R8, R20)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from followup.cases.queue_store import rows_by_id
from followup.cases.views import QueueRow
from followup.reports import missed_store as store
from followup.reports.calls import Parts, dates_of
from followup.reports.question import Question
from followup.reports.shape import Column, Unit
from followup.teams.desk import Desk
from storage.rows import Row

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
    series = _series(question, hours) | _delays(cases.waited) | _of_day(question, hours, cases.waited)
    return tuple(_row(row) for row in rows), keys, total_of(hours, cases), series


def total_of(hours: Iterable[Row], cases: store.Cases) -> dict[str, Any]:
    """R8, R20: clients, reasons, and every fate of cases and of calls; the total is their sum."""
    calls, reasons = Counter[str](), Counter[str]()
    for row in hours:
        calls[row["fate"]] += row["missed"]
        reasons.update({word: row[word] for word in store.REASONS if row[word]})
    return {
        "clients": cases.clients,
        "reasons": {word: reasons[word] for word in store.REASONS},
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


def _series(question: Question, hours: Iterable[Row]) -> dict[str, Any]:
    """``days``: missed calls by fate; ``heat``: by weekday (1 is Monday) and hour."""
    zone = ZoneInfo(question.timezone)
    days = {day: Counter[str]() for day in dates_of(question)}
    heat: Counter[tuple[int, int]] = Counter()
    for row in hours:
        local = row["at"].astimezone(zone)
        days[local.date().isoformat()][row["fate"]] += row["missed"]
        heat[local.isoweekday(), local.hour] += row["missed"]
    return {"days": _days(days.items()), "heat": _heat(heat)}


def _of_day(question: Question, hours: Iterable[Row], waited: Iterable[store.Waited]) -> dict[str, Any]:
    """``hours``: missed calls by hour of the day and fate; ``clients``: cases of clients by fate; ``hidden`` calls."""
    zone = ZoneInfo(question.timezone)
    by_hour: dict[int, Counter[str]] = defaultdict(Counter)
    hidden = 0
    for row in hours:
        by_hour[row["at"].astimezone(zone).hour][row["fate"]] += row["missed"]
        hidden += row["hidden"]
    of_clients = _by_fate(each for each in waited if each.is_client)
    return {
        "hours": [{"hour": hour, **fates} for hour, fates in sorted(by_hour.items())],
        "clients": {fate: of_clients[fate] for fate in store.FATES},
        "hidden": hidden,
    }


def _delays(waited: Iterable[store.Waited]) -> dict[str, Any]:
    """``delays``: (hours, was reached) of every client's case, to the contact or to the end of what is known."""
    found: list[tuple[float, bool]] = []
    for each in waited:
        if each.is_client:
            found += [(max(0, each.seconds) / 3600, bool(each.is_reached))] * each.cases
    return {"delays": found}


def _days(days: Iterable[tuple[str, Mapping[str, int]]]) -> list[dict[str, Any]]:
    return [{"day": day} | {fate: fates.get(fate, 0) for fate in store.FATES} for day, fates in days]


def _heat(heat: Mapping[tuple[int, int], int]) -> list[dict[str, int]]:
    return [{"weekday": day, "hour": hour, "missed": number} for (day, hour), number in sorted(heat.items())]
