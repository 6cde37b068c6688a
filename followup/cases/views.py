"""What readers get of a case: the card's view, the queue's row, a line of its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from followup.calls.verdict import MissReason
from followup.cases.facts import How

CaseKind = Literal["client", "anonymous"]
CaseState = Literal["open", "closed", "withdrawn"]
Tab = Literal["open", "processed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """A callback order on a card."""

    ordered_at: datetime
    widget_name: str
    topic: str | None
    wanted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteView:
    """A note a colleague left."""

    at: datetime
    author: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """Everything a card shows of one case. ``number`` is E.164 (or what the PBX sent); None = hidden caller.

    Names are as stored, not escaped: templates escape. ``line_names`` are names, or numbers where a line has none.
    """

    id: int
    team_id: int
    version: int
    kind: CaseKind
    state: CaseState
    number: str | None
    other_numbers: tuple[str, ...]
    client_name: str | None
    is_erased: bool = False  # forgotten at his request: nothing is shown of him
    line_names: tuple[str, ...]
    reason: MissReason | None
    reasons: tuple[MissReason, ...]
    opened_at: datetime
    last_missed_at: datetime
    missed: int
    orders: tuple[OrderView, ...]
    attempts: int
    first_attempt_at: datetime | None
    last_attempt_at: datetime | None
    last_attempt_by: str | None
    contact_at: datetime | None
    contact_by: str | None
    owner_id: int | None
    owner_name: str | None
    taken_at: datetime | None
    snoozed_until: datetime | None
    snoozed_by: str | None
    calling_by: str | None
    calling_at: datetime | None
    notes: tuple[NoteView, ...]
    closed_at: datetime | None
    how: How | None
    closed_by: str | None
    close_reason: str | None
    close_text: str | None
    is_blocked: bool = False  # the client is on the team's blacklist

    @property
    def lost(self) -> timedelta:
        """How long the call has been lost: last miss − first miss (R12, X9)."""
        return self.last_missed_at - self.opened_at


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One line of a client's history, oldest first.

    ``kind``: missed, contact_in, contact_out, attempt, order, or a case action (take, release, transfer, return,
    handle, reopen, snooze, note, dial, block, unblock).
    """

    at: datetime
    kind: str
    who: str | None = None
    line_name: str | None = None
    reason: str | None = None
    seconds: int | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One row of the queue (R1, R3, R10–R19): the same on the screen, in files, by CLI and API."""

    case_id: int
    client: str | None
    name: str | None
    lines: tuple[str, ...]
    reason: MissReason | None
    reasons: tuple[MissReason, ...]
    first_call_at: datetime
    last_call_at: datetime
    lost_seconds: int
    waiting_seconds: int
    missed: int
    attempts: int
    first_attempt_seconds: int | None
    contact_seconds: int | None
    taken_by: str | None
    state: Literal["open", "taken", "snoozed", "closed"]
    closed_at: datetime | None = None
    closed_by: str | None = None
    how: How | None = None
    close_reason: str | None = None
    close_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueCounters:
    """R20: two separate figures, and how many rows each tab has under the present filter."""

    clients: int  # clients who did not get through (open cases of known numbers)
    calls: int  # missed calls to handle (of open cases, hidden callers included)
    open_rows: int
    processed_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """What a queue screen shows. ``day``: local date, row shown if any of its missed calls is on it (R8)."""

    tab: Tab = "open"
    day: str | None = None  # ISO date
    line: str | None = None  # line key
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """One page of the queue."""

    filter: QueueFilter
    rows: tuple[QueueRow, ...]
    counters: QueueCounters
    pages: int
    as_of: datetime
    line_names: Mapping[str, str]  # every line of the team, key → name, for the filter
