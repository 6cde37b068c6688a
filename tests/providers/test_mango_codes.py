"""MANGO OFFICE: what each disconnect_reason says of a miss and of an attempt."""

from typing import get_args

import pytest

from followup.calls.events import CallResult
from providers.mango_codes import CODES, UNKNOWN_CODE, code_of
from tests.providers.mango_calls import OUT, summary

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
