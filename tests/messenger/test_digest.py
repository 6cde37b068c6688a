from __future__ import annotations

from dataclasses import replace

import pytest

from messenger.digest import digest_text, split_at_lines
from messenger.markup import plain, visible_length
from tests.messenger.days import OLGA, TARAS, WAITING, figures, numbers
from tests.messenger.telegram_html import problems

LANGUAGES = ("en", "ru", "uk")
EMPTY_DAY = {
    "figures": figures(
        calls=0,
        missed=0,
        hidden=0,
        clients=0,
        reasons={},
        called_out=0,
        called_in=0,
        manual=0,
        open=0,
        first_attempt_median=None,
        contact_median=None,
    ),
    "before": None,
    "people": (),
    "left_open": (),
    "left_open_clients": 0,
    "left_open_calls": 0,
}


def text(language="en", **other):
    (only,) = digest_text(numbers(**other), language, mask=True)
    return plain(only)


def test_an_english_digest_begins_with_the_word():
    assert text().startswith("Digest · Friday, 20 November · Sales")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_ordinary_day_is_read_in_ten_seconds(language):
    (html,) = digest_text(numbers(), language, mask=True)
    assert problems(html) == []
    assert len([line for line in plain(html).split("\n") if line]) <= 15


def test_the_day_is_told_whole():
    told = text()
    assert "as of 18:30" in told
    assert "96 calls · 19 missed ↓6 · from hidden numbers: 1" in told
    assert "14 clients did not get through ↓5" in told
    assert "called back: 8 · 🟢 got through: 2 · ⚪ by hand: 2 · 🔴 not reached: 2" in told
    assert "first attempt after 7 min ↓3 min · contact after 14 min" in told
    assert "Taras · reached: 6 · by hand: 1 · attempts: 9 · ⏱ 12 min" in told
    assert "Left open: 1 client, 3 calls" in told
    assert "+380 67 ••• 45 67 · Anna K. ×3 · since 16:05" in told
    assert "against Fri, 13 Nov" in told


def test_the_main_reasons_come_first_and_are_three():
    reasons = {"off_hours": 1, "not_answered": 9, "forbidden": 0, "no_route": 2, "abandoned_ivr": 5}
    told = text(figures=figures(reasons=reasons))
    assert "💡 not answered by managers: 9 · hung up in the voice menu: 5 · call routing failed: 2\n" in told


@pytest.mark.parametrize(
    "language, zero",
    [
        ("en", "Left open: 0. Nobody is waiting"),
        ("ru", "Осталось в очереди: 0. Никто не ждёт"),
        ("uk", "Залишилось у черзі: 0. Ніхто не чекає"),
    ],
)
def test_zero_left_open_is_stated_as_such(language, zero):
    assert zero in text(language, left_open=(), left_open_clients=0, left_open_calls=0)


def test_a_hidden_callers_miss_is_not_nobody():
    told = text(left_open=(), left_open_clients=0, left_open_calls=2)
    assert "Left open: 0 clients, 2 calls" in told
    assert "Nobody" not in told


def test_an_empty_day_has_neither_spans_nor_people_nor_comparison():
    told = text(**EMPTY_DAY)
    assert "0 calls · 0 missed" in told
    assert not set("⏱👤👥💡📝↑↓") & set(told)


def test_orders_and_messages_are_told_only_when_there_are_any():
    told = text(figures=figures(orders=5, orders_successful=3, orders_unsuccessful=1, orders_pending=1, messages=2))
    assert "callback orders: 5 · reached: 3 · not reached: 1 · pending: 1" in told
    assert "messages from the site: 2" in told
    assert "📝" not in text()
    assert "💬" not in text()


def test_what_is_worse_or_the_same_than_the_week_before():
    told = text(before=figures(missed=10, clients=14, first_attempt_median=None, contact_median=840))
    assert "19 missed ↑9" in told
    assert "14 clients did not get through\n" in told
    assert "first attempt after 7 min · contact after 14 min\n" in told


def test_today_and_lateness_are_marked():
    assert "so far · as of 18:30 · sent late" in text(is_whole=False, is_late=True)
    assert "so far" not in text()
    assert "late" not in text()


@pytest.mark.parametrize(
    "language, count, told",
    [
        ("ru", 1, "1 клиент не дозвонился"),
        ("ru", 2, "2 клиента не дозвонились"),
        ("ru", 5, "5 клиентов не дозвонились"),
        ("ru", 21, "21 клиент не дозвонился"),
        ("uk", 1, "1 клієнт не додзвонився"),
        ("uk", 2, "2 клієнти не додзвонилися"),
        ("uk", 5, "5 клієнтів не додзвонилися"),
        ("uk", 21, "21 клієнт не додзвонився"),
        ("en", 1, "1 client did not get through"),
        ("en", 21, "21 clients did not get through"),
    ],
)
def test_plural_forms(language, count, told):
    assert told in text(language, figures=figures(clients=count))


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_cannot_break_the_text(language):
    evil = "<b>&amp;</i> \u202e</tg-time>" * 9
    people = (replace(TARAS, name=evil), replace(OLGA, name=""))
    waiting = (replace(WAITING, name=evil, client=evil, taken_by=evil), replace(WAITING, client=None))
    for html in digest_text(numbers(people=people, left_open=waiting, team_name=evil), language, mask=True):
        assert problems(html) == []


def test_at_most_five_waiting_are_listed_and_the_rest_counted():
    told = text(left_open=(WAITING,) * 10, left_open_clients=23)
    assert told.count("Anna K.") == 5
    assert "and 18 more" in told


def test_a_digest_of_many_people_is_split_at_lines():
    people = tuple(replace(TARAS, name=f"Manager number {place}") for place in range(200))
    parts = digest_text(numbers(people=people), "ru", mask=False)
    assert len(parts) > 1
    assert all(visible_length(part) <= 4096 and problems(part) == [] for part in parts)
    told = "\n".join(map(plain, parts))
    assert [f"Manager number {place} ·" in told for place in range(200)] == [True] * 200


def test_split_keeps_every_line_in_order():
    lines = [f"<b>line {place}</b>" for place in range(50)]
    parts = split_at_lines("\n".join(lines), limit=40)
    assert "\n".join(parts).split("\n") == lines
    assert max(map(visible_length, parts)) <= 40
