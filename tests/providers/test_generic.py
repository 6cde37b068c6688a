"""The generic format: what is refused and where, what is accepted and how it is read."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from followup.calls.events import CallEvent, LegSeen, MessageEvent, OrderEvent
from providers import PROVIDERS
from providers.contract import Malformed
from providers.generic import orders_in
from tests.providers.dialects import NOW, READING, SECRET, json_request, parsed, request, signature

GENERIC = PROVIDERS["generic"]
CALL = {
    "type": "call",
    "call_id": "a-1",
    "direction": "in",
    "client": "+380671234567",
    "line": "+380441112233",
    "started_at": "2026-11-20T10:00:00+02:00",
    "answered_at": None,
    "ended_at": "2026-11-20T10:00:25+02:00",
    "legs": [
        {
            "extension": "101",
            "rang_at": "2026-11-20T10:00:05+02:00",
            "answered_at": None,
            "ended_at": "2026-11-20T10:00:25+02:00",
            "result": "no_answer",
        }
    ],
    "stage": "ringing",
    "hung_up_by": "client",
    "result": None,
    "recording_url": None,
    "talk_seconds": None,
}
ORDER = {
    "type": "order",
    "order_id": "w-7",
    "widget": "site",
    "client": "0671234567",
    "ordered_at": "2026-11-20T10:00Z",
}
MESSAGE = {
    "type": "message",
    "message_id": "m-3",
    "channel": "webform",
    "text": "Call me",
    "at": "2026-11-20T10:00:00Z",
}


def refusal(document: Any) -> Malformed:
    with pytest.raises(Malformed) as refused:
        GENERIC.check(json_request(document), READING)
    return refused.value


def one(document: Any) -> Any:
    (event,) = parsed("generic", json_request(document))
    return event


def call(**fields: Any) -> CallEvent:
    event = one(CALL | fields)
    assert isinstance(event, CallEvent)
    return event


def test_the_call_of_the_contract() -> None:
    assert call() == CallEvent(
        call_key="a-1",
        direction="in",
        client="+380671234567",
        line="+380441112233",
        started_at=datetime(2026, 11, 20, 8, 0, tzinfo=UTC),
        ended_at=datetime(2026, 11, 20, 8, 0, 25, tzinfo=UTC),
        legs=(
            LegSeen(
                extension="101",
                rang_at=datetime(2026, 11, 20, 8, 0, 5, tzinfo=UTC),
                ended_at=datetime(2026, 11, 20, 8, 0, 25, tzinfo=UTC),
                result="no_answer",
            ),
        ),
        stage="ringing",
        hung_up_by="client",
    )


def test_the_order_and_the_message_of_the_contract() -> None:
    at = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    extra = {"wanted_at": "2026-11-20T11:00:00Z", "topic": "Price", "name": "Anna", "consent": None}
    assert one(ORDER | extra) == OrderEvent(
        order_key="w-7",
        widget="site",
        client="0671234567",
        ordered_at=at,
        wanted_at=at.replace(hour=11),
        topic="Price",
        name="Anna",
    )
    assert one(MESSAGE | {"client_account": "anna_k", "entry_point": "site"}) == MessageEvent(
        message_key="m-3", channel="webform", text="Call me", at=at, client_account="anna_k", entry_point="site"
    )


WRONG: list[tuple[str, Any, str, str]] = [
    # field, value, pointer after the object's own, what the message names
    ("call_id", None, "/call_id", "id of 1-200"),
    ("call_id", "", "/call_id", "id of 1-200"),
    ("call_id", "\0", "/call_id", "id of 1-200"),
    ("call_id", "x" * 201, "/call_id", "200 characters"),
    ("call_id", True, "/call_id", "true"),
    ("call_id", {}, "/call_id", "an object"),
    ("call_id", 1.5, "/call_id", "1.5"),
    ("client", ["+380671234567"], "/client", "a list"),
    ("client", False, "/client", "false"),
    ("client", "1" * 201, "/client", "200 characters"),
    ("line", {}, "/line", "an object"),
    ("direction", 1, "/direction", "in|out|internal"),
    ("stage", ["ivr"], "/stage", "a list"),
    ("hung_up_by", True, "/hung_up_by", "client|us|network"),
    ("result", 486, "/result", "486"),
    ("started_at", "2026-11-20T10:00:00", "/started_at", "time zone"),
    ("started_at", "2026-11-20", "/started_at", "time zone"),
    ("started_at", "yesterday", "/started_at", "yesterday"),
    ("started_at", "", "/started_at", "RFC 3339"),
    ("started_at", 1763625600, "/started_at", "RFC 3339"),
    ("started_at", "1999-12-31T23:59:59Z", "/started_at", "2000"),
    ("started_at", "2101-01-01T00:00:00Z", "/started_at", "2100"),
    ("started_at", "0001-01-01T00:00:00+14:00", "/started_at", "2000"),
    ("ended_at", "2026-02-30T10:00:00Z", "/ended_at", "RFC 3339"),
    ("legs", {}, "/legs", "an object"),
    ("legs", [{}] * 1001, "/legs", "1000"),
    ("legs", [None], "/legs/0", "an object"),
    ("legs", [{}, {"rang_at": "2026-11-20T10:00:00"}], "/legs/1/rang_at", "time zone"),
    ("legs", [{"result": 5}], "/legs/0/result", "no_answer"),
    ("talk_seconds", -1, "/talk_seconds", "-1"),
    ("talk_seconds", 7 * 86_400 + 1, "/talk_seconds", "604800"),
    ("talk_seconds", "12", "/talk_seconds", "12"),
    ("talk_seconds", 1.5, "/talk_seconds", "1.5"),
    ("talk_seconds", True, "/talk_seconds", "true"),
    ("seq", "1", "/seq", "integer"),
    ("seq", 2**63, "/seq", "64-bit"),
    ("recording_url", "https://x/" + "a" * 4096, "/recording_url", "4096"),
    ("type", None, "/type", "call|order|message"),
    ("type", "fax", "/type", "fax"),
    ("type", ["call"], "/type", "call|order|message"),
]


@pytest.mark.parametrize(
    ("field", "value", "pointer", "said"), WRONG, ids=[f"{w[0]}={str(w[1])[:24]!a}" for w in WRONG]
)
def test_what_is_wrong_is_refused_with_its_place_and_a_reason(field: str, value: Any, pointer: str, said: str) -> None:
    alone, listed = refusal(CALL | {field: value}), refusal([CALL, CALL | {field: value}])
    assert alone.pointer == pointer
    assert listed.pointer == f"/1{pointer}"
    assert said in alone.message
    assert alone.message == listed.message
    assert len(alone.message) < 300


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({k: v for k, v in CALL.items() if k != "call_id"}, "/call_id"),
        ({k: v for k, v in CALL.items() if k != "type"}, "/type"),
        (ORDER | {"ordered_at": None}, "/ordered_at"),
        (ORDER | {"order_id": None}, "/order_id"),
        (ORDER | {"widget": ""}, "/widget"),
        (ORDER | {"wanted_at": "2026-11-20T10:00:00"}, "/wanted_at"),
        (MESSAGE | {"message_id": None}, "/message_id"),
        (MESSAGE | {"channel": None}, "/channel"),
        (MESSAGE | {"text": None}, "/text"),
        (MESSAGE | {"text": {}}, "/text"),
        (MESSAGE | {"at": "2026-11-20T10:00:00"}, "/at"),
        ([CALL, 7], "/1"),
        ([CALL, [CALL]], "/1"),
        ("call", ""),
        (None, ""),
    ],
)
def test_missing_and_misplaced_parts_are_pointed_at(document: Any, pointer: str) -> None:
    assert refusal(document).pointer == pointer


def test_a_thousand_objects_are_taken_and_one_more_is_not() -> None:
    assert len(parsed("generic", json_request([CALL] * 1000))) == 1000
    assert "1000" in refusal([CALL] * 1001).message


def test_one_bad_object_refuses_the_whole_request() -> None:
    with pytest.raises(Malformed):
        GENERIC.parse(json_request([CALL, CALL | {"started_at": "noon"}]), READING)


@pytest.mark.parametrize("field", ["client", "line", "extension", "call_id", "order_id"])
def test_numbers_may_come_as_json_numbers(field: str) -> None:
    target = {"call_id": "call_key", "order_id": "order_key"}.get(field, field)
    assert getattr(call(**{field: 380671234567}), target) == "380671234567"
    assert getattr(call(**{field: 101.0}), target) == "101"


@pytest.mark.parametrize("client", [None, "", " "])
def test_a_hidden_client_is_none(client: str | None) -> None:
    assert call(client=client).client is None


def test_words_that_hide_a_number_are_left_to_who_reads_numbers() -> None:
    assert call(client="anonymous").client == "anonymous"


def test_unknown_words_are_no_refusal_and_those_of_the_end_are_kept() -> None:
    event = call(direction="sideways", stage="lobby", hung_up_by="cat", legs=[{"extension": "1", "result": "ate it"}])
    assert (event.direction, event.stage, event.hung_up_by, event.legs[0].result) == (None, None, None, None)
    assert event.raw_reason == "lobby"
    assert call(stage="lobby", result="eaten").raw_reason == "eaten"
    assert call(result="BUSY ").result == "busy"
    assert call(result="busy").raw_reason is None


def test_contradictory_times_are_a_fact_to_be_judged_later() -> None:
    event = call(started_at="2026-11-20T10:00:00Z", ended_at="2026-11-20T09:00:00Z")
    assert event.started_at is not None
    assert event.ended_at is not None
    assert event.ended_at < event.started_at


def test_nul_and_half_emoji_do_not_survive() -> None:
    body = b'{"type":"message","message_id":"\\u0000m\\ud83d","channel":"c","text":"a\\u0000b\\udc00 \\ud83d\\ude00","at":"2026-11-20T10:00:00Z"}'
    (event,) = parsed("generic", request(body))
    assert isinstance(event, MessageEvent)
    assert (event.message_key, event.text) == ("m", "ab 😀")


def test_long_names_and_texts_are_cut() -> None:
    order = one(ORDER | {"name": "n" * 300, "topic": "t" * 300, "consent": "c" * 5000})
    assert (len(order.name), len(order.topic), len(order.consent)) == (200, 200, 4096)
    assert len(one(MESSAGE | {"text": "x" * 5000}).text) == 4096


def test_unknown_fields_repeated_keys_and_a_byte_order_mark_are_harmless() -> None:
    assert call(mood={"deep": [1, 2]}) == call()
    body = b'\xef\xbb\xbf{"type":"call","call_id":"first","call_id":"last"}'
    assert parsed("generic", request(body)) == [CallEvent(call_key="last")]


@pytest.mark.parametrize("text", ["2026-11-20T08:00:00z", "2026-11-20 10:00:00+02:00", "2026-11-20T10:00:00.000+0200"])
def test_spellings_of_a_moment(text: str) -> None:
    assert call(started_at=text).started_at == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def test_orders_are_found_with_their_index() -> None:
    raw = json_request([CALL, ORDER, MESSAGE, ORDER | {"order_id": "w-8"}])
    assert [(index, order.order_key) for index, order in orders_in(raw)] == [(1, "w-7"), (3, "w-8")]
    assert orders_in(json_request(CALL | {"order_id": "w-7"})) == []
    assert orders_in(json_request(CALL)) == []
    escaped = json.dumps(ORDER).replace("order", "\\u006frder").encode()
    assert [index for index, _ in orders_in(request(escaped))] == [0]


@pytest.mark.parametrize(("document", "accepted"), [(CALL, 1), ([], 0), ([CALL, ORDER, MESSAGE], 3)])
def test_the_reply_counts_what_was_accepted(document: Any, accepted: int) -> None:
    assert json.loads(GENERIC.reply(json_request(document)).body) == {"ok": True, "accepted": accepted}


def test_the_body_may_be_a_mebibyte() -> None:
    assert GENERIC.max_body == 1024 * 1024


BODY = json.dumps(CALL).encode()


@pytest.mark.parametrize("minutes", [-5, 0, 5])
def test_a_signature_holds_five_minutes_each_way(minutes: int) -> None:
    at = datetime.fromtimestamp(NOW.timestamp() + minutes * 60, UTC)
    GENERIC.verify(request(BODY, headers=signature(BODY, at=at)), {"secret": SECRET})


def test_the_signature_of_the_contract_in_plain_sight() -> None:
    moment = str(int(NOW.timestamp()))
    digest = hmac.new(b"s3cret", moment.encode() + b"." + BODY, hashlib.sha256).hexdigest()
    header = f"t={moment}, v1={'0' * 64}, v1={digest.upper()}"  # two secrets while one replaces the other
    GENERIC.verify(request(BODY, headers={"x-perezvon-signature": header}), {"secret": "s3cret"})
