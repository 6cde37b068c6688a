"""Every kind of letter made of the same case, for the tests that go through all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from followup.cases.views import CaseView
from messenger import letters
from messenger.letters import LetterContext
from messenger.outgoing import Outgoing

NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)  # 10:30 in Kyiv
TARAS = (42, "Taras")


def case(**other: Any) -> CaseView:
    usual: dict[str, Any] = {
        "id": 7,
        "team_id": 1,
        "version": 3,
        "kind": "client",
        "state": "open",
        "number": "+380671234567",
        "other_numbers": (),
        "client_name": "Anna K.",
        "line_names": ("Sales line",),
        "reason": "not_answered",
        "reasons": ("not_answered",) * 3,
        "opened_at": datetime(2026, 11, 20, 8, 0, tzinfo=UTC),
        "last_missed_at": datetime(2026, 11, 20, 8, 20, tzinfo=UTC),
        "missed": 3,
        "orders": (),
        "attempts": 0,
        "first_attempt_at": None,
        "last_attempt_at": None,
        "last_attempt_by": None,
        "contact_at": None,
        "contact_by": None,
        "owner_id": None,
        "owner_name": None,
        "taken_at": None,
        "snoozed_until": None,
        "snoozed_by": None,
        "calling_by": None,
        "calling_at": None,
        "notes": (),
        "closed_at": None,
        "how": None,
        "closed_by": None,
        "close_reason": None,
        "close_text": None,
    }
    return CaseView(**{**usual, **other})


def context(language: str = "en", **other: Any) -> LetterContext:
    usual: dict[str, Any] = {"timezone": "Europe/Kyiv", "mask": True, "team_name": "Sales", "now": NOW}
    return LetterContext(language=language, **{**usual, **other})


def pbx(name: str) -> letters.Pbx:
    return letters.Pbx(name=name, begins_at=datetime(2026, 11, 20, 7, 5, tzinfo=UTC))


def hostile(evil: str) -> tuple[CaseView, LetterContext]:
    """A case and a context whose every text from outside is ``evil``."""
    ours = case(client_name=evil, line_names=(evil,), owner_name=evil, number=evil, snoozed_by=evil)
    return ours, context(team_name=evil)


def every_letter(
    ours: CaseView, ctx: LetterContext, name: str = "Taras"
) -> dict[str, Callable[[LetterContext], Outgoing]]:
    """Kind → the letter about the case in a context of the caller's language; ``name`` is every person's name."""
    person, many = (42, name), [replace(ours, id=place) for place in range(25)]
    return {
        "morning_list": lambda c: letters.morning_list([ours, replace(ours, number=None)], c),
        "morning_list of many": lambda c: letters.morning_list(many, c),
        "reminder": lambda c: letters.reminder([ours], c),
        "reminder of many": lambda c: letters.reminder(many, c),
        "escalation": lambda c: letters.escalation([ours], c),
        "escalation with mention": lambda c: letters.escalation([ours, ours], c, person),
        "nudge": lambda c: letters.nudge(ours, person, c),
        "returned": lambda c: letters.returned(ours, name, c),
        "returned_head": lambda c: letters.returned_head(ours, name, c),
        "woke": lambda c: letters.woke(ours, c),
        "missed_again": lambda c: letters.missed_again(ours, c),
        "transferred": lambda c: letters.transferred(ours, name, c),
        "transferred by nobody": lambda c: letters.transferred(ours, None, c),
        "number_letter": lambda c: letters.number_letter(ours, c),
        "number_letter, closed": lambda c: letters.number_letter(replace(ours, state="closed"), c),
        "question_reason": lambda c: letters.question_reason(ours, person, c),
        "question_note": lambda c: letters.question_note(ours, person, c),
        "question_snooze": lambda c: letters.question_snooze(ours, person, c),
        "question_number": lambda c: letters.question_number(ours, person, c),
        "question_title": lambda c: letters.plain_question("title", person, c),
        "question_period": lambda c: letters.plain_question("period", person, c),
        "chat_trouble": lambda c: letters.chat_trouble(name, "Forbidden: bot was kicked from the group chat", c),
        "topic_closed": lambda c: letters.topic_closed(name, "Bad Request: TOPIC_CLOSED", c),
        "silence": lambda c: letters.silence(pbx(name), [person], c),
        "silence, in private": lambda c: letters.silence(pbx(name), (), c),
        "heard_again": lambda c: letters.heard_again(replace(pbx(name), ends_at=NOW), c),
        "never_heard": lambda c: letters.never_heard(pbx(name), [person], c),
        "added_to_group": lambda c: letters.added_to_group(-1001234567890, c, is_connected=False),
        "added_to_group, connected": lambda c: letters.added_to_group(-1001234567890, c, is_connected=True),
        "start_private": lambda c: letters.start_private("head", name, ["Sales", name], c),
        "start_stranger": lambda c: letters.start_stranger(42, c),
        "start_group_member": letters.start_group_member,
        "not_member": lambda c: letters.not_member(42, c),
        "help in a group": lambda c: letters.help_letter("manager", "group", c),
        "help in private": lambda c: letters.help_letter("owner", "private", c),
        "selftest, sent": lambda c: letters.selftest("sent", c),
        "selftest, edited": lambda c: letters.selftest("edited", c),
        "selftest, passed": lambda c: letters.selftest("passed", c),
        "error_general": letters.error_general,
    }
