"""Reports for the tests: the contract's columns, planted figures, days that look like a firm's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from followup.reports.selection import Kind, selection_of
from followup.reports.shape import Column, Report

AS_OF = datetime(2026, 11, 15, 13, 30, tzinfo=UTC)  # 15:30 in Kyiv, a Sunday
FATES = ("called_out", "called_in", "manual", "merged", "expired", "blocked", "open")
REASONS = (
    *("off_hours", "abandoned_10s", "abandoned_greeting", "abandoned_ivr"),
    *("not_answered", "all_unavailable", "no_route", "forbidden"),
)
ORDER_REASONS = (
    *("client_no_coverage", "client_phone_off", "client_no_answer", "operators_did_not_call"),
    *("operators_unavailable", "operator_hung_up", "other"),
)
KEYS: Mapping[Kind, tuple[str, ...]] = {
    "callbacks": (
        *("widget", "total", "successful", "unsuccessful", "pending"),
        *(f"reasons.{reason}" for reason in ORDER_REASONS),
        *("in_hours", "off_hours", "unique", "different_numbers", "new_numbers"),
    ),
    "calls": (
        *("manager", "extension", "minutes", "total", "outgoing", "incoming", "target_total", "target_outgoing"),
        *("target_incoming", "first_unique_target", "target_missed", "target_called_back", "called_back"),
        *("tickets", "tickets_by_missed", "tickets_in_work", "unknown"),
    ),
    "missed": (
        *("client", "name", "lines", "reason", "reasons", "first_call_at", "last_call_at"),
        *("lost_seconds", "waiting_seconds", "missed", "attempts", "first_attempt_seconds", "contact_seconds"),
        *("taken_by", "state", "closed_at", "closed_by", "how", "close_reason", "close_text"),
        "clients",
        *(f"reasons.{reason}" for reason in REASONS),
        *(f"{unit}.{fate}" for unit in ("cases", "calls") for fate in ("total", *FATES)),
    ),
    "team": (
        *("manager", "closed", "proven", "claimed", "attempts", "first_attempt_seconds", "contact_seconds"),
        *("talk_seconds", "occupancy"),
    ),
    "tickets": ("day", "created", "closed", "wait_seconds", "handling_seconds"),
}
_UNITS: Mapping[str, Any] = {
    **dict.fromkeys(("widget", "manager", "extension", "client", "name", "lines", "reason", "reasons"), "text"),
    **dict.fromkeys(("taken_by", "state", "closed_by", "how", "close_reason", "close_text"), "text"),
    **dict.fromkeys(("first_call_at", "last_call_at", "closed_at"), "moment"),
    **dict.fromkeys(("lost_seconds", "waiting_seconds", "talk_seconds"), "seconds"),
    "minutes": "minutes",
    "occupancy": "share",
    "day": "text",
}
_SPREADS = ("first_attempt_seconds", "contact_seconds")
_PEOPLE = ("Anna Kovalenko", "Taras Shevchuk", "Olga", "Oleksandr Vyshnevetskyi-Bondarenko", "Ivan P.", None)


def columns(kind: Kind) -> tuple[Column, ...]:
    """The columns of the kind; those of `missed` that have a dot, and `clients`, are of its total only."""
    return tuple(
        Column(key=key, unit=_unit(kind, key), definition="D1", has_none_yet=kind == "tickets") for key in KEYS[kind]
    )


def report(
    kind: Kind,
    *,
    days: int = 15,
    seed: int = 1,
    rows: int | None = None,
    options: Mapping[str, str] | None = None,
) -> Report:
    """A report of the days before the Sunday, the same for the same seed."""
    chance = Random(seed)
    ends = date(2026, 11, 15)
    begins = ends - timedelta(days=days - 1)
    made = tuple(_ROWS[kind](chance))
    made = made if rows is None else made[:rows]
    return Report(
        selection=selection_of(kind, begins, ends, options=options),
        team_id=1,
        team_name="Sales",
        timezone="Europe/Kyiv",
        as_of=AS_OF,
        columns=columns(kind),
        rows=made,
        total=_TOTALS[kind](made),
        series=_SERIES[kind](chance, [begins + timedelta(days=day) for day in range(days)]),
    )


def _unit(kind: Kind, key: str) -> Any:
    if key in ("wait_seconds", "handling_seconds"):
        return "spread"
    if key in _SPREADS:
        return "spread" if kind == "team" else "seconds"
    return _UNITS.get(key, "count")


def _calls_rows(chance: Random) -> Iterator[dict[str, Any]]:
    for place, name in enumerate(_PEOPLE):
        row: dict[str, Any] = {key: chance.randrange(3, 400) for key in KEYS["calls"]}
        yield {**row, "manager": name, "extension": f"10{place}", "tickets": 0, "tickets_by_missed": 0}


def _callbacks_rows(chance: Random) -> Iterator[dict[str, Any]]:
    for widget in ("site", "landing", "+380441112233"):
        row: dict[str, Any] = {key: chance.randrange(1, 60) for key in KEYS["callbacks"] if "." not in key}
        yield {**row, "widget": widget, "reasons": {reason: chance.randrange(5) for reason in ORDER_REASONS}}


def _team_rows(chance: Random) -> Iterator[dict[str, Any]]:
    for name in _PEOPLE[:-1]:
        row: dict[str, Any] = {key: chance.randrange(3, 90) for key in ("closed", "proven", "claimed", "attempts")}
        median = chance.randrange(120, 9_000)
        spread = {"mean": median * 1.4, "median": median, "p90": median * chance.randrange(2, 9), "n": 31}
        row |= {"manager": name, "contact_seconds": spread, "first_attempt_seconds": {**spread, "mean": None}}
        yield {**row, "talk_seconds": chance.randrange(90_000), "occupancy": round(chance.random(), 4)}


def _missed_rows(chance: Random) -> Iterator[dict[str, Any]]:
    for case in range(40):
        at = AS_OF - timedelta(minutes=chance.randrange(19_000))
        yield {
            "client": None if case % 11 == 0 else f"+38067{chance.randrange(10**6, 10**7)}",
            "name": chance.choice((None, "Anna K.", "=HYPERLINK(1)", "@sum")),
            "lines": ["Sales", "+380441112233"],
            "reason": "not_answered",
            "reasons": ["not_answered", "abandoned_ivr"],
            "first_call_at": at,
            "last_call_at": at + timedelta(minutes=20),
            "lost_seconds": 1200,
            "waiting_seconds": 100_800,
            "missed": 3,
            "attempts": 2,
            "first_attempt_seconds": 1500,
            "contact_seconds": None if case % 5 == 0 else round(chance.lognormvariate(8, 1.4)),
            "taken_by": "Taras",
            "state": "closed",
            "closed_at": None,
            "closed_by": None,
            "how": "manual",
            "close_reason": "spam",
            "close_text": "-1+1",
        }


def _tickets_rows(chance: Random) -> Iterator[dict[str, Any]]:
    for day in range(1, 16):
        if day % 7 != 1:
            yield {"day": f"2026-11-{day:02}"} | ticket_figures(chance)


def ticket_figures(chance: Random) -> dict[str, Any]:
    """Of a day, a person, a channel: most tickets are closed, some wait for an answer."""
    created = chance.randrange(6, 60)
    closed = created - chance.randrange(6)
    mean = chance.randrange(60, 2_400)
    wait = {"mean": mean, "median": round(mean * 0.6), "p90": mean * 3, "n": created - 2, "none_yet": 2}
    handling = {name: value * 4 for name, value in wait.items()} | {"n": closed, "none_yet": created - closed}
    return {"created": created, "closed": closed, "wait_seconds": wait, "handling_seconds": handling}


def _tickets_total(rows: tuple[Mapping[str, Any], ...]) -> dict[str, Any]:
    counts = {key: sum(row[key] for row in rows) for key in ("created", "closed")}
    spreads = {}
    for key in ("wait_seconds", "handling_seconds"):
        known = [row[key] for row in rows]
        counted = {part: sum(each[part] for each in known) for part in ("n", "none_yet")}
        mean = round(sum(each["mean"] * each["n"] for each in known) / counted["n"]) if counted["n"] else None
        spreads[key] = {"mean": mean, "median": mean, "p90": mean and mean * 3} | counted
    return counts | spreads


def _sum(rows: tuple[Mapping[str, Any], ...]) -> dict[str, Any]:
    keys = [key for key, value in rows[0].items() if isinstance(value, int)] if rows else []
    return {key: sum(row[key] for row in rows) for key in keys}


def _callbacks_total(rows: tuple[Mapping[str, Any], ...]) -> dict[str, Any]:
    return {**_sum(rows), "reasons": {reason: sum(row["reasons"][reason] for row in rows) for reason in ORDER_REASONS}}


def _team_total(rows: tuple[Mapping[str, Any], ...]) -> dict[str, Any]:
    spread = {"mean": 3000.5, "median": 2400, "p90": 9000, "n": 155} if rows else None
    return {**_sum(rows), "contact_seconds": spread, "first_attempt_seconds": spread, "occupancy": 0.8125}


def _missed_total(rows: tuple[Mapping[str, Any], ...]) -> dict[str, Any]:
    fates = dict.fromkeys(FATES, 0) | {"total": len(rows), "manual": len(rows)}
    return {
        "clients": len(rows),
        "reasons": dict.fromkeys(REASONS, 0) | {"not_answered": 3 * len(rows)},
        "cases": fates,
        "calls": {fate: 3 * figure for fate, figure in fates.items()},
    }


def _missed_series(chance: Random, days: list[date]) -> dict[str, Any]:
    heat = [
        {"weekday": weekday, "hour": hour, "missed": _misses(chance, weekday, hour)}
        for weekday in range(1, 8)
        for hour in range(24)
    ]
    return {
        "days": [_day(chance, day) for day in days],
        "heat": [tile for tile in heat if tile["missed"]],
        "delays": [_delay(chance) for _ in range(len(days) * 14)],
    }


def _day(chance: Random, day: date) -> dict[str, Any]:
    busy = 0.3 if day.weekday() > 4 else 1
    largest = {"called_out": 12, "called_in": 8, "manual": 5, "merged": 2, "expired": 2, "blocked": 1, "open": 4}
    return {"day": day.isoformat()} | {fate: chance.randrange(int(most * busy) + 1) for fate, most in largest.items()}


def _misses(chance: Random, weekday: int, hour: int) -> int:
    return chance.randrange(1, 14 if weekday < 6 else 4) if 8 <= hour < 20 and chance.random() < 0.85 else 0


def _delay(chance: Random) -> tuple[float, bool]:
    """Hours, and whether they ended in a contact."""
    reached = chance.random() < 0.7
    seconds = chance.lognormvariate(8, 1.4) if reached else chance.uniform(600, 400_000)
    return round(seconds) / 3600, reached


def _calls_series(chance: Random, days: list[date]) -> dict[str, Any]:
    return {
        "days": [
            {
                "day": day.isoformat(),
                "in": {"successful": chance.randrange(60), "missed": chance.randrange(14)},
                "out": {"successful": chance.randrange(48), "failed": chance.randrange(20)},
            }
            for day in days
        ]
    }


def _callbacks_series(chance: Random, days: list[date]) -> dict[str, Any]:
    largest = {"successful": 14, "unsuccessful": 6, "pending": 3}
    return {
        "days": [
            {"day": day.isoformat()} | {key: chance.randrange(most) for key, most in largest.items()} for day in days
        ]
    }


_ROWS: Mapping[str, Any] = {
    "callbacks": _callbacks_rows,
    "calls": _calls_rows,
    "missed": _missed_rows,
    "team": _team_rows,
    "tickets": _tickets_rows,
}
_TOTALS: Mapping[str, Any] = {
    "callbacks": _callbacks_total,
    "calls": _sum,
    "missed": _missed_total,
    "team": _team_total,
    "tickets": _tickets_total,
}
_SERIES: Mapping[str, Any] = {
    "callbacks": _callbacks_series,
    "calls": _calls_series,
    "missed": _missed_series,
    "team": lambda chance, days: {},
    "tickets": lambda chance, days: {},
}
