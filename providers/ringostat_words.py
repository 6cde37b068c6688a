"""Ringostat's statuses, kinds of calls and names of fields in our words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from followup.calls.events import CallResult, Direction, Stage


class Status(NamedTuple):
    """What one disposition tells."""

    detail: str | None = None
    stage: Stage | None = None
    attempt: CallResult | None = None  # how an outbound call ended by it
    is_answered: bool = False
    is_final: bool = True


ANSWERED: Final = Status(stage="talk", attempt="answered", is_answered=True)
LASTING: Final = Status(is_final=False)
STATUSES: Final[Mapping[str, Status]] = {  # letters only: NO-FORWARD, NO_FORWARD and no+forward are one
    "ANSWERED": ANSWERED,
    "PROPER": ANSWERED,
    "REPEATED": ANSWERED,
    "NOANSWER": Status("no_answer", "ringing", "no_answer"),
    "BUSY": Status("all_busy", None, "busy"),
    "FAILED": Status("technical", None, "system_error"),
    "NOFORWARD": Status("no_route", "no_route", "system_error"),
    "VOICEMAIL": Status("voicemail", "voicemail", "machine"),
    "NOEXTENSION": Status("dropped_in_ivr", "ivr", "no_answer"),
    "WRONGEXTENSION": Status("dropped_in_ivr", "ivr", "no_answer"),
    "CLIENTNOANSWER": Status("client_no_answer", None, "no_answer"),
    "FAILEDFORBIDDENDESTINATION": Status("forbidden_destination", None, "forbidden"),
    "FORBIDDENDESTINATION": Status("forbidden_destination", None, "forbidden"),
    "DECLINE": Status("rejected", "ringing", "rejected"),
    "INPROGRESS": LASTING,
    "CALLING": LASTING,
}
DIRECTIONS: Final[Mapping[str, Direction]] = {
    "in": "in",
    "incoming": "in",
    "transitin": "in",
    "out": "out",
    "outgoing": "out",
    "transitout": "out",
    "callback": "out",  # announced as an incoming event, yet it is we who dial the client
}
# Where the client's number stands; `dst` of an inbound call is the project's own tracking number.
CLIENT_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "in": ("e164", "userfield", "caller_number", "caller"),
    "out": ("dst", "callee"),
    "callback": ("e164", "userfield", "caller_number", "caller", "dst", "callee"),
}
LINE_FIELDS: Final[Mapping[Direction, tuple[str, ...]]] = {
    "in": ("dst", "callee", "outbound_number", "n_alias"),
    "out": ("outbound_number", "n_alias"),
}
KEY_FIELDS: Final = ("uniqueid", "cdr_id", "call_id", "record")
EMPLOYEE_FIELDS: Final = ("connected_with", "additional_number", "employee_number", "staffid")
# An outbound attempt rings at the client, so what is ours on the way in is his on the way out.
OUTBOUND_DETAILS: Final[Mapping[str | None, str]] = {"no_answer": "client_no_answer", "all_busy": "busy"}
