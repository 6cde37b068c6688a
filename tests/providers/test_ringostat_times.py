"""Ringostat: spellings of a moment, the nights of the clock change, and what was not ticked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from providers import PROVIDERS
from providers.contract import Malformed, Reading
from tests.providers.dialects import KYIV, NOW, READING, json_request
from tests.providers.ringostat_rows import ROW, START, after, read, without

RINGOSTAT = PROVIDERS["ringostat"]


@pytest.mark.parametrize(
    "date",
    [
        "2026-10-05 13:00:08",
        "2026-10-05T13:00:08",
        "05.10.2026 13:00:08",
        "05/10/2026 13:00:08",
        "05-10-2026 13:00:08",
        "2026/10/05 13:00:08",
        "2026-10-05T10:00:08+0000",
        "2026-10-05T10:00:08Z",
        "2026-10-05T13:00:08+03:00",
        "1791194408",
        1791194408,
        "1791194408000",
        "1791194408000000",
    ],
)
def test_spellings_of_the_start(date: Any) -> None:
    assert read(ROW | {"calldate": date}).started_at == START


def test_dates_without_seconds() -> None:
    assert read(ROW | {"calldate": "05.10.2026 13:00"}).started_at == START.replace(second=0)


def test_the_moment_without_a_zone_of_its_own_is_preferred() -> None:
    event = read(ROW | {"calldate": "whatever", "calldate_timestamp_micros": "1791194408500000"})
    assert event.started_at == after(0.5)


@pytest.mark.parametrize("date", ["soon", "2026-10-05", "13:00:08", "05.13.2026 10:00:00", "1999-01-01 10:00:00", "-5"])
def test_an_unreadable_start_is_set_aside_not_refused(date: str) -> None:
    raw = json_request(ROW | {"calldate": date})
    RINGOSTAT.check(raw, READING)
    with pytest.raises(Malformed) as refused:
        RINGOSTAT.parse(raw, READING)
    assert refused.value.pointer == "/calldate"


def test_the_zone_of_the_connection_goes_before_the_teams() -> None:
    reading = Reading(timezone=KYIV, options={"timezone": "Asia/Almaty"})
    assert read(ROW, reading).started_at == datetime(2026, 10, 5, 8, 0, 8, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "Europe", "../etc/passwd", "a\0b", "\ud800", "/"])
def test_a_wrong_zone_names_the_option(zone: str) -> None:
    with pytest.raises(Malformed, match="option timezone"):
        RINGOSTAT.parse(json_request(ROW), Reading(timezone=KYIV, options={"timezone": zone}))


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2026-10-25 03:30:00", "2026-10-25T00:30:00+00:00"),  # comes twice: its first
        ("2026-03-29 03:30:00", "2026-03-29T01:30:00+00:00"),  # never comes: an hour on
    ],
)
def test_the_nights_of_the_clock_change(local: str, utc: str) -> None:
    assert read(ROW | {"calldate": local}).started_at == datetime.fromisoformat(utc)


def test_an_end_is_found_from_what_was_ticked() -> None:
    bare = without(ROW, "duration", "billsec", "waittime")
    assert read(bare | {"duration_ms": "25500"}).ended_at == after(25.5)
    assert read(bare | {"waittime": "7", "billsec": "3"}).ended_at == after(10)
    assert read(bare | {"waittime": "-7", "billsec": "3"}).ended_at == after(3)
    assert read(bare).ended_at == NOW


def test_a_start_that_was_not_ticked_is_counted_back_from_the_arrival() -> None:
    event = read(without(ROW, "calldate"))
    assert (event.started_at, event.ended_at) == (NOW - timedelta(seconds=25), NOW)
    assert read(without(ROW, "calldate") | {"disposition": "CALLING"}).started_at is None


def test_an_answer_without_billed_seconds_begins_after_the_wait() -> None:
    event = read(without(ROW, "billsec") | {"disposition": "ANSWERED", "waittime": "5"})
    assert (event.answered_at, event.talk_seconds) == (after(5), None)


@pytest.mark.parametrize("wait", ["-4", "nan", "inf", "1e400", "a while", "99999999999"])
def test_odd_waits_are_harmless(wait: str) -> None:
    event = read(without(ROW, "billsec") | {"disposition": "ANSWERED", "waittime": wait})
    assert (event.started_at, event.answered_at, event.ended_at) == (START, START, after(25))


def test_talk_longer_than_the_call_begins_with_it() -> None:
    event = read(ROW | {"disposition": "ANSWERED", "billsec": "60", "duration": "25"})
    assert event.answered_at == START
