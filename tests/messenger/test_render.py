"""Rendering: languages, filters, whitespace, and mark-up measured and cut."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from jinja2 import UndefinedError

from messenger import words
from messenger.filters import cut, printable
from messenger.markup import fit, fits, plain, visible_length
from messenger.outgoing import Outgoing
from messenger.render import environment, known_language, render, render_plain, tidy
from tests.messenger.cast import NOW, kyiv
from tests.messenger.checker import refusals

LANGUAGES = ("ru", "uk", "en")
REASONS = (
    *("forbidden", "no_route", "off_hours", "abandoned_10s", "abandoned_greeting", "abandoned_ivr"),
    *("all_unavailable", "not_answered"),
)
FATES = ("called_out", "called_in", "manual", "merged", "expired", "blocked")


def said(source: str, language: str = "en", **context) -> str:
    return environment(language).from_string(source).render(context)


@pytest.mark.parametrize(
    "asked, spoken", [("ru", "ru"), ("uk-UA", "uk"), ("EN_us", "en"), ("de", "en"), ("", "en"), ("ukr", "en")]
)
def test_an_unknown_language_is_english(asked, spoken):
    assert known_language(asked) == spoken
    assert environment(asked) is environment(spoken)


@pytest.mark.parametrize(
    "seconds, en, ru, uk",
    [
        (0, "0 min", "0 мин", "0 хв"),
        (59, "59 s", "59 с", "59 с"),
        (1200, "20 min", "20 мин", "20 хв"),
        (3600, "1 h", "1 ч", "1 год"),
        (3900, "1 h 05 min", "1 ч 05 мин", "1 год 05 хв"),
        (183_600, "2 d 3 h", "2 дн. 3 ч", "2 дн. 3 год"),
        (86_459, "1 d", "1 дн.", "1 дн."),
        (-5, "0 min", "0 мин", "0 хв"),
    ],
)
def test_spans(seconds, en, ru, uk):
    assert [said("{{ s|span }}", language, s=seconds) for language in ("en", "ru", "uk")] == [en, ru, uk]
    assert said("{{ s|span }}", s=timedelta(seconds=seconds)) == en


@pytest.mark.parametrize(
    "moment, en, ru",
    [
        (kyiv("09:05"), "09:05", "09:05"),
        (datetime(2026, 11, 19, 22, 30, tzinfo=UTC), "00:30", "00:30"),  # midnight is Kyiv's, not UTC's
        (datetime(2026, 11, 19, 21, 30, tzinfo=UTC), "19 Nov 23:30", "19.11 23:30"),
        (datetime(2025, 12, 31, 10, 0, tzinfo=UTC), "31 Dec 2025 12:00", "31.12.2025 12:00"),
    ],
)
def test_moments_are_the_teams_own(moment, en, ru):
    source = "{{ at|moment('Europe/Kyiv', now) }}"
    assert [said(source, language, at=moment, now=NOW) for language in ("en", "ru")] == [en, ru]


def test_numbers_are_masked_or_pretty():
    assert said("{{ n|number(true) }}", n="+380671234567") == "+380 67 ••• 45 67"
    assert said("{{ n|number(false) }}", n="+380671234567") == "+380 67 123 45 67"


@pytest.mark.parametrize(
    "text, limit, expected",
    [
        ("Anna", 4, "Anna"),
        ("Anna K.", 4, "Ann…"),
        ("a\n\n b\t c", 9, "a b c"),
        ("ab👍🏽cd", 4, "ab…"),
        ("ab👨‍👩‍👧cd", 5, "ab…"),
        ("a🇺🇦🇺🇦", 3, "a…"),
        ("xe\u0301y", 2, "x…"),
        ("e" + "\u0301" * 9, 4, "e\u0301\u0301…"),
        ("\x00\u202e", 5, ""),
    ],
)
def test_cutting_spares_what_is_read_as_one_sign(text, limit, expected):
    assert cut(text, limit) == expected
    assert len(cut(text, limit)) <= limit


def test_marks_that_turn_the_line_around_are_gone_and_emoji_stay():
    assert printable("a\u202eb\x00c\u2066\ud83d\n👨‍👩‍👧") == "abc\n👨‍👩‍👧"


def test_blank_lines_are_few():
    assert tidy("\n\n a  \n\n \n\nb\n") == "a\n\nb"


def test_a_forgotten_value_is_a_bug_and_no_empty_place():
    with pytest.raises(UndefinedError):
        render("toasts.j2", "en")


def test_what_comes_from_outside_is_escaped():
    assert said("{{ name }}", name="<b>&") == "&lt;b&gt;&amp;"
    assert said("{% trans name=name %}taken by {{ name }}{% endtrans %}", name="<b>%s") == "taken by &lt;b&gt;%s"


def test_plain_is_what_a_reader_sees():
    html = 'a <b>b</b> &amp;lt; <tg-time unix="1" format="t">10:00</tg-time> 👍'
    assert plain(html) == "a b &lt; 10:00 👍"
    assert visible_length(html) == len("a b &lt; 10:00 👍")


def test_a_message_is_measured_as_telegram_measures_it():
    assert fits("<b>" + "&amp;" * 4096 + "</b>")
    assert not fits("<b>" + "&amp;" * 4097 + "</b>")
    assert not fits("<b></b>" * 5000)


def test_cutting_closes_what_is_open():
    assert fit("<b>a&amp;b<i>cd</i>e</b>", 4) == "<b>a&amp;b<i>…</i></b>"
    assert fit("<b>a&amp;b<i>cd</i>e</b>", 5) == "<b>a&amp;b<i>c…</i></b>"
    assert refusals(fit("<b>" + "&amp;" * 9000 + "</b>")) == []


def test_the_second_opinion_sees_what_telegram_refuses():
    bad = ("<b>a", "a</b>", "<b><i>a</b></i>", "<h1>a</h1>", "a < b", "a & b", "", "a" * 4097, "\u202ea", "{{ a }}")
    assert [text for text in bad if not refusals(text)] == []
    assert refusals('<b>a</b> &lt; <tg-time unix="1" format="dt">b</tg-time>') == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_own_word(language):
    for speak, codes in (
        (words.miss_reason, REASONS),
        (words.how_word, FATES),
        (words.state_word, ("open", "taken", "snoozed", "withdrawn")),
        (words.role_word, ("owner", "head", "manager", "viewer")),
        (words.reason_title, words.BUILT_IN_REASONS),
    ):
        said_words = [speak(code, language) for code in codes]
        assert len(set(said_words)) == len(codes)
        assert speak("no such code", language)


def test_a_teams_own_title_beats_the_built_in_one():
    assert words.reason_title("spam", "uk") == "Спам"
    assert words.reason_title("spam", "uk", "Реклама") == "Реклама"
    assert words.reason_title("other", "en") == "Another variant"


def test_plain_templates_show_names_as_typed():
    values = {"at": None, "expected": None, "found": "<b>", "how": None, "setting": None, "who": None}
    assert "“<b>”" in render_plain("refusals.j2", "en", **values, key="bad_number", zone="UTC", now=NOW)


def test_messages_that_look_equal_have_one_hash():
    one = Outgoing("a", photo=b"b")
    assert one.content_hash() == Outgoing("a", photo=b"b").content_hash()
    others = (Outgoing("ab"), Outgoing("a"), Outgoing("a", photo=b"c"), Outgoing("a", document=("b", b"")))
    assert len({one.content_hash(), *(other.content_hash() for other in others)}) == 5
    assert len(one.content_hash()) == 40
