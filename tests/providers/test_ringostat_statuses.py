"""Ringostat: what each status says of a miss and of an attempt."""

from typing import get_args

import pytest

from followup.calls.events import CallResult
from providers.ringostat_words import STATUSES
from tests.providers.ringostat_rows import ROW, START, after, read

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


@pytest.mark.parametrize("status", [*STATUSES, "TELEPORTED"])
def test_nobody_is_said_to_have_hung_up(status: str) -> None:
    assert read(ROW | {"disposition": status, "duration": "3"}).hung_up_by is None


def test_voicemail_is_no_talk_though_it_was_billed() -> None:
    event = read(ROW | {"disposition": "VOICEMAIL", "billsec": "12"})
    assert (event.answered_at, event.talk_seconds, event.stage) == (None, None, "voicemail")
