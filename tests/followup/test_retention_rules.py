from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.retention.rules import INSTEAD, Mention, Traces, fate_of_letter, keep_calls_for, scrubbed

ANNA = Mention("+380671234567")
AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    "spelling",
    [
        "+380671234567",
        "380671234567",
        "00380671234567",
        "0671234567",
        "80671234567",
        "671234567",
        "+380 67 123 45 67",
        "+38 (067) 123-45-67",
        "067.123.45.67",
        "%2B380671234567",
        "067%20123%2045%2067",
    ],
)
def test_the_number_is_found_and_taken_out_in_any_spelling(spelling):
    for text in (
        spelling,
        f"from={spelling}&x=1",
        f'{{"client": "{spelling}"}}',
        f"rec/{spelling}.mp3",
        f"call {spelling}!",
    ):
        assert ANNA.is_in(text)
        assert ANNA.is_in_raw(text.encode())
        bare = ANNA.without(text)
        assert INSTEAD in bare
        assert "671234567" not in "".join(char for char in bare if char.isdigit())


@pytest.mark.parametrize(
    "other", ["+380671234568", "1671234567", "6712345670", "+380502223344", "1763625600671234567", ""]
)
def test_other_numbers_stay(other):
    assert not ANNA.is_in(other)
    assert ANNA.without(f"a {other} b") == f"a {other} b"


def test_a_short_or_spoken_identity_is_taken_whole_only():
    assert Mention("12").without("at 12:12") == "at 12:12"
    assert Mention("12").without("12") == INSTEAD
    assert Mention("12").spellings == ()
    assert Mention("sip-anna").without("from sip-anna, not sip-annabel") == f"from {INSTEAD}, not sip-annabel"


def test_the_spellings_for_a_database_cover_what_pbxs_and_people_write():
    assert ANNA.spellings == ("671234567", "67 123 45 67", "67-123-45-67")


def test_what_stands_beside_the_number_goes_with_it():
    told = {"open": [{"client": "+380671234567", "name": "Anna"}, {"client": "+380502223344", "name": "Borys"}], "n": 7}
    assert scrubbed(told, ANNA) == {
        "open": [{"client": INSTEAD, "name": None}, {"client": "+380502223344", "name": "Borys"}],
        "n": 7,
    }
    assert scrubbed({"legs": {"0671234567@1": {"phone": 380671234567}}}, ANNA) == {
        "legs": {f"{INSTEAD}@1": {"phone": None}}
    }


@given(st.text(), st.text())
def test_nothing_is_left_of_the_number_wherever_it_stands(before, after):
    if (before and before[-1].isdigit()) or (after and after[0].isdigit()):
        return
    assert not ANNA.is_in(ANNA.without(f"{before}+380671234567{after}"))


def letter(**fields):
    return {"kind": "woke", "payload": {}, "case_id": None, "sent_at": AT, "created_at": AT} | fields


TRACES = Traces(
    numbers={1: ANNA.number},
    cases={7: (AT - HOUR, AT + HOUR)},
    tickets=frozenset({5}),
    messages={21: "text", 22: "photo"},
)
OLD = AT - 48 * HOUR


@pytest.mark.parametrize(
    ("fields", "fate"),
    [
        ({"case_id": 7}, "edit"),
        ({"case_id": 8}, None),
        ({"kind": "morning", "payload": {"case_ids": [3, 7]}}, "edit"),
        ({"kind": "reminder", "payload": {"case_ids": [3]}}, None),
        ({"kind": "question", "payload": {"case_id": 7}}, "edit"),
        ({"kind": "question", "payload": {"case_id": 7, "answered": True}}, "report"),
        ({"kind": "other", "payload": {"number": "+380671234567"}}, "edit"),
        ({"kind": "digest", "payload": {"day": "2026-11-20"}}, "edit"),
        ({"kind": "digest", "payload": {"day": "2026-11-20"}, "sent_at": AT + 2 * HOUR}, None),
        ({"kind": "digest_picture", "payload": {"numbers": {"left_open": [{"client": "+380671234567"}]}}}, None),
        ({"kind": "file"}, "report"),
        ({"kind": "report_file", "payload": {"chosen": {"kind": "missed"}, "format": "xlsx"}}, "report"),
        ({"kind": "report_file", "payload": {"chosen": {"kind": "missed"}, "format": "png.days"}}, None),
        ({"kind": "report_file", "payload": {"chosen": {"kind": "calls"}, "format": "csv"}}, None),
        ({"kind": "file", "sent_at": AT - 2 * HOUR}, None),
        ({"kind": "report_file", "payload": {"chosen": {"kind": "tickets"}, "format": "csv"}}, "report"),
        ({"kind": "report_file", "payload": {"chosen": {"kind": "tickets"}, "format": "png.closed"}}, None),
        ({"kind": "nobody_there", "payload": {"ticket_id": 5}}, "edit"),
        ({"kind": "nobody_there", "payload": {"ticket_id": 6}}, None),
        ({"kind": "from_client", "payload": {"message_id": 22, "ticket_id": 5}}, "edit"),
        ({"kind": "from_client", "payload": {"message_id": 22, "ticket_id": 5}, "sent_at": OLD}, "report"),
        ({"kind": "from_client", "payload": {"message_id": 21, "ticket_id": 5}, "sent_at": OLD}, "edit"),
        ({"kind": "from_client", "payload": {"message_id": 23, "ticket_id": 6}}, None),
        ({"kind": "hello", "payload": {"what": "help"}}, None),
    ],
)
def test_what_becomes_of_a_letter(fields, fate):
    assert fate_of_letter(letter(**fields), TRACES, AT) == fate


def test_calls_are_kept_for_ever_or_as_long_as_anything_looks_back():
    month = timedelta(days=31)
    assert keep_calls_for(None, month, None) is None
    assert keep_calls_for(365, month, None) == timedelta(days=365)
    assert keep_calls_for(7, month, None) == timedelta(days=32)
    assert keep_calls_for(60, month, 90) == timedelta(days=122)
