"""What the rules say of one merged call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from followup.calls.events import CallResult, Direction, HungUpBy, Stage

Outcome = Literal["missed", "successful", "failed", "in_progress", "internal"]
MissReason = Literal[
    "forbidden",
    "no_route",
    "off_hours",
    "abandoned_10s",
    "abandoned_greeting",
    "abandoned_ivr",
    "all_unavailable",
    "not_answered",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """All that is known of one call, merged from its events in any order.

    ``legs`` maps the leg key to its merged fields; ``seqs`` remembers which ``seq`` gave a field its value
    ("legs/<key>/<field>" for legs). Both are JSON-able except for the moments, see ``calls.merge.to_json``.
    """

    call_key: str
    direction: Direction | None = None
    client: str | None = None
    line: str | None = None
    started_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
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
    legs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    seqs: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a call is judged by: the settings valid at its start, and whether its line was open then."""

    min_talk: timedelta
    short_call: timedelta
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One call judged (D5, D6, D8, D14, D15, R14, X10, X25).

    ``contact_at`` is when a human of ours and the client were connected (successful calls only);
    ``extension`` is the phone whose manager the call belongs to (None = «Не назначен»).
    """

    outcome: Outcome
    contact_at: datetime | None = None
    talk_seconds: int = 0
    ring_seconds: int | None = None
    extension: str | None = None
    reason: MissReason | None = None
    reason_detail: str | None = None
    is_suspect: bool = False
