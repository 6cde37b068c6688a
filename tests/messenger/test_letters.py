from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from aiogram.types import ForceReply

from messenger import letters
from messenger.buttons import CasePress, ScreenPress
from messenger.markup import plain
from tests.messenger.every_letter import NOW, TARAS, case, context, every_letter, hostile
from tests.messenger.telegram_html import message_problems

LANGUAGES = ("en", "ru", "uk")
KINDS = tuple(every_letter(case(), context()))
ID = 'href="tg://user?id=42"'


def told(letter):
    return plain(letter.text)


def buttons(letter):
    return [button for line in letter.keyboard.inline_keyboard for button in line]


def presses(letter, kind):
    prefix = kind.__prefix__ + ":"
    return {
        button.text: kind.unpack(button.callback_data)
        for button in buttons(letter)
        if button.callback_data and button.callback_data.startswith(prefix)
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_is_what_telegram_takes(language, kind):
    assert message_problems(every_letter(case(), context())[kind](context(language))) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "evil",
    [
        "</b><script>&lt;&amp;" * 30,
        '" onclick="x' * 30,
        "{{ 7 * 7 }} {% raw %} %(who)s %s",
        "\u202e\u0000\u200f\n\n\n" * 20,
        "😀" * 3000,
        "",
        "Z\u0301\u0302\u0303" * 500,
    ],
    ids=["tags", "quotes", "templates", "controls", "long", "empty", "marks"],
)
def test_no_name_makes_a_letter_unsendable(kind, evil):
    ours, ctx = hostile(evil)
    for language in LANGUAGES:
        letter = every_letter(ours, ctx, name=evil)[kind](replace(ctx, language=language))
        assert message_problems(letter) == []
        assert "49" not in told(letter).replace("123", "")


def test_random_names_never_break_a_letter():
    chance = random.Random(7)
    alphabet = "<>&\"'/=ab ё😀\u200d\u0301\u202e\n\t%{}"
    for _ in range(200):
        evil = "".join(chance.choice(alphabet) for _ in range(chance.randrange(60)))
        ours, ctx = hostile(evil)
        for make in (letters.reminder, letters.morning_list):
            assert message_problems(make([ours] * 3, ctx)) == []
        assert message_problems(letters.question_note(ours, (1, evil), ctx)) == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "number_letter, closed"])  # it has no words
@pytest.mark.parametrize("language", ["ru", "uk"])
def test_every_letter_is_translated(language, kind):
    english, other = (told(every_letter(case(), context())[kind](context(lang))) for lang in ("en", language))
    assert english != other
    assert any("а" <= char.lower() <= "я" or char in "іїєґ" for char in other)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.startswith("number_letter")])
def test_a_masked_letter_shows_no_full_number(kind):
    ours = case(client_name="Anna 0661112233", number="+380661112233")
    digits = "".join(char for char in told(every_letter(ours, context())[kind](context())) if char.isdigit())
    assert "661112233" not in digits


@pytest.mark.parametrize(
    "language, count, words",
    [
        ("en", 1, "1 client is still waiting"),
        ("en", 2, "2 clients are still waiting"),
        ("en", 21, "21 clients are still waiting"),
        ("ru", 1, "ждёт 1 клиент\n"),
        ("ru", 2, "ждут 2 клиента\n"),
        ("ru", 5, "ждут 5 клиентов\n"),
        ("ru", 21, "ждёт 21 клиент\n"),
        ("uk", 1, "чекає 1 клієнт\n"),
        ("uk", 2, "чекають 2 клієнти\n"),
        ("uk", 5, "чекають 5 клієнтів\n"),
        ("uk", 21, "чекає 21 клієнт\n"),
    ],
)
def test_plural_forms_of_a_reminder(language, count, words):
    assert words in told(letters.reminder([case(id=place) for place in range(count)], context(language)))


@pytest.mark.parametrize(
    "language, count, words",
    [
        ("ru", 1, "не дозвонился 1 клиент"),
        ("ru", 3, "не дозвонились 3 клиента"),
        ("ru", 11, "не дозвонились 11 клиентов"),
        ("uk", 1, "не додзвонився 1 клієнт"),
        ("uk", 3, "не додзвонилися 3 клієнти"),
        ("uk", 11, "не додзвонилися 11 клієнтів"),
        ("en", 1, "1 client did not"),
        ("en", 11, "11 clients did not"),
    ],
)
def test_plural_forms_of_the_morning_list(language, count, words):
    assert words in told(letters.morning_list([case(id=place) for place in range(count)], context(language)))


def test_a_reminder_lists_who_waits_since_when_and_as_of_when():
    words = told(letters.reminder([case(), case(id=8, client_name=None, missed=1, owner_name="Olga")], context()))
    assert words == (
        "⏰ 2 clients are still waiting\nSales · as of 10:30\n\n"
        "1. +380 67 ••• 45 67 · Anna K. ×3 · waiting 30 min, since 10:00\n"
        "2. +380 67 ••• 45 67 · waiting 30 min, since 10:00 · ✋ Olga"
    )


def test_the_numbers_under_a_list_open_the_cards():
    letter = letters.reminder([case(id=70), case(id=80)], context())
    opens = presses(letter, CasePress)
    assert {text: (press.op, press.case) for text, press in opens.items()} == {"1": ("open", 70), "2": ("open", 80)}
    assert [press.op for press in presses(letter, ScreenPress).values()] == ["queue"]


def test_twenty_are_listed_and_the_rest_counted():
    letter = letters.morning_list([case(id=place) for place in range(27)], context())
    assert "27 clients did not get through" in told(letter)
    assert "20. +380" in told(letter)
    assert "21. +380" not in told(letter)
    assert "and 7 more" in told(letter)
    assert len(presses(letter, CasePress)) == 20


