"""Promise 7: a bundle is kept true like a card, a line a case, in three languages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from messenger.bundle_screen import bundle_card
from messenger.crowds import MOST_LINES
from messenger.letters import LetterContext
from messenger.markup import plain
from tests.messenger.cast import CLOSED, HIDDEN, NOW, ONE_MISS, REACHED, STATES, TAKEN, TRIED, case, kyiv
from tests.messenger.telegram_html import message_problems


def context(language="en", *, mask=True):
    return LetterContext(language=language, timezone="Europe/Kyiv", mask=mask, team_name="Sales", now=NOW)


def lines(*views, language="en", mask=True):
    return plain(bundle_card(views, context(language, mask=mask)).text).splitlines()


def labels(*views):
    keyboard = bundle_card(views, context()).keyboard
    return [button.text for row in keyboard.inline_keyboard for button in row] if keyboard else []


ONE = case(**ONE_MISS)


@pytest.mark.parametrize(
    ("view", "line"),
    [
        (case(), "🔴 1. +380 67 ••• 45 67 · Anna K. ×3 · 10:00"),
        (case(**ONE_MISS, **TRIED), "🟡 1. +380 67 ••• 45 67 · Anna K. · 10:00 · attempts 1"),
        (case(**ONE_MISS, **TAKEN), "🟡 1. +380 67 ••• 45 67 · Anna K. · 10:00 · ✋ taken by Taras"),
        (
            case(**ONE_MISS, **TAKEN, snoozed_until=kyiv("11:30")),
            "🟡 1. +380 67 ••• 45 67 · Anna K. · 10:00 · ⏰ snoozed until 11:30",
        ),
        (
            case(**ONE_MISS, **TAKEN, calling_by="Taras", calling_at=kyiv("10:29")),
            "🟡 1. +380 67 ••• 45 67 · Anna K. · 10:00 · 📞 Taras is calling",
        ),
        (
            case(**ONE_MISS, **CLOSED, **REACHED, how="called_out"),
            "🔵 1. +380 67 ••• 45 67 · Anna K. · 10:00 · called back, Taras",
        ),
        (
            case(**ONE_MISS, **CLOSED, **REACHED, how="called_in"),
            "🟢 1. +380 67 ••• 45 67 · Anna K. · 10:00 · client got through, Taras",
        ),
        (
            case(**ONE_MISS, **CLOSED, how="manual", closed_by="Olga", close_reason="spam"),
            "⚪ 1. +380 67 ••• 45 67 · Anna K. · 10:00 · handled by hand, Olga",
        ),
        (case(**ONE_MISS, **CLOSED, how="expired"), "⚫ 1. +380 67 ••• 45 67 · Anna K. · 10:00 · expired"),
        (case(**ONE_MISS, state="withdrawn"), "🟢 1. +380 67 ••• 45 67 · Anna K. · 10:00 · Answered elsewhere"),
        (case(**HIDDEN), "🔴 1. hidden number · 10:00"),
    ],
)
def test_a_line_tells_how_its_case_stands(view, line):
    assert lines(view)[-1] == line


def test_numbers_are_whole_where_the_team_wants_them():
    assert lines(ONE, mask=False)[-1] == "🔴 1. +380 67 123 45 67 · Anna K. · 10:00"


@pytest.mark.parametrize(
    ("views", "title"),
    [
        ([ONE] * 7, "📵 7 missed calls"),
        ([ONE], "📵 1 missed call"),
        ([ONE, case(state="withdrawn")], "📵 2 missed calls · waiting: 1"),
        ([case(**CLOSED, how="expired")] * 7, "✅ 7 missed calls, all done"),
        ([], "Each of these calls has a card of its own now"),
    ],
)
def test_the_title_counts(views, title):
    assert lines(*views)[0] == title


def test_open_cases_have_numbered_buttons_and_a_bundle_that_is_done_has_none():
    done = case(id=8, **CLOSED, how="expired")
    assert labels(case(id=5), done, case(id=9)) == ["1", "3", "📋 Open queue"]
    assert (labels(done), labels()) == ([], [])
    keyboard = bundle_card([case(id=5), done, case(id=9)], context()).keyboard
    assert [button.callback_data for button in keyboard.inline_keyboard[0]] == ["c:open:5:", "c:open:9:"]


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
def test_a_full_bundle_of_every_state_fits_and_is_whole(language):
    views = [view for view, _ in STATES.values()][:MOST_LINES]
    hostile = [
        case(client_name="<b>&</b>" * 40, number="+380671234567", owner_name="<i>" * 40, owner_id=1)
    ] * MOST_LINES
    for group in (views, hostile):
        card = bundle_card(group, context(language))
        text = card.text
        assert message_problems(card) == []
        assert len(plain(text).splitlines()) == len(group) + 2


def test_time_alone_changes_nothing():
    later = LetterContext(language="en", timezone="Europe/Kyiv", mask=True, team_name="S", now=NOW + timedelta(hours=3))
    views = [ONE, case(**TAKEN), case(**TRIED)]
    assert bundle_card(views, later).content_hash() == bundle_card(views, context()).content_hash()
