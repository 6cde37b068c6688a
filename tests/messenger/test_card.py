"""The card of a case: every state in three languages, its words and its buttons."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from messenger.buttons import CasePress
from messenger.markup import plain
from messenger.outgoing import Outgoing
from messenger.screens import MemberChoice, Menu, ReasonChoice, case_card
from tests.messenger.cast import (
    BY_HAND,
    CLOSED,
    HIDDEN,
    HISTORY,
    NOW,
    ONE_MISS,
    ORDER,
    REACHED,
    STATES,
    TAKEN,
    TRIED,
    case,
    chat,
    kyiv,
)
from tests.messenger.checker import keyboard_refusals, refusals

LANGUAGES = ("ru", "uk", "en")


def shown(view, context=None, menu=None, now=NOW) -> str:
    return plain(case_card(view, context or chat(), menu, now).text)


def labels(message: Outgoing) -> list[list[str]]:
    return [[button.text for button in row] for row in message.keyboard.inline_keyboard] if message.keyboard else []


def presses(message: Outgoing) -> list[CasePress]:
    rows = message.keyboard.inline_keyboard if message.keyboard else []
    return [CasePress.unpack(button.callback_data) for row in rows for button in row if button.callback_data]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mask", [True, False])
@pytest.mark.parametrize("state", STATES)
def test_every_state_is_a_message_telegram_takes(state, language, mask):
    view, menu = STATES[state]
    message = case_card(view, chat(language=language, mask=mask, history=HISTORY), menu, NOW)
    assert refusals(message.text) == []
    assert keyboard_refusals(message) == []
    assert not re.search(r"\n\s*\n", message.text)


@pytest.mark.parametrize("state", STATES)
def test_languages_say_it_in_their_own_words(state):
    view, menu = STATES[state]
    en, ru, uk = (case_card(view, chat(language=language), menu, NOW).text for language in ("en", "ru", "uk"))
    assert len({en, ru, uk}) == 3
    assert not re.search("[а-яіїєґ]", en, re.IGNORECASE)


def test_the_card_of_the_product():
    assert shown(case(**TAKEN, **TRIED)).splitlines() == [
        "🟡 Missed ×3 · +380 67 ••• 45 67 · Anna K.",
        "Sales line · not answered by managers",
        "first 10:00 · last 10:20 · lost 20 min · waiting since 10:00",
        "attempts 1: Taras 10:25, no answer",
        "✋ Taras took it at 10:24",
    ]


@pytest.mark.parametrize(
    "view, colour",
    [
        (case(), "🔴 "),
        (case(opened_at=NOW - timedelta(minutes=45)), "🔴❗ "),
        (case(**TAKEN), "🟡 "),
        (case(**TRIED), "🟡 "),
        (case(calling_by="Olga", calling_at=NOW), "🟡 "),
        (case(**CLOSED, **REACHED, how="called_out"), "🔵 "),
        (case(**CLOSED, **REACHED, how="called_in"), "🟢 "),
        (case(**BY_HAND, close_reason="spam"), "⚪ "),
        (case(**CLOSED, how="expired"), "⚫ "),
        (case(state="withdrawn"), "🟢 "),
    ],
)
def test_the_colour_tells_how_it_stands(view, colour):
    assert shown(view).startswith(colour)


def test_one_miss_prints_no_times():
    assert "×" not in shown(case(**ONE_MISS))
    assert "waiting since 10:00" in shown(case(**ONE_MISS))


def test_a_waiting_card_is_the_same_a_minute_later():
    later = NOW + timedelta(minutes=1)
    one, two = (case_card(case(), chat(), None, moment) for moment in (NOW, later))
    assert one.content_hash() == two.content_hash()


def test_all_reasons_and_lines_are_named_once():
    view = case(reasons=("off_hours", "not_answered", "off_hours"), line_names=("A", "B", "C", "D"))
    assert "A, B, C +1 · outside business hours · not answered by managers" in shown(view)


def test_numbers_are_masked_in_groups_even_where_the_name_is_a_number():
    text = case_card(case(client_name="tel 380671234567", other_numbers=("+380501112233",)), chat(), None, NOW).text
    assert "1234567" not in text.replace(" ", "")
    assert "111" not in plain(text)


def test_private_cards_show_the_number_and_copy_it():
    private = chat(kind="private", mask=False)
    assert "+380 67 123 45 67" in shown(case(), private)
    buttons = case_card(case(), private, Menu("more"), NOW).keyboard.inline_keyboard
    assert [b.copy_text.text for row in buttons for b in row if b.copy_text] == ["+380671234567"]


def test_numbers_can_be_separated_where_a_client_has_several():
    one, two = (case_card(view, chat(), Menu("more"), NOW) for view in (case(), case(other_numbers=("+380501112233",))))
    assert [{press.op for press in presses(each)} & {"another", "split"} for each in (one, two)] == [
        {"another"},
        {"another", "split"},
    ]
    assert "✂ Separate numbers" in {button.text for row in two.keyboard.inline_keyboard for button in row}


def test_moments_are_each_readers_own():
    text = case_card(case(**ONE_MISS), chat(), None, NOW).text
    assert f'<tg-time unix="{int(kyiv("10:00").timestamp())}" format="t">10:00</tg-time>' in text
    text = case_card(case(**ONE_MISS, opened_at=kyiv("10:00") - timedelta(days=1)), chat(), None, NOW).text
    assert 'format="dt">19 Nov 10:00</tg-time>' in text


def test_a_hidden_caller_cannot_be_called():
    message = case_card(case(**HIDDEN), chat(), None, NOW)
    assert "not callable" in message.text
    assert {press.op for press in presses(message)} == {"handle", "more"}
    menu = case_card(case(**HIDDEN), chat(), Menu("more"), NOW)
    assert {press.op for press in presses(menu)} == {"note", "history", "back"}


def test_an_order_is_no_miss():
    text = shown(case(missed=0, reason=None, reasons=(), orders=(ORDER,), line_names=("Site",)))
    assert "Callback order" in text
    assert "Missed" not in text
    assert "📝 order 10:05: Price · call at 12:00" in text


def test_who_reached_whom_and_how_fast():
    assert "Taras, 10:28 · 28 min after the first call" in shown(case(**CLOSED, **REACHED, how="called_out"))
    assert "answered: Taras, 10:28" in shown(case(**CLOSED, **REACHED, how="called_in"))


def test_a_hand_is_shown_with_reason_text_and_name():
    assert "Spam: robot · Taras, 10:28" in shown(case(**BY_HAND, close_reason="spam", close_text="robot"))
    assert "came by · Taras, 10:28" in shown(case(**BY_HAND, close_reason="other", close_text="came by"))
    own = chat(reasons=(ReasonChoice("vip", "Went to the boss"),))
    assert "Went to the boss · Taras" in shown(case(**BY_HAND, close_reason="vip"), own)


def test_a_running_call_has_no_result_yet():
    text = shown(case(**TRIED, calling_by="Taras", calling_at=NOW))
    assert "Taras is calling" in text
    assert "no answer" not in text


def test_a_snooze_that_is_over_is_not_shown():
    assert "snoozed until 11:30 · Olga" in shown(case(snoozed_until=kyiv("11:30"), snoozed_by="Olga"))
    assert "snoozed" not in shown(case(snoozed_until=kyiv("10:29"), snoozed_by="Olga"))


def test_free_and_owned_cards_have_their_buttons():
    assert labels(case_card(case(), chat(), None, NOW)) == [
        ["📞 Call back", "✋ Take"],
        ["✅ Handle", "⏰ Later", "⋯"],
    ]
    assert labels(case_card(case(**TAKEN), chat(), None, NOW))[0] == ["📞 Call back", "↩ Release"]


@pytest.mark.parametrize("minutes, ops", [(5, ["reopen", "history"]), (6, ["history"])])
def test_what_a_hand_closed_reopens_for_five_minutes(minutes, ops):
    view = case(**BY_HAND, close_reason="spam")
    assert [
        press.op for press in presses(case_card(view, chat(), None, kyiv("10:28") + timedelta(minutes=minutes)))
    ] == ops


def test_what_a_call_closed_is_not_reopened():
    view = case(**CLOSED, **REACHED, how="called_out")
    assert [press.op for press in presses(case_card(view, chat(), None, NOW))] == ["history"]


def test_reasons_are_offered_two_a_row_with_another_variant():
    message = case_card(case(), chat(), Menu("reasons", opener="Olga"), NOW)
    assert labels(message)[1] == ["Spam", "Wrong number"]
    assert labels(message)[-2:] == [["✏️ Another variant"], ["← Back"]]
    assert "Olga: how was it handled?" in message.text
    assert [press.arg for press in presses(message) if press.op == "reason"][:3] == ["messenger", "mobile", "spam"]


def test_colleagues_are_paged_and_the_owner_is_not_among_them():
    many = chat(members=tuple(MemberChoice(number, f"M{number}") for number in range(1, 21)))
    pages = [presses(case_card(case(**TAKEN), many, Menu("transfer", page), NOW)) for page in range(3)]
    offered = [press.arg for page in pages for press in page if press.op == "to"]
    assert offered == [str(number) for number in range(2, 21)]
    assert [[press.arg for press in page if press.op == "transfer"] for page in pages] == [["1"], ["0", "2"], ["1"]]
    assert presses(case_card(case(**TAKEN), many, Menu("transfer", 99), NOW)) == pages[2]


def test_a_menu_does_not_outlive_the_case():
    closed = case(**CLOSED, **REACHED, how="called_out")
    assert case_card(closed, chat(), Menu("reasons"), NOW) == case_card(closed, chat(), None, NOW)


def test_history_is_told_on_the_card():
    text = shown(case(**TAKEN), chat(history=HISTORY), Menu("history"))
    assert "10:00 📵 missed call · Sales line · outside business hours" in text
    assert "10:41 ✅ handled · Taras · Spam" in text


def test_a_long_history_keeps_its_end():
    line = HISTORY[0].__class__(at=kyiv("09:00"), kind="note", who="Olga" * 10, text="word " * 100)
    message = case_card(case(), chat(history=(line,) * 60 + HISTORY), Menu("history"), NOW)
    assert refusals(message.text) == []
    assert "10:41" in message.text
    assert message.text.endswith("</blockquote>")