def test_hidden_callers_are_counted_apart():
    hidden = [case(id=place, kind="anonymous", number=None, client_name=None) for place in (8, 9)]
    words = told(letters.morning_list([case(), *hidden], context()))
    assert "1 client did not get through" in words
    assert "and 2 calls from hidden numbers" in words
    assert "hidden" not in told(letters.morning_list([case()], context()))


def test_misses_of_another_day_are_told_with_their_date():
    words = told(letters.morning_list([case(opened_at=NOW - timedelta(hours=14))], context()))
    assert "×3 · 19 Nov 20:30" in words


def test_an_escalation_mentions_the_head_where_it_is_not_private():
    assert ID in letters.escalation([case()], context(), TARAS).text
    assert "tg://" not in letters.escalation([case()], context()).text


def test_a_nudge_mentions_the_owner_and_opens_the_card():
    letter = letters.nudge(case(), TARAS, context())
    assert told(letter).startswith("⏰ Taras, you took +380 67 ••• 45 67")
    assert ID in letter.text
    assert [(press.op, press.case) for press in presses(letter, CasePress).values()] == [("open", 7)]


def test_who_forgot_a_case_is_named_to_the_team_and_the_head():
    for letter in (letters.returned(case(), "Taras", context()), letters.returned_head(case(), "Taras", context())):
        assert "Taras took it, but there was no contact" in told(letter)
        assert "back in the queue" in told(letter)


def test_a_further_miss_is_one_short_line():
    letter = letters.missed_again(case(missed=4), context())
    assert told(letter) == "📵 Called again: +380 67 ••• 45 67 · Anna K. ×4"
    assert letter.keyboard is None


def test_a_transfer_names_who_handed_over():
    assert "Olga handed over to you: +380" in told(letters.transferred(case(), "Olga", context(mask=False)))
    assert "Handed over to you: +380" in told(letters.transferred(case(), None, context()))


def test_the_number_letter_shows_and_copies_the_full_number():
    letter = letters.number_letter(case(), context(mask=True))
    assert "+380 67 123 45 67" in told(letter)
    copied = [button.copy_text.text for button in buttons(letter) if button.copy_text]
    assert copied == ["+380671234567"]
    assert [press.op for press in presses(letter, CasePress).values()] == ["call"]
    closed = letters.number_letter(case(state="closed"), context())
    assert presses(closed, CasePress) == {}


@pytest.mark.parametrize("kind", ["reason", "note", "snooze", "number"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_opens_the_field_of_the_asked_person_only(language, kind):
    letter = getattr(letters, f"question_{kind}")(case(), TARAS, context(language))
    assert isinstance(letter.keyboard, ForceReply)
    assert letter.keyboard.selective is True
    assert ID in letter.text


def test_the_name_of_a_reason_is_asked_of_one_person_about_no_case():
    letter = letters.plain_question("title", TARAS, context())
    assert told(letter) == ("✏️ Taras, what shall the new reason be called?\nUp to 60 characters. Answer this message.")
    assert ID in letter.text
    assert isinstance(letter.keyboard, ForceReply)
    assert (letter.keyboard.selective, letter.keyboard.input_field_placeholder) == (True, "Name of the reason")


def test_the_snooze_question_names_an_example_of_every_form():
    words = told(letters.question_snooze(case(), TARAS, context()))
    assert all(example in words for example in ("15:30", "2 h", "tomorrow 10:00"))


def test_chat_trouble_names_the_chat_and_telegrams_words():
    words = told(letters.chat_trouble("Sales & Co", "Forbidden: bot was kicked", context()))
    assert "“Sales & Co”" in words
    assert "Forbidden: bot was kicked" in words


def test_a_new_chat_is_told_the_very_command():
    letter = letters.added_to_group(-100500, context(team_name='A "B" $(rm) `x`'), is_connected=False)
    command = 'perezvon team add "A B (rm) x" --timezone Europe/Kyiv --language en --chat -100500'
    assert command in told(letter)
    assert [button.copy_text.text for button in buttons(letter)] == [command]
    assert "perezvon team set TEAM chat=-100500" in told(letter)


def test_a_connected_chat_is_told_what_comes():
    letter = letters.added_to_group(-100500, context(), is_connected=True)
    assert "perezvon" not in told(letter)
    assert "/missed" in told(letter)


def test_a_member_reads_his_role_and_teams():
    words = told(letters.start_private("manager", "Taras", ["Sales", "Repairs"], context()))
    assert "Hello, Taras!" in words
    assert "Your role in Sales, Repairs: manager." in words


def test_a_stranger_reads_and_copies_his_id():
    for letter in (letters.start_stranger(42, context()), letters.not_member(42, context())):
        assert "<code>42</code>" in letter.text
        assert [button.copy_text.text for button in buttons(letter)] == ["42"]


def test_help_offers_the_selftest_to_those_who_run_the_team():
    by_role = {role: told(letters.help_letter(role, "private", context())) for role in ("owner", "head", "manager")}
    assert {role: "/selftest" in words for role, words in by_role.items()} == {
        "owner": True,
        "head": True,
        "manager": False,
    }


def test_help_tells_of_masked_numbers_only_where_they_are_masked():
    assert "masked" in told(letters.help_letter("manager", "group", context(mask=True)))
    assert "masked" not in told(letters.help_letter("manager", "group", context(mask=False)))


def test_the_selftest_asks_for_a_press_in_the_middle():
    assert letters.selftest("sent", context()).keyboard is None
    assert [press.op for press in presses(letters.selftest("edited", context()), ScreenPress).values()] == ["selftest"]
    assert letters.selftest("passed", context()).keyboard is None
