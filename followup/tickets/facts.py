"""What tickets are derived from, and what is derived: the types of ``tickets.rules``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from followup.tickets.statuses import Status

TouchKind = Literal["missed", "answered", "order", "attempt", "contact_out", "message_in", "message_out"]
TicketKind = Literal["voice", "text", "api"]
ActKind = Literal[
    "create", "take", "release", "transfer", "fan", "return", "status", "close", "reopen", "topic", "comment", "snooze"
]
VOICE = "voice"  # the lane of a client's calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """Something between the client and us: a call, an order, a message.

    ``opens``: by the team's rule it makes a ticket where the client has none. ``contact_at``: when both spoke.
    ``account_id`` is set for messages only: the lane they belong to.
    """

    key: str  # "c:<call>" | "o:<order>" | "m:<message>"
    kind: TouchKind
    at: datetime
    opens: bool = False
    contact_at: datetime | None = None
    channel: str = "phone"
    entry_point: str | None = None
    group: str | None = None
    number_id: int | None = None
    account_id: int | None = None
    tie: str = ""  # settles touches of one instant: ids depend on the order of arrival

    @property
    def lane(self) -> str:
        """Where it belongs; calls and orders of a client are all of one lane."""
        return VOICE if self.account_id is None else f"t:{self.account_id}"

    @property
    def reacted_at(self) -> datetime | None:
        """When we turned to the client (X19): we dialled, wrote, or took his call."""
        if self.kind in ("attempt", "contact_out", "message_out"):
            return self.at
        return self.contact_at if self.kind == "answered" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a person, the fan or the clock did about a client's ticket of one lane.

    ``data`` by kind: create {"channel", "entry_point", "subject", "group", "number_id"}; transfer {"to": member id} or
    {"group": name}; fan {"to", "why"}; return {"from"}; status {"to"}; close {"result", "status", "comment"};
    topic {"topic"}; comment {"text"}; snooze {"until": ISO moment}.
    """

    id: int
    kind: ActKind
    at: datetime
    lane: str
    member_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Ticket:
    """A ticket as its facts tell it. ``worked`` are the stretches of handling (X20), the last one open-ended."""

    lane: str
    kind: TicketKind
    channel: str
    origin_key: str
    created_at: datetime
    fact_keys: list[str]
    entry_point: str | None = None
    group_name: str | None = None
    number_id: int | None = None
    account_id: int | None = None
    call_id: int | None = None
    subject: str | None = None
    status: Status = "unsorted"
    owner_id: int | None = None
    owned_at: datetime | None = None
    topic_id: int | None = None
    result_id: int | None = None
    comment: str | None = None
    first_reaction_at: datetime | None = None
    last_reaction_at: datetime | None = None
    taken_at: datetime | None = None
    contact_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: int | None = None
    reopened: int = 0
    snoozed_until: datetime | None = None
    last_fact_at: datetime
    worked: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    snoozes: list[tuple[datetime, datetime]] = field(default_factory=list)
    before_close: Status = "check"  # what a reopened ticket goes back to

    @property
    def is_open(self) -> bool:
        """Still somebody's business."""
        return self.closed_at is None
