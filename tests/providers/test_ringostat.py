"""Ringostat: both generations of names, every way to send, and whose number is whose."""

import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from followup.calls.events import CallEvent
from providers import PROVIDERS
from providers.contract import BadSignature, RawRequest
from tests.providers.dialects import SECRET, json_request, parsed, request
from tests.providers.ringostat_rows import CLASSIC, ROW, START, after, read, without

RINGOSTAT = PROVIDERS["ringostat"]


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


@pytest.mark.parametrize("event", ["call_information", "incoming_forwarding", "out-after", "переадресация", ""])
def test_a_call_is_read_whatever_the_address_calls_its_event(event: str) -> None:
    assert parsed("ringostat", json_request(ROW, query={"event": event})) == [read(ROW)]


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
