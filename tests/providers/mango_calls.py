"""Mango's messages of one call, to bend in a test."""

from datetime import UTC, datetime
from typing import Any

from followup.calls.events import CallEvent
from tests.providers.dialects import SUMMARY, mango_request, parsed

START = 1748090923
OUT = {"call_direction": 2, "from": {"extension": "12", "number": "sip:anna@x"}, "to": {"number": "79001112233"}}


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
