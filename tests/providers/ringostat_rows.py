"""Ringostat's rows of one call in both generations, to bend in a test."""

from datetime import UTC, datetime, timedelta
from typing import Any

from followup.calls.events import CallEvent
from providers.contract import Reading
from tests.providers.dialects import READING, json_request, parsed

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
