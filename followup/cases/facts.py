"""The facts of one client that a case is derived from, and what is derived: the types of ``cases.rules``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from followup.calls.verdict import MissReason

CallRole = Literal["missed", "contact_in", "contact_out", "attempt"]
ActionKind = Literal[
    "take", "release", "transfer", "return", "handle", "reopen", "snooze", "note", "dial", "block", "unblock"
]
How = Literal["called_out", "called_in", "manual", "merged", "expired", "blocked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFact:
    """A judged external call of the client.

    ``role``: missed inbound; successful inbound / outbound (then ``contact_at`` is set); unsuccessful, running or
    unknown outbound = attempt. Other calls (running inbound…) are no facts of a case.
    """

    id: int
    role: CallRole
    started_at: datetime
    contact_at: datetime | None = None
    line: str | None = None
    reason: MissReason | None = None
    member_id: int | None = None
    is_short: bool = False  # an attempt that rang less than short_attempt (D8)
    number_id: int | None = None
    key: str = ""  # settles facts of one instant: ids depend on the order of arrival
    window: timedelta | None = None  # R4, as it was valid then; None = the policy's


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFact:
    """An accepted callback order."""

    id: int
    ordered_at: datetime
    line: str | None = None
    reason: MissReason | None = None  # "forbidden" when the number may not be called (R14.8)
    number_id: int | None = None
    key: str = ""
    window: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionFact:
    """What a person (or the clock, ``member_id`` None) did about the client at ``at``.

    ``data`` by kind: transfer {"to": member id}; handle {"reason": code, "text": str|None};
    snooze {"until": ISO moment}; note {"text": str}; return {"from": member id}.
    ``at`` is never before the newest fact the person saw, so a PBX clock that runs ahead cannot undo a press.
    """

    id: int
    kind: ActionKind
    at: datetime
    member_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


Fact = CallFact | OrderFact | ActionFact


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePolicy:
    """What the timeline needs of the settings."""

    window: timedelta = timedelta(days=31)
    reopen_within: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One stretch of an unanswered client: from its first miss or order to the contact, press or expiry.

    Moments: ``opened_at`` = start of the first missed call (or the order's time if nothing was missed first);
    ``last_missed_at`` = start of the last miss; ``first_attempt_at`` = start of the first attempt.
    ``fact_keys`` are "c:<id>", "o:<id>", "a:<id>" in order of time: what the episode is made of.
    """

    fact_keys: tuple[str, ...]
    opened_at: datetime
    last_missed_at: datetime
    missed: int
    miss_ids: tuple[int, ...]
    order_ids: tuple[int, ...] = ()
    attempt_ids: tuple[int, ...] = ()
    lines: tuple[str, ...] = ()  # distinct, in order of appearance
    reasons: tuple[MissReason, ...] = ()  # one a miss, in order of time; the last one is the row's reason
    attempts: int = 0
    short_attempts: int = 0
    first_attempt_at: datetime | None = None
    last_attempt_at: datetime | None = None
    last_attempt_by: int | None = None
    contact_at: datetime | None = None
    contact_id: int | None = None  # the call that closed it
    owner_id: int | None = None
    taken_at: datetime | None = None
    snoozed_until: datetime | None = None
    snoozed_by: int | None = None
    calling_by: int | None = None
    calling_at: datetime | None = None
    notes: tuple[tuple[datetime, int | None, str], ...] = ()
    closed_at: datetime | None = None
    how: How | None = None
    closed_by: int | None = None
    close_reason: str | None = None
    close_text: str | None = None
    expires_at: datetime | None = None  # None once closed

    @property
    def is_open(self) -> bool:
        """Still waiting for a contact or a decision."""
        return self.closed_at is None
