"""The settings in words, what a press may change, and names that break nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from followup.teams.book import ExtensionPeriod, Line, LineVersion, Member, Reason, TeamBook
from followup.teams.policy import Policy, PolicyVersion
from messenger.buttons import ScreenPress, packable
from messenger.markup import plain
from messenger.settings_screen import settings_screen
from messenger.words import BUILT_IN_REASONS
from tests.messenger.checker import keyboard_refusals, refusals
from tests.messenger.every_letter import NOW, context

LANGUAGES = ("en", "ru", "uk")
START = datetime(2026, 1, 1, tzinfo=UTC)
POLICY = Policy(
    timezone="Europe/Kyiv", hours="Mo-Fr 09:00-18:00; PH off", holidays_country="UA", sla=timedelta(minutes=45)
)
OWN = "own-" + "x" * 30


def member(number: int, name: str, role: Any = "manager") -> Member:
    return Member(id=number, team_id=1, name=name, telegram_id=number, role=role)


def line(number: int, name: str, *hours: str | None) -> Line:
    versions = tuple(
        LineVersion(valid_from=START + timedelta(days=place), hours=each, takes_off_hours_orders=True)
        for place, each in enumerate(hours or (None,))
    )
    return Line(id=number, key=f"+38044{number:07}", name=name, kind="line", group=None, versions=versions)


def book(policy: Policy = POLICY, **other: Any) -> TeamBook:
    usual: dict[str, Any] = {
        "lines": {each.key: each for each in (line(1, "Sales line", "Mo-Fr 10:00-19:00"), line(2, "Repairs"))},
        "members": {1: member(1, "Taras"), 2: member(2, "Olga", "head")},
        "extensions": {
            "101": (ExtensionPeriod(extension="101", member_id=1, valid_from=None),),
            "102": (
                ExtensionPeriod(extension="102", member_id=2, valid_from=None),
                ExtensionPeriod(extension="102", member_id=1, valid_from=START),
            ),
        },
        "reasons": (*(Reason(code=code, title=None) for code in BUILT_IN_REASONS), Reason(code=OWN, title="Lunch <3")),
    }
    versions = (PolicyVersion(START, policy),)
    return TeamBook(id=1, name="Sales", revision=1, policies=versions, **{**usual, **other})


def text(given: TeamBook | None = None, language: str = "en", menu: str | None = None) -> str:
    return plain(settings_screen(given or book(), context(language), 5, menu).text)


def presses(given: TeamBook | None = None, language: str = "en", menu: str | None = None) -> list[list[tuple]]:
    lines = settings_screen(given or book(), context(language), 5, menu).keyboard.inline_keyboard
    unpacked = [[(button.text, ScreenPress.unpack(button.callback_data)) for button in line] for line in lines]
    assert {press.screen for line in unpacked for _, press in line} == {5}
    return [[(label, press.op, press.arg) for label, press in line] for line in unpacked]


def test_every_setting_is_one_short_line():
    assert text() == (
        "⚙️ Settings · Sales\n\n"
        "Language: English\n"
        "Time zone: Europe/Kyiv\n"
        "Working hours: Mon-Fri 09:00-18:00; closed on public holidays\n"
        "Public holidays: Ukraine\n"
        "Digest: 18:30\n"
        "Call back within: 45 min\n"
        "Reminders every: 15 min of working time\n"
        "To the head after: 30 min of working time\n"
        "Taken and forgotten after: 20 min of working time\n"
        "Quiet nights: yes\n"
        "Numbers are masked: in groups\n\n"
        "Lines\n"
        "• Repairs · the team's hours\n"
        "• Sales line · Mon-Fri 10:00-19:00\n\n"
        "People\n"
        "• Olga · head\n"
        "• Taras · manager · ext. 101, 102\n\n"
        "Everything else is set on the server: perezvon team set"
    )


@pytest.mark.parametrize(
    "changes, told",
    [
        ({"hours": None}, "Working hours: around the clock"),
        ({"hours": "24/7"}, "Working hours: around the clock"),
        ({"hours": "Sa off; PH closed"}, "Working hours: Sat day off; closed on public holidays"),
        ({"hours": "PH 10:00-12:00"}, "Working hours: public holidays 10:00-12:00"),
        ({"holidays_country": None, "region": "PL"}, "Public holidays: Poland"),
        ({"holidays_country": "XQ"}, "Public holidays: XQ"),
        ({"digest_at": time(9, 5)}, "Digest: 09:05"),
        ({"sla": timedelta(hours=2, minutes=5)}, "Call back within: 2 h 05 min"),
        ({"quiet": False}, "Quiet nights: no"),
        ({"mask_numbers": "always"}, "Numbers are masked: everywhere"),
        ({"mask_numbers": "never"}, "Numbers are masked: nowhere"),
        ({"language": "uk"}, "Language: Українська"),
    ],
)
def test_a_setting_is_told_as_it_stands(changes, told):
    assert told in text(book(replace(POLICY, **changes))).splitlines()


def test_hours_speak_the_readers_language():
    assert "Рабочие часы: пн-пт 09:00-18:00; праздники — выходные" in text(language="ru")
    assert "Робочі години: пн-пт 09:00-18:00; свята — вихідні" in text(language="uk")
    assert "Праздники: Украина" in text(language="ru")


def test_a_line_shows_the_hours_of_today_and_a_nameless_one_its_number():
    tomorrow = replace(line(1, "", "Mo 09:00-10:00", "Tu 09:00-10:00"), key="+380441234567")
    later = LineVersion(valid_from=NOW + timedelta(days=1), hours="We 09:00-10:00", takes_off_hours_orders=True)
    tomorrow = replace(tomorrow, versions=(*tomorrow.versions, later))
    assert "• +380441234567 · Tue 09:00-10:00" in text(book(lines={"x": tomorrow}))


def test_an_empty_team_has_nothing_yet():
    assert text(book(lines={}, members={}, extensions={})).count("nothing yet") == 2


def test_what_is_too_long_to_list_is_counted():
    told = text(
        book(
            lines={str(number): line(number, f"Line {number:02}") for number in range(13)},
            members={number: member(number, f"Person {number:02}") for number in range(24)},
            extensions={
                str(number): (ExtensionPeriod(extension=str(number), member_id=0, valid_from=None),)
                for number in range(100, 107)
            },
        )
    )
    assert "• Line 09 · the team's hours\nand 3 more\n" in told
    assert "• Person 19 · manager\nand 4 more\n" in told
    assert "• Person 00 · manager · ext. 100, 101, 102, 103, 104…" in told


def test_owners_and_heads_stand_first():
    people = {1: member(1, "A", "viewer"), 2: member(2, "B"), 3: member(3, "C", "owner"), 4: member(4, "D", "head")}
    told = text(book(members=people, extensions={}))
    assert [name for name in told.split("People")[1] if name in "ABCD"] == ["C", "D", "B", "A"]


def test_the_buttons_of_the_settings():
    assert presses() == [
        [("📋 Reasons", "menu", "reasons")],
        [("🏷 Topics", "menu", "topics"), ("🏁 Results", "menu", "results")],
        [("🧭 Statuses", "menu", "statuses"), ("🎯 Turns", "menu", "fan")],
        [("Русский", "lang", "ru"), ("Українська", "lang", "uk"), ("• English", "lang", "en")],
        [("🔔 Turn quiet nights off", "quiet", "off")],
    ]


def test_a_press_turns_what_is_off_on():
    given = book(replace(POLICY, quiet=False, language="uk"))
    assert presses(given)[4] == [("🌙 Turn quiet nights on", "quiet", "on")]
    assert [label.startswith("• ") for label, _, _ in presses(given)[3]] == [False, True, False]


def test_reasons_are_listed_and_each_can_be_dropped():
    told = text(menu="reasons")
    assert told.startswith("Reasons · Sales\n")
    assert "1. By messenger\n" in told
    assert told.endswith("9. Lunch <3")
    *drops, add, standard, back = presses(menu="reasons")
    assert [(op, arg) for row in drops for _, op, arg in row] == [
        ("drop", packable(code)) for code in (*BUILT_IN_REASONS, OWN)
    ]
    assert drops[0][0][0] == "✖ By messenger"
    assert drops[-1][-1][0] == "✖ Lunch <3"
    assert [add, standard, back] == [
        [("➕ Add a reason", "add", None)],
        [("↺ Restore the standard list", "standard", None)],
        [("← Back", "menu", "none")],
    ]


def test_the_last_reason_cannot_be_dropped():
    rows = presses(book(reasons=(Reason(code="spam", title=None),)), menu="reasons")
    assert [op for row in rows for _, op, _ in row] == ["add", "standard", "menu"]


def test_reasons_beyond_those_a_card_offers_are_counted():
    many = tuple(Reason(code=f"own{number}", title=f"Title {number}") for number in range(45))
    assert "40. Title 39\nand 5 more" in text(book(reasons=many), menu="reasons")


@pytest.mark.parametrize("menu", [None, "reasons"])
@pytest.mark.parametrize("language", ["ru", "uk"])
def test_the_screen_is_translated(language, menu):
    other = [label for row in presses(language=language, menu=menu) for label, *_ in row]
    english = [label for row in presses(menu=menu) for label, *_ in row]
    kept = set(other) & set(english)
    assert kept <= {"Русский", "Українська", "• English", "✖ Lunch <3"}
    assert text(language=language, menu=menu).splitlines()[0] != text(menu=menu).splitlines()[0]


EVIL = {
    "tags": "</b><script>&lt;&amp;" * 30,
    "quotes": '" onclick="x' * 30,
    "templates": "{{ 7 * 7 }} {% raw %} %(who)s %s",
    "controls": "\u202e\u0000\u200f\n\n\n" * 20,
    "long": "😀" * 3000,
    "empty": "",
    "marks": "Z\u0301\u0302\u0303" * 500,
}


@pytest.mark.parametrize("evil", EVIL.values(), ids=EVIL)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_name_makes_the_screen_unsendable(language, evil):
    given = book(
        replace(POLICY, hours=evil or None),
        lines={str(number): line(number, evil, evil) for number in range(60)},
        members={number: member(number, evil) for number in range(60)},
        extensions={
            f"{number}{evil[:50]}": (ExtensionPeriod(extension="x", member_id=number % 10, valid_from=None),)
            for number in range(60)
        },
        reasons=tuple(Reason(code=f"{number}{evil[:50]}", title=evil) for number in range(120)),
    )
    for menu in (None, "reasons"):
        message = settings_screen(given, context(language, team_name=evil), 2**63 - 1, menu)
        left = [each for each in refusals(message.text) if not (evil == EVIL["templates"] and each.endswith("is left"))]
        assert left + keyboard_refusals(message) == []
    assert "perezvon team set" in settings_screen(given, context(language, team_name=evil), 1, None).text
