"""What a PBX message says: the one vocabulary that every provider translates into.

An event is *what is known so far*; ``None`` means "this message does not say". Several events of one
call are merged field by field (``followup.calls.merge``), so a provider never has to remember anything.
All moments are timezone-aware; all numbers are the vendor's own spelling (``followup.phone`` reads them).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Direction = Literal["in", "out", "internal"]
Stage = Literal["no_route", "greeting", "ivr", "queue", "ringing", "voicemail", "talk"]
HungUpBy = Literal["client", "us", "network"]
LegResult = Literal["answered", "no_answer", "busy", "unavailable", "dnd", "rejected"]
CallResult = Literal[
    "answered",
    "busy",
    "no_answer",
    "rejected",
    "congestion",
    "invalid_number",
    "blacklisted",
    "no_coverage",
    "phone_off",
    "forbidden",
    "machine",
    "operator_rejected",
    "operator_hung_up",
    "lost",
    "system_error",
    "unknown_error",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegSeen:
    """One phone of ours that a call rang at. ``key`` is the vendor's leg id; without one, (extension, rang_at) is it."""

    extension: str | None = None
    rang_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    result: LegResult | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent:
    """What one message says of one external or internal call so far."""

    call_key: str
    direction: Direction | None = None
    client: str | None = None
    line: str | None = None
    started_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    legs: tuple[LegSeen, ...] = ()
    stage: Stage | None = None
    hung_up_by: HungUpBy | None = None
    result: CallResult | None = None
    talk_seconds: int | None = None
    extension: str | None = None
    group: str | None = None
    client_name: str | None = None
    recording_url: str | None = None
    order_key: str | None = None
    command_key: str | None = None
    reason_detail: str | None = None
    raw_reason: str | None = None
    seq: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent:
    """A client asks to be called back (a site widget, an IVR, a bot)."""

    order_key: str
    widget: str
    ordered_at: datetime
    client: str | None = None
    wanted_at: datetime | None = None
    topic: str | None = None
    name: str | None = None
    consent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEvent:
    """A client writes (a web form, an e-mail relayed by a script)."""

    message_key: str
    channel: str
    text: str
    at: datetime
    entry_point: str | None = None
    client_account: str | None = None
    client_name: str | None = None
    client: str | None = None


Event = CallEvent | OrderEvent | MessageEvent
