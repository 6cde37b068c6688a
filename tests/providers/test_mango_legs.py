"""MANGO OFFICE: one leg's change at a time, and what it must not claim."""

from typing import Any

import pytest

from followup.calls.events import CallEvent, Event, LegSeen
from tests.providers.dialects import mango_request, parsed
from tests.providers.mango_calls import at, leg, read_leg


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
