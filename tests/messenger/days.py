"""A day of figures for the tests of digests and pictures."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from followup.digests.numbers import DayFigures, DigestNumbers, HourFigures, OpenCase, PersonFigures

ORDINARY: dict[str, Any] = {
    "calls": 96,
    "incoming": 60,
    "outgoing": 36,
    "answered": 41,
    "missed": 19,
    "unknown": 0,
    "hidden": 1,
    "clients": 14,
    "called_out": 8,
    "called_in": 2,
    "manual": 2,
    "merged": 0,
    "expired": 0,
    "blocked": 0,
    "open": 2,
    "reasons": {"not_answered": 12, "abandoned_10s": 5, "off_hours": 2},
    "attempts": 15,
    "first_attempt_median": 420,
    "contact_median": 840,
    "orders": 0,
    "orders_successful": 0,
    "orders_unsuccessful": 0,
    "orders_pending": 0,
    "messages": 0,
}
HOURS = (
    HourFigures(hour=9, returned=2, by_hand=0, open=0),
    HourFigures(hour=10, returned=4, by_hand=1, open=0),
    HourFigures(hour=13, returned=3, by_hand=1, open=1),
    HourFigures(hour=17, returned=1, by_hand=1, open=1),
)
TARAS = PersonFigures(name="Taras", proven=6, claimed=1, attempts=9, contact_median=720)
OLGA = PersonFigures(name="Olga", proven=2, claimed=1, attempts=6, contact_median=None)
WAITING = OpenCase(
    client="+380671234567",
    name="Anna K.",
    missed=3,
    attempts=1,
    first_call_at=datetime(2026, 11, 20, 14, 5, tzinfo=UTC),
    taken_by=None,
)


def figures(**other: Any) -> DayFigures:
    return DayFigures(**{**ORDINARY, **other})


def numbers(**other: Any) -> DigestNumbers:
    usual: dict[str, Any] = {
        "day": date(2026, 11, 20),
        "as_of": datetime(2026, 11, 20, 16, 30, tzinfo=UTC),
        "timezone": "Europe/Kyiv",
        "team_name": "Sales",
        "is_whole": True,
        "is_late": False,
        "figures": figures(),
        "before": figures(missed=25, clients=19, open=4, first_attempt_median=600),
        "people": (TARAS, OLGA),
        "hours": HOURS,
        "left_open": (WAITING,),
        "left_open_clients": 1,
        "left_open_calls": 3,
    }
    return DigestNumbers(**{**usual, **other})
