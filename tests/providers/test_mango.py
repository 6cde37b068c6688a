"""MANGO OFFICE: codes, summaries, legs, and that no order of messages changes what is known."""

import itertools
import json
import random
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from followup.calls.events import CallEvent, CallResult, Event, LegSeen
from providers import PROVIDERS
from providers.contract import Malformed
from providers.mango_codes import CODES, UNKNOWN_CODE, code_of
from tests.providers.dialects import READING, SUMMARY, mango_request, parsed
from tests.providers.merging import merged

START = 1748090923


def at(second: int) -> datetime:
    return datetime.fromtimestamp(START + second, UTC)


def summary(**fields: Any) -> CallEvent:
    (event,) = parsed("mango", mango_request("events/summary", SUMMARY | fields))
    assert isinstance(event, CallEvent)
    return event


def leg(state: str, second: int, *, call_id: str = "l-1", place: str = "abonent", **fields: Any) -> dict[str, Any]:
    message = {
        "entry_id": "e-1",
        "call_id": call_id,
        "timestamp": START + second,
        "seq": 1,
        "call_state": state,
        "location": place,
        "from": {"number": "79001112233"},
        "to": {"extension": "12", "number": "sip:anna@x.mangosip.ru", "line_number": "74950000001", "acd_group": ""},
    }
    return message | fields


def read_leg(message: dict[str, Any]) -> CallEvent:
    (event,) = parsed("mango", mango_request("events/call", message))
    assert isinstance(event, CallEvent)
    return event


# --- the codes ---

INBOUND = [
    # code, reason_detail and stage of a missed call to an extension, who ended it
    ("1000", None, "ringing", None),
    ("1100", None, "ringing", None),
    ("1110", "caller_abandoned", "ringing", "client"),
    ("1111", "no_answer", "ringing", "network"),
    ("1120", "rejected", "ringing", "us"),
    ("1121", "busy", None, "network"),
    ("1122", "rejected", "ringing", "us"),
    ("1123", "dnd", None, "network"),
    ("1124", "agent_unavailable", None, "network"),
    ("1130", "unreachable", None, "network"),
    ("1131", "unreachable", None, "network"),
    ("1132", "unreachable", None, "network"),
    ("1133", "invalid_number", None, "network"),
    ("1134", "no_route", "no_route", "network"),
    ("1140", "forbidden_destination", None, "network"),
    ("1150", "blacklisted", None, "network"),
    ("1151", "blacklisted", None, "network"),
    ("1152", "blacklisted", None, "network"),
    ("1160", "no_answer", "ringing", "network"),
    ("1162", "all_busy", "queue", "network"),
    ("1163", "queue_timeout", "queue", "network"),
    ("1164", "all_busy", None, "network"),
    ("1170", "dropped_by_scheme", "ringing", "network"),
    ("1171", "no_route", "no_route", "network"),
    ("1180", None, "ringing", "us"),
    ("1181", None, "ringing", "us"),
    ("1182", None, "ringing", None),
    ("1183", None, "ringing", None),
    ("1190", "out_of_hours", None, "network"),
    ("1191", "inactive", None, "network"),
    ("1192", "out_of_hours", None, "network"),
    ("2000", "billing", None, "network"),
    ("2220", "billing", None, "network"),
    ("2240", "billing", None, "network"),
    ("2300", "forbidden_destination", None, "network"),
    ("3200", "invalid_number", None, "network"),
    ("4200", "unreachable", None, "network"),
    ("4501", "blacklisted", None, "network"),
    ("4502", "blacklisted", None, "network"),
    ("5001", "technical", None, "network"),
    ("5003", "technical", None, "network"),
    ("9999", None, "ringing", None),
    ("", None, "ringing", None),
    ("busy", None, "ringing", None),
]


@pytest.mark.parametrize(("code", "detail", "stage", "ended_by"), INBOUND)
@pytest.mark.parametrize("kind", [str, int])
def test_codes_of_a_missed_inbound_call(kind: type, code: str, detail: str, stage: str, ended_by: str) -> None:
    event = summary(disconnect_reason=kind(code) if code.isdigit() else code)
    assert (event.reason_detail, event.stage, event.hung_up_by) == (detail, stage, ended_by)
    assert event.raw_reason == (code or None)
    assert (event.result, event.answered_at, event.extension) == (None, None, None)


