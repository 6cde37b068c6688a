"""MANGO OFFICE's disconnect_reason codes in our words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from followup.calls.events import CallResult, Direction, HungUpBy, LegResult, Stage

Side = Literal["caller", "callee", "us", "network"]


class Code(NamedTuple):
    """What one disconnect_reason tells of an unanswered call."""

    detail: str | None
    ended_by: Side | None
    leg: LegResult | None
    attempt: CallResult  # how an outbound call ended by it
    reached: Stage | None = (
        None  # what it proves of an inbound call; "ringing" turns into "ivr" when nobody was dialled
    )


CODES: Final[Mapping[int, Code]] = {
    1000: Code(None, None, None, "no_answer", "ringing"),
    1100: Code(None, None, None, "no_answer", "ringing"),
    1110: Code("caller_abandoned", "caller", None, "operator_hung_up", "ringing"),
    1111: Code("no_answer", "network", "no_answer", "no_answer", "ringing"),
    1120: Code("rejected", "callee", None, "rejected", "ringing"),  # of a leg: also the usual end of a talk
    1121: Code("busy", "network", "busy", "busy"),
    1122: Code("rejected", "callee", "rejected", "rejected", "ringing"),
    1123: Code("dnd", "network", "dnd", "rejected"),
    1124: Code("agent_unavailable", "network", "unavailable", "no_coverage"),
    1130: Code("unreachable", "network", "unavailable", "forbidden"),
    1131: Code("unreachable", "network", "unavailable", "no_coverage"),
    1132: Code("unreachable", "network", "unavailable", "invalid_number"),
    1133: Code("invalid_number", "network", "unavailable", "invalid_number"),
    1134: Code("no_route", "network", "unavailable", "system_error", "no_route"),
    1140: Code("forbidden_destination", "network", "unavailable", "forbidden"),
    1150: Code("blacklisted", "network", None, "blacklisted"),
    1160: Code("no_answer", "network", "no_answer", "no_answer", "ringing"),
    1162: Code("all_busy", "network", None, "congestion", "queue"),
    1163: Code("queue_timeout", "network", None, "no_answer", "queue"),
    1164: Code("all_busy", "network", "unavailable", "no_answer"),
    1170: Code("dropped_by_scheme", "network", None, "system_error", "ringing"),
    1171: Code("no_route", "network", None, "system_error", "no_route"),
    1180: Code(None, "us", None, "operator_hung_up", "ringing"),
    1182: Code(None, None, None, "no_answer", "ringing"),  # another operator took it over
    1183: Code(None, None, None, "no_answer", "ringing"),
    1190: Code("out_of_hours", "network", "unavailable", "no_coverage"),
    1191: Code("inactive", "network", "unavailable", "no_coverage"),
    1192: Code("out_of_hours", "network", "unavailable", "no_coverage"),
    2000: Code("billing", "network", None, "forbidden"),
    2220: Code("billing", "network", None, "congestion"),
    2300: Code("forbidden_destination", "network", None, "forbidden"),
    3000: Code("technical", "network", None, "system_error"),
    3200: Code("invalid_number", "network", "unavailable", "invalid_number"),
    4000: Code("unreachable", "network", "unavailable", "no_coverage"),
    4500: Code("blacklisted", "network", None, "blacklisted"),
    4501: Code("blacklisted", "network", None, "congestion"),
    5000: Code("technical", "network", "unavailable", "system_error"),
}
UNKNOWN_CODE: Final = Code(None, None, None, "unknown_error", "ringing")
HUNG_UP_BY: Final[Mapping[tuple[Side | None, Direction | None], HungUpBy]] = {
    ("caller", "in"): "client",
    ("callee", "in"): "us",
    ("caller", "out"): "us",
    ("callee", "out"): "client",
    ("us", "in"): "us",
    ("us", "out"): "us",
    ("network", "in"): "network",
    ("network", "out"): "network",
}


def code_of(reason: str | None) -> Code:
    """The meaning of a code; an unknown one means what its subclass or class means (2219 → 2210 → 2200 → 2000)."""
    if reason is None or not (reason.isascii() and reason.isdigit() and len(reason) == 4):
        return UNKNOWN_CODE
    for known in (reason, reason[:3] + "0", reason[:2] + "00", reason[0] + "000"):
        if int(known) in CODES:
            return CODES[int(known)]
    return UNKNOWN_CODE
