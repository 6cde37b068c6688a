"""The numbers of one local day, as a digest prints them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from followup.health.actions import BlindWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    """A day's totals. Calls are counted on the day they started (D12), orders on the day of the order (P10).

    ``clients``: those with a missed call that day (hidden callers are not clients); ``called_out`` to ``open``: the
    fates of their cases. Medians are of what was done that day, in whole seconds.
    """

    calls: int
    incoming: int
    outgoing: int
    answered: int
    missed: int
    unknown: int
    hidden: int  # missed calls without a number
    clients: int
    called_out: int
    called_in: int
    manual: int
    merged: int
    expired: int
    blocked: int
    open: int
    reasons: Mapping[str, int]  # missed calls by R14 code
    attempts: int
    first_attempt_median: int | None
    contact_median: int | None
    orders: int
    orders_successful: int
    orders_unsuccessful: int
    orders_pending: int
    messages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFigures:
    """One manager's day. proven = closed by a call record, claimed = closed by hand."""

    name: str
    proven: int
    claimed: int
    attempts: int
    contact_median: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """A client still waiting."""

    client: str | None
    name: str | None
    missed: int
    attempts: int
    first_call_at: datetime
    taken_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HourFigures:
    """Missed calls of one local hour by what became of them: won back (out, in, by hand) or still open/lost."""

    hour: int
    returned: int
    by_hand: int
    open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFigures:
    """Tickets: made and closed that day; open now, and since when the one unanswered for longest has been waiting."""

    created: int
    closed: int
    open: int
    waiting_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestNumbers:
    """All a digest says. ``before`` is the same weekday a week earlier (None: no calls then)."""

    day: date
    as_of: datetime
    timezone: str
    team_name: str
    is_whole: bool  # False: "today so far"
    is_late: bool
    figures: DayFigures
    before: DayFigures | None
    people: tuple[PersonFigures, ...]
    hours: tuple[HourFigures, ...]
    left_open: tuple[OpenCase, ...]  # oldest first, at most 10
    left_open_clients: int  # R21: all open cases of clients, whatever day they opened
    left_open_calls: int
    windows: tuple[BlindWindow, ...] = ()  # stretches of working time without data
    tickets: TicketFigures | None = None  # None: the team does nothing with them