OUTBOUND = {
    "1100": "no_answer",
    "1110": "operator_hung_up",
    "1111": "no_answer",
    "1120": "rejected",
    "1121": "busy",
    "1122": "rejected",
    "1123": "rejected",
    "1124": "no_coverage",
    "1130": "forbidden",
    "1131": "no_coverage",
    "1132": "invalid_number",
    "1133": "invalid_number",
    "1134": "system_error",
    "1140": "forbidden",
    "1150": "blacklisted",
    "1171": "system_error",
    "1181": "operator_hung_up",
    "2220": "congestion",
    "2240": "forbidden",
    "2300": "forbidden",
    "3210": "invalid_number",
    "4210": "no_coverage",
    "4501": "congestion",
    "4502": "blacklisted",
    "5002": "system_error",
    "9999": "unknown_error",
}
OUT = {"call_direction": 2, "from": {"extension": "12", "number": "sip:anna@x"}, "to": {"number": "79001112233"}}


@pytest.mark.parametrize(("code", "result"), OUTBOUND.items())
def test_codes_of_a_failed_attempt(code: str, result: str) -> None:
    event = summary(**OUT, disconnect_reason=code)
    assert (event.direction, event.result, event.stage) == ("out", result, None)
    assert (event.client, event.line, event.extension) == ("+79001112233", "+74950000001", "12")


def test_details_of_a_failed_attempt_speak_of_the_client() -> None:
    assert summary(**OUT, disconnect_reason=1111).reason_detail == "client_no_answer"
    assert summary(**OUT, disconnect_reason=1110).reason_detail is None
    assert summary(**OUT, disconnect_reason=1110).hung_up_by == "us"
    assert summary(**OUT, disconnect_reason=1120).hung_up_by == "client"


@pytest.mark.parametrize(
    ("code", "stands_for"),
    [("2219", 2000), ("2225", 2220), ("2310", 2300), ("1090", 1000), ("1139", 1130), ("1169", 1160), ("3299", 3200)],
)
def test_an_unknown_code_means_what_its_class_means(code: str, stands_for: int) -> None:
    assert code_of(code) is CODES[stands_for]


@pytest.mark.parametrize("code", [None, "0000", "9000", "11", "11111", "١١١١", "-111"])
def test_a_code_of_no_class_means_nothing(code: str | None) -> None:
    assert code_of(code) is UNKNOWN_CODE


def test_every_attempt_is_a_word_of_ours() -> None:
    assert {code.attempt for code in CODES.values()} <= set(get_args(CallResult))


# --- summaries ---


def test_a_missed_call() -> None:
    assert summary() == CallEvent(
        call_key="e-1",
        direction="in",
        client="+79001112233",
        line="+74950000001",
        started_at=at(0),
        ended_at=at(20),
        stage="ringing",
        hung_up_by="network",
        reason_detail="no_answer",
        raw_reason="1111",
    )


def test_an_answered_call_says_who_talked_how_long() -> None:
    event = summary(talk_time=START + 8, entry_result=1, disconnect_reason=1110)
    assert (event.stage, event.answered_at, event.talk_seconds, event.extension) == ("talk", at(8), 12, "12")
    assert (event.hung_up_by, event.reason_detail, event.result) == ("client", None, None)


def test_a_successful_attempt() -> None:
    event = summary(**OUT, talk_time=str(START + 8), disconnect_reason="1120")
    assert (event.result, event.answered_at, event.talk_seconds, event.hung_up_by) == ("answered", at(8), 12, "client")


@pytest.mark.parametrize(
    ("code", "detail"),
    [(1100, "dropped_in_ivr"), (1110, "dropped_in_ivr"), (1170, "dropped_by_scheme"), (1111, "no_answer")],
)
def test_an_empty_callee_is_an_end_in_the_ivr_whatever_entry_result_says(code: int, detail: str) -> None:
    event = summary(to={}, entry_result=1, disconnect_reason=code)
    assert (event.stage, event.reason_detail) == ("ivr", detail)


@pytest.mark.parametrize(("code", "stage"), [(1171, "no_route"), (1192, None), (1163, "queue")])
def test_an_empty_callee_claims_no_ivr_where_the_code_says_otherwise(code: int, stage: str | None) -> None:
    assert summary(to={}, disconnect_reason=code).stage == stage


def test_an_internal_call_has_no_client() -> None:
    event = summary(call_direction=0, **{"from": {"extension": 11}, "to": {"extension": "12"}}, line_number=None)
    assert (event.direction, event.client, event.line, event.extension) == ("internal", None, None, "11")
    assert (event.hung_up_by, event.reason_detail, event.stage) == (None, None, None)


