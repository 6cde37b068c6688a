from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from followup.cases.views import QueueCounters
from messenger.buttons import ScreenPress, packable
from messenger.markup import plain
from messenger.queue_screen import queue_screen
from tests.messenger.rows import AS_OF, closed_row, context, page, row
from tests.messenger.telegram_html import message_problems

LANGUAGES = ("en", "ru", "uk")
EMPTY = QueueCounters(clients=0, calls=0, open_rows=0, processed_rows=0)


def text(*rows, language="en", **chosen):
    return plain(queue_screen(page(*rows, **chosen), context(language)).text)


def presses(given, **other):
    keyboard = queue_screen(given, context(**other)).keyboard
    return {
        button.text: ScreenPress.unpack(button.callback_data) for line in keyboard.inline_keyboard for button in line
    }


def arguments(given, op, **other):
    return {text: press.arg for text, press in presses(given, **other).items() if press.op == op}


def test_both_counters_stand_in_the_header():
    assert "Clients who did not get through: 7 · Calls to handle: 12\n" in text(row())


def test_an_open_row_tells_everything_in_two_lines():
    assert text(row()).endswith(
        "1. 🟡 +380 67 ••• 45 67 · Anna K. ×3\n"
        "10:00–10:20 · waiting 30 min · 1 attempt · ✋ Taras · not answered by managers"
    )


def test_the_screen_says_as_of_when_and_what_it_shows():
    assert "Open · last 31 days · as of 10:30" in text(row())
    assert "Processed · Thursday, 19 November · Site · as of 10:30" in text(
        tab="processed", day="2026-11-19", line="site"
    )


@pytest.mark.parametrize(
    "fields, icon",
    [
        ({"state": "open", "attempts": 0, "taken_by": None}, "🔴"),
        ({"state": "open", "attempts": 2, "taken_by": None}, "🟡"),
        ({"state": "taken", "attempts": 0}, "🟡"),
        ({"state": "snoozed", "attempts": 0}, "🟡"),
    ],
)
def test_the_colour_tells_whether_somebody_acted(fields, icon):
    assert f"1. {icon} +380" in text(row(**fields))


def test_a_single_call_has_one_time_and_no_repeats():
    told = text(row(missed=1, last_call_at=row().first_call_at))
    assert "Anna K.\n10:00 · waiting" in told


def test_calls_of_two_days_have_both_dates():
    told = text(row(first_call_at=AS_OF - timedelta(days=3)))
    assert "17 Nov 10:30–20 Nov 10:20" in told


def test_a_hidden_caller_waits_for_nobody():
    told = text(row(client=None, name=None, missed=1))
    assert "hidden number\n" in told
    assert "waiting" not in told


@pytest.mark.parametrize(
    "fields, told",
    [
        (
            {},
            "🔵 +380 67 ••• 45 67 · Anna K. ×3\ncalled back · Taras · 10:40 · 40 min after the first call · 2 attempts",
        ),
        ({"how": "called_in", "attempts": 0}, "🟢 +380 67 ••• 45 67 · Anna K. ×3\nclient got through · Taras"),
        ({"how": "manual", "close_reason": "spam", "contact_seconds": None}, "\nSpam · Taras · 10:40 · 2 attempts"),
        ({"how": "manual", "close_reason": "other", "close_text": "He is my brother"}, "\nHe is my brother · Taras"),
        ({"how": "manual", "close_reason": "wrong_number", "close_text": "a fax"}, "\nWrong number: a fax · Taras"),
        ({"how": "expired", "closed_by": None, "contact_seconds": None}, "⚫ +380 67 ••• 45 67 · Anna K. ×3\nexpired"),
    ],
)
def test_a_processed_row_tells_how_by_whom_and_why(fields, told):
    assert told in text(closed_row(**fields), tab="processed")


def test_the_teams_own_reason_is_told_in_its_words():
    screen = queue_screen(
        page(closed_row(how="manual", close_reason="own_1"), tab="processed"),
        context(titles={"own_1": "Went <to> the branch"}),
    )
    assert "Went &lt;to&gt; the branch · Taras" in screen.text


@pytest.mark.parametrize(
    "language, words", [("en", "Nobody is waiting"), ("ru", "Никто не ждёт"), ("uk", "Ніхто не чекає")]
)
def test_an_empty_queue_says_so_happily(language, words):
    assert f"🎉 {words}" in text(counters=EMPTY, language=language)


def test_an_empty_filter_is_no_reason_for_joy():
    for chosen in ({"day": "2026-11-20"}, {"line": "site"}, {"tab": "processed"}):
        assert "🎉" not in text(**chosen)


