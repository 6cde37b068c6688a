"""Cases and chats that the tests of cards are played with: one Anna, one Taras, one Friday."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from followup.cases.views import CaseView, HistoryLine, NoteView, OrderView
from messenger.screens import ChatContext, MemberChoice, Menu, ReasonChoice
from messenger.words import BUILT_IN_REASONS


def kyiv(text: str) -> datetime:
    """A moment of Friday, 20 November 2026, by the clock of Kyiv."""
    hours, minutes = text.split(":")
    return datetime(2026, 11, 20, int(hours), int(minutes), tzinfo=UTC) - timedelta(hours=2)


NOW = kyiv("10:30")

FREE = CaseView(
    id=7,
    team_id=1,
    version=1,
    kind="client",
    state="open",
    number="+380671234567",
    other_numbers=(),
    client_name="Anna K.",
    line_names=("Sales line",),
    reason="not_answered",
    reasons=("not_answered", "not_answered", "not_answered"),
    opened_at=kyiv("10:00"),
    last_missed_at=kyiv("10:20"),
    missed=3,
    orders=(),
    attempts=0,
    first_attempt_at=None,
    last_attempt_at=None,
    last_attempt_by=None,
    contact_at=None,
    contact_by=None,
    owner_id=None,
    owner_name=None,
    taken_at=None,
    snoozed_until=None,
    snoozed_by=None,
    calling_by=None,
    calling_at=None,
    notes=(),
    closed_at=None,
    how=None,
    closed_by=None,
    close_reason=None,
    close_text=None,
)

TEAM = ChatContext(
    kind="team",
    language="en",
    timezone="Europe/Kyiv",
    mask=True,
    sla=timedelta(minutes=45),
    reasons=tuple(ReasonChoice(code) for code in BUILT_IN_REASONS),
    members=tuple(MemberChoice(number, name) for number, name in enumerate(("Taras", "Olga", "Max"), 1)),
)

NOTES = (
    NoteView(at=kyiv("10:21"), author="Taras", text="asks for a price list"),
    NoteView(at=kyiv("10:26"), author="Olga", text="call after lunch"),
)
ORDER = OrderView(ordered_at=kyiv("10:05"), widget_name="Site", topic="Price", wanted_at=kyiv("12:00"))
HISTORY = (
    HistoryLine(at=kyiv("10:00"), kind="missed", line_name="Sales line", reason="off_hours"),
    HistoryLine(at=kyiv("10:24"), kind="take", who="Taras"),
    HistoryLine(at=kyiv("10:25"), kind="attempt", who="Taras", seconds=21),
    HistoryLine(at=kyiv("10:40"), kind="contact_out", who="Taras", seconds=95),
    HistoryLine(at=kyiv("10:41"), kind="handle", who="Taras", reason="spam"),
)


def case(**changes: Any) -> CaseView:
    return replace(FREE, **changes)


def chat(**changes: Any) -> ChatContext:
    return replace(TEAM, **changes)


ONE_MISS = {"missed": 1, "last_missed_at": FREE.opened_at, "reasons": ("not_answered",)}
TAKEN = {"owner_id": 1, "owner_name": "Taras", "taken_at": kyiv("10:24")}
TRIED = {
    "attempts": 1,
    "first_attempt_at": kyiv("10:25"),
    "last_attempt_at": kyiv("10:25"),
    "last_attempt_by": "Taras",
}
CLOSED = {"state": "closed", "closed_at": kyiv("10:28")}
REACHED = {"contact_at": kyiv("10:28"), "contact_by": "Taras"}
BY_HAND = {**CLOSED, "how": "manual", "closed_by": "Taras"}
HIDDEN = {**ONE_MISS, "kind": "anonymous", "number": None, "client_name": None}

STATES: dict[str, tuple[CaseView, Menu | None]] = {
    "free": (case(), None),
    "one miss": (case(**ONE_MISS), None),
    "overdue": (case(**ONE_MISS, opened_at=kyiv("09:40")), None),
    "yesterday": (case(opened_at=kyiv("10:00") - timedelta(days=1)), None),
    "taken": (case(**TAKEN), None),
    "taken and tried": (case(**TAKEN, **TRIED), None),
    "tried, nobody owns": (case(**TRIED), None),
    "calling": (case(**TAKEN, **TRIED, calling_by="Taras", calling_at=kyiv("10:29")), None),
    "snoozed": (case(**TAKEN, snoozed_until=kyiv("11:30"), snoozed_by="Taras"), None),
    "notes": (case(notes=NOTES, other_numbers=("+380501112233",), reasons=("off_hours", "not_answered")), None),
    "order on top": (case(orders=(ORDER,)), None),
    "order only": (case(missed=0, reason=None, reasons=(), orders=(ORDER,), line_names=("Site",)), None),
    "hidden": (case(**HIDDEN), None),
    "hidden, menu": (case(**HIDDEN), Menu("more")),
    "hidden, expired": (case(**HIDDEN, **CLOSED, how="expired"), None),
    "nameless": (case(client_name=None, line_names=("+380441112233",)), None),
    "blacklisted, open": (case(is_blocked=True), Menu("more")),
    "called back": (case(**CLOSED, **TAKEN, **TRIED, **REACHED, how="called_out"), None),
    "got through": (case(**CLOSED, **REACHED, how="called_in"), None),
    "order served": (
        case(
            **CLOSED,
            **REACHED,
            missed=0,
            reason=None,
            reasons=(),
            orders=(ORDER,),
            line_names=("Site",),
            attempts=1,
            how="called_out",
        ),
        None,
    ),
    "by hand": (case(**BY_HAND, close_reason="spam"), None),
    "by hand, own words": (case(**BY_HAND, close_reason="other", close_text="came to the office", notes=NOTES), None),
    "expired": (case(**CLOSED, how="expired"), None),
    "blocked": (case(**CLOSED, how="blocked", closed_by="Olga"), None),
    "merged": (case(**CLOSED, how="merged"), None),
    "withdrawn": (case(state="withdrawn"), None),
    "menu: reasons": (case(**TAKEN), Menu("reasons", opener="Taras")),
    "menu: snooze": (case(), Menu("snooze", opener="Olga")),
    "menu: more": (case(), Menu("more")),
    "menu: transfer": (case(**TAKEN), Menu("transfer")),
    "menu: block": (case(), Menu("block")),
    "menu: history": (case(**CLOSED, **REACHED, how="called_out"), Menu("history")),
}
