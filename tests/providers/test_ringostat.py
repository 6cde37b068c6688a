"""Ringostat: every status, both generations of names, every way to send, and times without a zone."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from urllib.parse import urlencode

import pytest

from followup.calls.events import CallEvent, CallResult
from providers import PROVIDERS
from providers.contract import BadSignature, Malformed, RawRequest, Reading
from providers.ringostat_words import STATUSES
from tests.providers.dialects import KYIV, NOW, READING, SECRET, json_request, parsed, request

RINGOSTAT = PROVIDERS["ringostat"]
ROW = {
    "uniqueid": "ua9_-1790775458.2139025",
    "calldate": "2026-10-05 13:00:08",
    "call_type": "in",
    "dst": "380440000001",
    "E164": "+380670000002",
    "userfield": "380670000002",
    "disposition": "NO ANSWER",
    "billsec": "0",
    "duration": "25",
    "waittime": "25",
    "n_alias": "Site",
}
CLASSIC = {
    "call_id": "33.3",
    "caller": '"Anna" <380670000002>',
    "callee": "380440000001",
    "status": "ANSWERED",
    "date": "2026-10-05 13:00:08",
    "call_duration": 50,
    "waiting": 27,
    "dialog": 23,
    "type": "in",
    "record": "33.3",
    "recording_wav": "https://app.example/x.wav",
    "has_recording": "1",
    "department": "Sales",
    "staffid": "1111",
}
START = datetime(2026, 10, 5, 10, 0, 8, tzinfo=UTC)


def read(row: dict[str, Any], reading: Reading = READING) -> CallEvent:
    (event,) = parsed("ringostat", json_request(row), reading)
    assert isinstance(event, CallEvent)
    return event


def without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


# --- statuses ---

MISSED = [
    ("NO ANSWER", "no_answer", "ringing"),
    ("BUSY", "all_busy", None),
    ("FAILED", "technical", None),
    ("NO-FORWARD", "no_route", "no_route"),
    ("VOICEMAIL", "voicemail", "voicemail"),
    ("NO EXTENSION", "dropped_in_ivr", "ivr"),
    ("WRONG EXTENSION", "dropped_in_ivr", "ivr"),
    ("DECLINE", "rejected", "ringing"),
]


@pytest.mark.parametrize(("status", "detail", "stage"), MISSED)
@pytest.mark.parametrize("call_type", ["in", "transitin"])
def test_statuses_of_a_missed_call(call_type: str, status: str, detail: str, stage: str | None) -> None:
    event = read(ROW | {"disposition": status, "call_type": call_type, "billsec": "3", "connected_with": "anna"})
    assert (event.direction, event.reason_detail, event.stage) == ("in", detail, stage)
    assert (event.answered_at, event.ended_at, event.talk_seconds, event.extension) == (None, after(25), None, None)
    assert (event.result, event.raw_reason) == (None, status)


@pytest.mark.parametrize("status", ["ANSWERED", "PROPER", "REPEATED"])
def test_statuses_of_an_answered_call(status: str) -> None:
    event = read(ROW | {"disposition": status, "billsec": "15", "connected_with": "anna"})
    assert (event.stage, event.answered_at, event.ended_at) == ("talk", after(10), after(25))
    assert (event.talk_seconds, event.extension, event.reason_detail, event.result) == (15, "anna", None, None)


@pytest.mark.parametrize("status", ["ANSWERED", "PROPER", "REPEATED"])
@pytest.mark.parametrize("call_type", ["in", "out"])
def test_answered_with_no_second_of_talk_claims_nothing(call_type: str, status: str) -> None:
    event = read(ROW | {"disposition": status, "billsec": "0", "call_type": call_type})
    assert (event.answered_at, event.stage, event.result, event.ended_at) == (None, None, None, after(25))


ATTEMPTS = [
    ("ANSWERED", "answered", None),
    ("PROPER", "answered", None),
    ("REPEATED", "answered", None),
    ("NO ANSWER", "no_answer", "client_no_answer"),
    ("CLIENT NO ANSWER", "no_answer", "client_no_answer"),
    ("BUSY", "busy", "busy"),
    ("FAILED", "system_error", "technical"),
    ("NO-FORWARD", "system_error", "no_route"),
    ("VOICEMAIL", "machine", "voicemail"),
    ("FAILED FORBIDDEN DESTINATION", "forbidden", "forbidden_destination"),
    ("Forbidden destination", "forbidden", "forbidden_destination"),
    ("DECLINE", "rejected", "rejected"),
]


@pytest.mark.parametrize(("status", "result", "detail"), ATTEMPTS)
@pytest.mark.parametrize("call_type", ["out", "transitout", "callback"])
def test_statuses_of_an_attempt(call_type: str, status: str, result: str, detail: str | None) -> None:
    event = read(ROW | {"disposition": status, "call_type": call_type, "billsec": 5})
    assert (event.direction, event.result, event.reason_detail) == ("out", result, detail)
    assert event.stage == ("talk" if result == "answered" else None)
    assert event.hung_up_by is None


@pytest.mark.parametrize(
    "spelling", ["NO ANSWER", "no answer", "NO+ANSWER", "NO_ANSWER", "No-Answer", "NO\u2011ANSWER", " NOANSWER "]
)
def test_spellings_of_a_status(spelling: str) -> None:
    assert read(ROW | {"disposition": spelling}).reason_detail == "no_answer"


@pytest.mark.parametrize("status", ["IN PROGRESS", "in_progress", "CALLING", "TELEPORTED", "...", None])
def test_a_call_that_lasts_or_a_status_we_do_not_know_decides_nothing(status: str | None) -> None:
    event = read(ROW | {"disposition": status, "duration": "0", "billsec": "0"})
    assert (event.started_at, event.answered_at, event.ended_at) == (START, None, None)
    assert (event.stage, event.reason_detail, event.hung_up_by, event.raw_reason) == (None, None, None, status)


def test_every_attempt_is_a_word_of_ours() -> None:
    assert {status.attempt for status in STATUSES.values()} - {None} <= set(get_args(CallResult))


@pytest.mark.parametrize(("duration", "ended_by"), [("9", "client"), ("10", None), ("25", None)])
def test_before_any_timeout_it_was_the_client_who_hung_up(duration: str, ended_by: str | None) -> None:
    assert read(ROW | {"duration": duration}).hung_up_by == ended_by


def test_voicemail_is_no_talk_though_it_was_billed() -> None:
    event = read(ROW | {"disposition": "VOICEMAIL", "billsec": "12"})
    assert (event.answered_at, event.talk_seconds, event.stage) == (None, None, "voicemail")


# --- kinds of events ---


def test_before_the_call_there_is_no_end() -> None:
    row = without(ROW, "disposition", "billsec", "duration", "waittime", "call_type")
    (event,) = parsed("ringostat", json_request(row, query={"event": "incoming_before"}))
    assert event == CallEvent(
        call_key="ua9_-1790775458.2139025",
        direction="in",
        client="+380670000002",
        line="+380440000001",
        started_at=START,
    )


def test_a_static_event_may_say_what_no_field_says() -> None:
    row = without(ROW, "disposition", "call_type")
    (missed,) = parsed("ringostat", json_request(row, query={"event": "missed"}))
    (dialled,) = parsed("ringostat", json_request(row, query={"event": "outgoing_after"}))
    assert isinstance(missed, CallEvent)
    assert isinstance(dialled, CallEvent)
    assert (missed.reason_detail, missed.ended_at) == ("no_answer", after(25))
    assert (dialled.direction, dialled.ended_at) == ("out", None)


def test_a_callback_is_announced_as_incoming_but_we_dial() -> None:
    row = {"uniqueid": "1", "call_type": "callback", "caller": "380670000002", "dst": "380440000001"}
    (event,) = parsed("ringostat", json_request(row, query={"event": "incoming_after"}))
    assert isinstance(event, CallEvent)
    assert (event.direction, event.client) == ("out", "+380670000002")


# --- who ---


@pytest.mark.parametrize(
    ("caller", "client", "name"),
    [
        ("380670000002", "+380670000002", None),
        ("+380670000002", "+380670000002", None),
        ('"Anna K." <380670000002>', "+380670000002", "Anna K."),
        ('"380670000002" <380670000002>', "+380670000002", None),
        ("<+38 (067) 000-00-02>", "+380670000002", None),
        ("00380670000002", "+380670000002", None),
        ("0670000002", "0670000002", None),
        ("80670000002", "80670000002", None),
        ("79001112233", "+79001112233", None),
        ('"anna" <anna_sip>', None, "anna"),
        ("anonymous", None, None),
        ("<>", None, None),
        ("²²²", None, None),
    ],
)
def test_the_caller_as_it_is_displayed(caller: str, client: str | None, name: str | None) -> None:
    event = read(without(ROW, "E164", "userfield") | {"caller": caller})
    assert (event.client, event.client_name) == (client, name)


def test_the_line_of_an_inbound_call_is_never_its_client() -> None:
    event = read(without(ROW, "E164", "userfield"))
    assert (event.client, event.line) == (None, "+380440000001")


def test_an_outbound_call_is_dialled_by_a_login() -> None:
    row = {"uniqueid": "1", "call_type": "out", "caller": '"anna_sip" <anna_sip>', "dst": "380670000002"}
    event = read(row | {"outbound_number": "380440000001"})
    assert (event.client, event.line, event.extension) == ("+380670000002", "+380440000001", "anna_sip")
    assert event.client_name is None


def test_the_classic_generation() -> None:
    assert read(CLASSIC) == CallEvent(
        call_key="33.3",
        direction="in",
        client="+380670000002",
        line="+380440000001",
        started_at=START,
        answered_at=after(27),
        ended_at=after(50),
        stage="talk",
        talk_seconds=23,
        extension="1111",
        group="Sales",
        client_name="Anna",
        recording_url="https://app.example/x.wav",
        raw_reason="ANSWERED",
    )


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ({"has_recording": "0"}, None),
        ({"recording_wav": "33.3"}, None),
        ({"recording_wav": "javascript:alert(1)"}, None),
        ({"recording_wav": None, "recording": "http://app.example/y.mp3"}, "http://app.example/y.mp3"),
        ({"recording_wav": None, "record": "https://app.example/z.mp3"}, "https://app.example/z.mp3"),
    ],
)
def test_recordings(fields: dict[str, Any], address: str | None) -> None:
    assert read(CLASSIC | fields).recording_url == address


# --- ways to send ---


def as_get() -> RawRequest:
    return request(query={**ROW, "event": "incoming_after"})


def ways() -> dict[str, RawRequest]:
    form = urlencode(ROW).encode()
    nested = {"uniqueid": ROW["uniqueid"], "calldate": ROW["calldate"]}
    ticked = without(ROW, *nested)
    php = {f"additional_call_data[{name}]": value for name, value in ticked.items()}
    return {
        "JSON": json_request(ROW),
        "JSON with a mark": request(b"\xef\xbb\xbf" + json.dumps(ROW).encode()),
        "JSON labelled as a form": request(b"\n " + json.dumps(ROW).encode(), headers={"content-type": "text/plain"}),
        "form": request(form, headers={"content-type": "application/x-www-form-urlencoded"}),
        "query": as_get(),
        "nested": json_request(nested | {"additional_call_data": ticked}),
        "nested yields to flat": json_request(ROW | {"additional_call_data": {"disposition": "BUSY"}}),
        "nested form": request(urlencode(nested | php).encode()),
        "list": json_request([ROW]),
        "numbers": json_request(ROW | {"billsec": 0, "duration": 25.0, "dst": 380440000001}),
    }


@pytest.mark.parametrize("way", ways())
def test_every_way_to_send_tells_the_same(way: str) -> None:
    assert parsed("ringostat", ways()[way]) == [read(ROW)]


def test_a_list_may_hold_several_calls() -> None:
    events = parsed("ringostat", json_request([ROW, ROW | {"uniqueid": "2"}]))
    assert [event.call_key for event in events if isinstance(event, CallEvent)] == [ROW["uniqueid"], "2"]


def test_fields_win_over_what_stands_in_the_address() -> None:
    (event,) = parsed("ringostat", json_request(ROW, query={"disposition": "BUSY", "call_type": "out"}))
    assert event == read(ROW)


@pytest.mark.parametrize("name", ["uniqueid", "cdr_id", "call_id", "record"])
def test_names_of_the_id(name: str) -> None:
    assert read(without(ROW, "uniqueid") | {name: "x.1"}).call_key == "x.1"


def test_nothing_survives_that_a_database_would_refuse() -> None:
    row = (
        b'{"uniqueid":"1\\u0000","department":"\\ud83dSales","caller":"\\"A\\u0000\\" <380670000002>","call_type":"in"}'
    )
    (event,) = parsed("ringostat", request(row))
    assert isinstance(event, CallEvent)
    assert (event.call_key, event.group, event.client_name) == ("1", "Sales", "A")


# --- times ---


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


# --- secrets ---


def basic(password: str) -> str:
    return "Basic " + base64.b64encode(f"ringostat:{password}".encode()).decode()


@pytest.mark.parametrize(
    "parts",
    [
        {"headers": {"auth-key": SECRET}},
        {"headers": {"authorization": basic(SECRET)}},
        {"query": {"token": SECRET}},
        {"query": {"auth_key": SECRET}},
        {"headers": {"auth-key": "stale"}, "query": {"token": SECRET}},
    ],
)
def test_the_key_may_come_in_any_of_the_ways_the_cabinet_offers(parts: dict[str, dict[str, str]]) -> None:
    RINGOSTAT.verify(json_request(ROW, **parts), {"auth_key": SECRET})
    with pytest.raises(BadSignature):
        RINGOSTAT.verify(json_request(ROW, **parts), {"auth_key": SECRET + "!"})
