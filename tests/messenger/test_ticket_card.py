"""A ticket on a card, in lists and letters: never a message that Telegram refuses, whatever people write (promise 15)."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from followup.teams.book import Line, LineVersion, Member, TeamBook, TicketResult, Topic
from followup.teams.policy import Policy, PolicyVersion
from followup.tickets.statuses import STATUSES
from followup.tickets.views import ActLine, ClientView, TicketView, WordView
from messenger.buttons import TicketPress, packable
from messenger.letters import LetterContext
from messenger.markup import plain, visible_length
from messenger.ticket_card import TicketMenu, ticket_card
from messenger.ticket_words import called, why_words
from tests.messenger.cast import NOW
from tests.messenger.test_card_fuzz import accepted, hostile

LANGUAGES = ("ru", "uk", "en")
MENUS = (
    *("more", "topic", "transfer", "groups", "status", "close", "closing", "later", "others", "history", "nonsense"),
)


def ticket(**other: Any) -> TicketView:
    usual: dict[str, Any] = {
        "id": 12,
        "version": 1,
        "kind": "text",
        "channel": "webform",
        "state": "open",
        "status": "check",
        "client": ClientView(id=5, name="Anna K.", number="+380671234567"),
        "entry_point": "Site",
        "subject": None,
        "topic_id": None,
        "topic": (),
        "group": None,
        "owner_id": 1,
        "owner_name": "Olga",
        "owned_at": NOW,
        "created_at": NOW - timedelta(minutes=30),
        "first_reaction_at": None,
        "contact_at": None,
        "due_at": None,
        "snoozed_until": None,
        "closed_at": None,
        "closed_by": None,
        "result_code": None,
        "result_title": None,
        "comment": None,
        "is_written": True,
    }
    return TicketView(**usual | other)


def book(text: str = "Sales", **other: Any) -> TeamBook:
    names = {1: "Olga", 2: text, 3: "Iryna", 2**62: text}
    version = LineVersion(valid_from=NOW, hours=None, takes_off_hours_orders=True)
    line = Line(id=1, key="site", name=text, kind="widget", group=text or "North", versions=(version,))
    usual: dict[str, Any] = {
        "id": 1,
        "name": text,
        "revision": 1,
        "policies": (PolicyVersion(NOW, Policy()),),
        "lines": {"site": line},
        "members": {
            each: Member(id=each, team_id=1, name=name, telegram_id=each, role="manager", groups=(text or "North",))
            for each, name in names.items()
        },
        "extensions": {},
        "reasons": (),
        "topics": {each: Topic(id=each, parent_id=None if each < 30 else 1, title=text) for each in range(1, 40)},
        "results": {each: TicketResult(id=each, code=None, title=text, status="done") for each in range(1, 30)},
    }
    return TeamBook(**usual | other)


def context(language: str = "en", *, mask: bool = True) -> LetterContext:
    return LetterContext(language=language, timezone="Europe/Kyiv", mask=mask, team_name="Sales", now=NOW)


def test_every_menu_with_the_worst_texts():
    chance = random.Random(17)
    for number in range(300):
        text, other = hostile(chance), hostile(chance)
        word = WordView(
            at=NOW, is_ours=number % 2 == 0, author=text, kind=("text", "photo", text)[number % 3], text=other * 99
        )
        client = ClientView(id=1, name=text, account_name=other, number=other or None, other_numbers=(text, other))
        view = ticket(
            client=client,
            entry_point=text,
            subject=other * 30,
            topic=(text, other),
            group=text,
            comment=other * 9,
            owner_name=text,
            words=(word,) * 6,
            others=tuple(range(2**62, 2**62 + 30)),
            channel=text[:32],
            status=STATUSES[number % 9],
            topic_id=5,
            can_undo=True,
            snoozed_until=NOW + timedelta(days=1),
        )
        line = ActLine(at=NOW, kind="comment", who=text, to=other, status="check", text=text)
        kind = MENUS[number % len(MENUS)]
        menu = TicketMenu(
            kind=kind, page=number % 4, under=1 if number % 2 else None, opener=text, history=(line,) * 15
        )
        ctx = context(LANGUAGES[number % 3], mask=number % 5 > 0)
        accepted(ticket_card(view, book(text), ctx, menu))
        closed = {"state": ("closed", "gone")[number % 2], "closed_at": NOW, "closed_by": other, "result_title": text}
        accepted(ticket_card(TicketView(**{**as_values(view), **closed}), book(other), ctx, menu))


def as_values(view: TicketView) -> dict[str, Any]:
    return {name: getattr(view, name) for name in TicketView.__dataclass_fields__}


def test_a_press_fits_telegrams_64_bytes():
    for op in ("settopic", "setstate", "finishby", "transfer", "togroup"):
        assert len(TicketPress(op=op, ticket=2**63 - 1, arg=packable("Ж" * 50)).pack().encode()) <= 64
    assert len(TicketPress(op="topic", ticket=2**63 - 1, arg=f"{2**63 - 1}.99").pack().encode()) <= 64


@pytest.mark.parametrize(
    ("client", "shown"),
    [
        (ClientView(id=1, name="Anna", account_name="anna_k", number="+380671234567"), "Anna"),
        (ClientView(id=1, account_name="anna_k", number="+380671234567"), "anna_k"),
        (ClientView(id=1, number="+380671234567"), "+380 67 ••• 45 67"),
        (ClientView(id=1), None),
    ],
)
def test_who_it_is_about(client, shown):
    """G21: the book, else the account, else the number, else a guest."""
    assert called(client, masked=True) == shown
    text = plain(ticket_card(ticket(client=client), book(), context(), None).text)
    assert f"#12 · 🔎 Check · {shown or 'Guest'}" in text


def test_a_card_fits_one_screen_of_a_phone():
    word = WordView(at=NOW, is_ours=False, author=None, kind="text", text="word " * 2000)
    text = ticket_card(ticket(words=(word,) * 6), book(), context(), None).text
    assert visible_length(text) <= 1600
    assert text.count("…") == 6


@pytest.mark.parametrize("language", ["ru", "uk"])
def test_every_menu_is_translated(language):
    line = ActLine(at=NOW, kind="fan", who=None, to="Olga", status="check")
    for kind in MENUS[:-1]:
        menu = TicketMenu(kind=kind, history=(line,), opener="Olga")
        view = ticket(can_undo=True, others=(13, 14), topic_id=5)
        here, english = (ticket_card(view, book("Ж"), context(each), menu) for each in (language, "en"))
        assert here.text != english.text, kind
        known = {button.text for row in english.keyboard.inline_keyboard for button in row}
        own = {button.text for row in here.keyboard.inline_keyboard for button in row}
        strange = {text for text in known & own if any("a" <= sign.lower() <= "z" for sign in text)}
        assert strange <= {"Olga", "Iryna"}, (kind, strange)


def test_why_me_is_a_toast():
    why = {"among": 10**6, "turns": 10**6, "weight": 10, "open": 10**6}
    for language in LANGUAGES:
        assert len(why_words(why, "Ж" * 100, language)) <= 200
        assert why_words(None, "Olga", language) != why_words(None, None, language) != ""


def test_a_group_reads_no_number_that_a_client_wrote():
    word = WordView(at=NOW, is_ours=False, author=None, kind="text", text="call +380671234567")
    view = ticket(words=(word,), comment="his wife: +380671234567", subject="from +380671234567")
    assert "123" not in plain(ticket_card(view, book(), context(), None).text)
    assert "+380671234567" in plain(ticket_card(view, book(), context(mask=False), None).text)