def test_a_hidden_caller_is_no_client() -> None:
    assert summary(**{"from": {}}).client is None
    assert summary(**{"from": None}).client is None
    assert summary(**{"from": {"number": "anonymous"}}).client == "anonymous"


def test_strings_and_numbers_are_one() -> None:
    texts = {name: str(value) for name, value in SUMMARY.items() if isinstance(value, int)}
    assert summary(**texts, **{"from": {"number": 79001112233}}) == summary()


@pytest.mark.parametrize("value", ["noon", "-5", "5", "1e300", "9" * 400])
def test_an_unreadable_moment_is_set_aside_not_refused(value: str) -> None:
    raw = mango_request("events/summary", SUMMARY | {"end_time": value})
    PROVIDERS["mango"].check(raw, READING)
    with pytest.raises(Malformed) as refused:
        PROVIDERS["mango"].parse(raw, READING)
    assert refused.value.pointer == "/end_time"


def test_a_sign_is_checked_over_the_text_as_it_came() -> None:
    text = '{ "entry_id" : "\\u0435-1",  "call_direction":1, "to": {"number": "ё+&=%"} }'
    raw = mango_request("events/summary", text)
    PROVIDERS["mango"].verify(raw, {"api_key": "key-of-the-product", "api_salt": "salt-of-the-product"})
    (event,) = parsed("mango", raw)
    assert isinstance(event, CallEvent)
    assert event.call_key == "е-1"


# --- legs ---


def test_a_phone_rings_is_answered_and_hangs_up() -> None:
    rang, answered = read_leg(leg("Appeared", 2)), read_leg(leg("Connected", 5))
    ended = read_leg(leg("Disconnected", 9, disconnect_reason=1110))
    assert rang.legs == (LegSeen(key="l-1", extension="12", rang_at=at(2)),)
    assert answered.legs == (LegSeen(key="l-1", extension="12", answered_at=at(5), result="answered"),)
    assert ended.legs == (LegSeen(key="l-1", extension="12", ended_at=at(9)),)
    assert [event.stage for event in (rang, answered, ended)] == ["ringing", "talk", None]
    assert (answered.answered_at, rang.answered_at, ended.ended_at) == (at(5), None, None)


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("1111", "no_answer"),
        (1121, "busy"),
        (1122, "rejected"),
        (1123, "dnd"),
        (1124, "unavailable"),
        (1131, "unavailable"),
        (1160, "no_answer"),
        (1192, "unavailable"),
        (4210, "unavailable"),
        (1100, None),
        (1110, None),
        (1120, None),  # also the usual end of a talk
        (1182, None),
        (None, None),
    ],
)
def test_why_a_phone_did_not_answer(code: Any, result: str | None) -> None:
    event = read_leg(leg("Disconnected", 9, disconnect_reason=code))
    assert [seen.result for seen in event.legs] == [result]
    assert event.raw_reason is None


@pytest.mark.parametrize("place", ["ivr", "queue"])
def test_a_robot_is_evidence_of_a_stage_and_never_a_phone(place: str) -> None:
    for message in (leg("Appeared", 0, place=place), leg("Disconnected", 2, place=place, disconnect_reason=1100)):
        event = read_leg(message)
        assert (event.stage, event.legs, event.ended_at, event.reason_detail) == (place, (), None, None)
    assert read_leg(leg("Connected", 0, place=place)).answered_at is None


def test_the_misprint_of_the_document_is_understood() -> None:
    message = leg("Appeared", 2)
    message["locaton"] = message.pop("location")
    assert len(read_leg(message).legs) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"from": {"extension": "11", "number": "79001112233"}},
        {"from": {"number": "sip:11@x.mangosip.ru"}},
        {"from": {}},
        {"to": {"extension": "12"}},
        {"command_id": "t-42"},
        {"task_id": 7},
        {"callback_initiator": "MissGroupCallCallback"},
        {"callback_initiator": "MissInIvr\u0421allCallback"},
    ],
)
def test_a_leg_that_may_be_a_transfer_or_a_callback_claims_no_direction_and_no_answer(fields: dict[str, Any]) -> None:
    event = read_leg(leg("Connected", 5, **fields))
    assert (event.direction, event.client, event.line, event.answered_at) == (None, None, None, None)
    assert event.stage != "talk"


def test_a_command_is_tied_by_its_id_and_its_legs_are_no_answers() -> None:
    event = read_leg(leg("Connected", 5, command_id="t-42"))
    assert (event.command_key, event.legs) == ("t-42", ())