def test_numbers_are_masked_unless_the_chat_may_read_them():
    given = page(row(name="client +380671234567"))
    masked, open_ = (plain(queue_screen(given, context(mask=mask)).text) for mask in (True, False))
    assert "123" not in masked
    assert "+380 67 123 45 67" in open_


def test_tabs_carry_their_counts_and_the_present_one_is_dotted():
    assert arguments(page(row()), "tab") == {"• Open (1)": "open", "Processed (4)": "processed"}
    assert arguments(page(tab="processed"), "tab") == {"Open (0)": "open", "• Processed (4)": "processed"}


def test_row_numbers_open_the_cards():
    given = page(*(row(case_id=100 + place) for place in range(8)))
    assert arguments(given, "open") == {str(place + 1): str(100 + place) for place in range(8)}


def test_every_press_finds_its_screen():
    assert {press.screen for press in presses(page(row(), pages=3, page=1)).values()} == {5}


def test_pages_lead_to_their_neighbours():
    assert arguments(page(row(), pages=5, page=1), "page") == {"◀": "0", "2/5": "1", "▶": "2"}
    assert arguments(page(row(), pages=5, page=4), "page") == {"◀": "3", "5/5": "4"}
    assert arguments(page(row(), pages=1), "page") == {}


def test_days_lead_to_their_neighbours_within_the_window():
    today, oldest = date(2026, 11, 20), date(2026, 10, 21)
    assert arguments(page(), "day") == {"◀ Thu, 19 Nov": "2026-11-19", "Today": "2026-11-20", "• All dates": "all"}
    assert list(arguments(page(day="2026-11-18"), "day").values()) == ["2026-11-17", "2026-11-20", "all", "2026-11-19"]
    assert list(arguments(page(day=today.isoformat()), "day")) == ["◀ Thu, 19 Nov", "• Today", "All dates"]
    assert list(arguments(page(day=oldest.isoformat()), "day")) == ["Today", "All dates", "Thu, 22 Oct ▶"]


def test_today_is_the_teams_today():
    late = replace(page(), as_of=datetime(2026, 11, 20, 22, 30, tzinfo=UTC))  # 00:30 of the 21st in Kyiv
    assert arguments(late, "day")["Today"] == "2026-11-21"


def test_lines_are_offered_when_there_are_several():
    assert arguments(page(), "menu")["📞 All lines"] == "lines"
    assert "📞 Site" in arguments(page(line="site"), "menu")
    assert "📞 All lines" not in presses(replace(page(), line_names={"site": "Site"}))
    listed = arguments(page(line="site"), "line", menu="lines")
    assert listed == {"📞 All lines": "all", "Sales line": "+380441112233", "• Site": "site"}


def test_a_long_line_key_fits_a_button():
    key = "widget:" + "я" * 60
    given = replace(page(), line_names={key: "Widget", "site": "Site"})
    assert arguments(given, "line", menu="lines")["Widget"] == packable(key)


def test_a_hundred_and_more_lines_fit_the_keyboard():
    given = replace(page(), line_names={f"line-{place}": f"Line {place}" for place in range(150)})
    assert message_problems(queue_screen(given, context(menu="lines"))) == []


def test_export_asks_for_the_format():
    assert arguments(page(row()), "menu")["📄 Export"] == "export"
    assert arguments(page(row()), "export", menu="export") == {"CSV": "csv", "XLSX": "xlsx"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("tab", ["open", "processed"])
def test_the_fullest_page_of_hostile_names_fits(language, tab):
    evil = "<b>&amp;</i>\u202e\u0000😀" * 40
    make = closed_row if tab == "processed" else row
    rows = [
        make(
            case_id=2**62 + place, name=evil, client=evil, taken_by=evil, closed_by=evil, close_text=evil, how="manual"
        )
        for place in range(8)
    ]
    given = replace(page(*rows, tab=tab, pages=9999, page=5000, line="x"), line_names={"x": evil, "y": ""})
    for menu in (None, "lines", "export"):
        screen = queue_screen(given, context(language, team_name=evil, titles={"other": evil}, menu=menu))
        assert message_problems(screen) == []


@pytest.mark.parametrize(
    "language, count, told",
    [
        ("ru", 1, "1 попытка"),
        ("ru", 2, "2 попытки"),
        ("ru", 5, "5 попыток"),
        ("ru", 21, "21 попытка"),
        ("uk", 1, "1 спроба"),
        ("uk", 2, "2 спроби"),
        ("uk", 5, "5 спроб"),
        ("uk", 21, "21 спроба"),
        ("en", 1, "1 attempt "),
        ("en", 21, "21 attempts"),
    ],
)
def test_plural_forms(language, count, told):
    assert told in text(row(attempts=count), language=language)