def test_a_call_forwarded_to_a_mobile_rings_there() -> None:
    event = read_leg(leg("Appeared", 5, to={"number": "79005556677", "line_number": "74950000001"}))
    assert event.legs == (LegSeen(key="l-1", rang_at=at(5)),)


def test_the_phone_of_the_client_is_no_leg_of_ours() -> None:
    message = leg("Appeared", 5, to={"number": "79001112233"}) | {"from": {"extension": "12"}}
    assert read_leg(message).legs == ()


def test_a_group_is_named() -> None:
    assert read_leg(leg("Appeared", 5, to={"extension": "12", "acd_group": 700})).group == "700"


@pytest.mark.parametrize("field", ["from", "to", "timestamp", "seq", "location", "call_state", "call_id"])
@pytest.mark.parametrize("value", [None, [], {}, True, ""])
def test_absent_and_odd_fields_are_no_refusal(field: str, value: Any) -> None:
    assert read_leg(leg("Appeared", 5, **{field: value})).call_key == "e-1"


def test_recordings_that_are_complete_are_kept_by_their_id() -> None:
    done = {"entry_id": "e-1", "recording_id": "r/1=", "recording_state": "Completed"}
    expected: list[Event] = [CallEvent(call_key="e-1", recording_url="mango:r/1=")]
    assert parsed("mango", mango_request("events/recording", done)) == expected
    assert (
        parsed("mango", mango_request("events/record/added", {"entry_id": "e-1", "recording_id": "r/1="})) == expected
    )


# --- any order, any number of times ---

ANSWERED_CALL = [
    (
        "events/call",
        leg("Appeared", 0, call_id="ivr", place="ivr", to={"number": "74950000001", "line_number": "74950000001"}),
    ),
    ("events/call", leg("Disconnected", 4, call_id="ivr", place="ivr", disconnect_reason="1100")),
    ("events/call", leg("Appeared", 3)),
    ("events/call", leg("Connected", 8)),
    ("events/call", leg("Disconnected", 20, disconnect_reason=1110)),
    ("events/summary", SUMMARY | {"talk_time": START + 8, "disconnect_reason": 1110, "entry_result": 1}),
]
MISSED_CALL = [
    ("events/call", leg("Appeared", 0, call_id="ivr", place="ivr")),
    ("events/call", leg("Disconnected", 2, call_id="ivr", place="ivr", disconnect_reason=1100)),
    ("events/call", leg("Appeared", 2)),
    ("events/call", leg("Disconnected", 12, disconnect_reason=1111)),
    ("events/call", leg("Appeared", 12, call_id="l-2", to={"extension": "13", "line_number": "74950000001"})),
    ("events/call", leg("Disconnected", 20, call_id="l-2", to={"extension": "13"}, disconnect_reason="1121")),
    ("events/summary", SUMMARY),
]


def known(messages: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    return merged("mango", [mango_request(path, message) for path, message in messages])


@pytest.mark.parametrize("messages", [ANSWERED_CALL, MISSED_CALL], ids=["answered", "missed"])
def test_any_order_and_any_repetition_tell_the_same(messages: list[Any]) -> None:
    expected = known(messages)
    chance = random.Random(7)
    orders = list(itertools.permutations(messages))
    for order in chance.sample(orders, 120):
        doubled = [*order, *chance.choices(messages, k=3)]
        assert known(doubled) == expected


def test_what_is_known_in_the_end() -> None:
    answered, missed = known(ANSWERED_CALL), known(MISSED_CALL)
    assert (answered["stage"], answered["answered_at"], answered["leg l-1 result"]) == ("talk", at(8), "answered")
    assert (answered["started_at"], answered["ended_at"], answered["extension"]) == (at(0), at(20), "12")
    assert (missed["stage"], missed.get("answered_at"), missed["reason_detail"]) == ("ringing", None, "no_answer")
    assert (missed["leg l-1 result"], missed["leg l-2 result"]) == ("no_answer", "busy")
    assert not any(key.startswith("leg ivr") for key in (*answered, *missed))


def test_the_form_is_what_a_browser_would_send() -> None:
    body = b"json=%7B%22entry_id%22%3A+%22a%2Bb%22%7D&vpbx_api_key=k&json=ignored"
    raw = mango_request("events/summary", {})
    spoken = PROVIDERS["mango"].parse(
        type(raw)(**{n: getattr(raw, n) for n in raw.__slots__} | {"body": body}), READING
    )
    assert [event.call_key for event in spoken if isinstance(event, CallEvent)] == ["a+b"]
    assert json.loads(PROVIDERS["mango"].reply(raw).body) == {}
