"""Until when a callback order may be carried out, and what became of it (P3–P6, X16, X22, X28)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from followup.calls.events import CallResult, HungUpBy
from followup.hours import Schedule, local_date, local_day

OrderState = Literal["pending", "successful", "unsuccessful"]
OrderReason = Literal[
    "client_no_coverage",
    "client_phone_off",
    "client_no_answer",
    "operators_did_not_call",
    "operators_unavailable",
    "operator_hung_up",
    "other",
]

_DAY = timedelta(days=1)
_LONGEST_SEARCH = 366
# P5.1–P5.6. Busy, refused and forbidden clients are none of the six: "other".
_REASONS: Mapping[CallResult | None, OrderReason] = {
    None: "client_no_answer",
    "no_answer": "client_no_answer",
    "no_coverage": "client_no_coverage",
    "phone_off": "client_phone_off",
    "operator_hung_up": "operator_hung_up",
    # The PBX rang our own phone first and nobody took it: the client was not called at all.
    "operator_rejected": "operators_did_not_call",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A callback order; ``was_anyone_available`` is None where duty statuses are not used."""

    order_key: str
    ordered_at: datetime
    was_anyone_available: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An outbound call to the order's number."""

    call_key: str
    started_at: datetime
    order_key: str | None = None
    is_successful: bool = False
    contact_at: datetime | None = None
    result: CallResult | None = None
    hung_up_by: HungUpBy | None = None


@dataclass(frozen=True, slots=True)
class OrderOutcome:
    """What became of an order; ``done_at`` is the contact, or the deadline that passed."""

    state: OrderState
    reason: OrderReason | None = None
    done_at: datetime | None = None


def deadline(
    ordered_at: datetime,
    wanted_at: datetime | None,
    schedule: Schedule,
    timezone: str,
    order_deadline: timedelta | None,
) -> datetime:
    """The last closing of the first working date after the order, or after its desired time (X28)."""
    asked_for = max(ordered_at, wanted_at or ordered_at)
    if order_deadline is not None:
        return asked_for + order_deadline
    tomorrow = local_date(asked_for, timezone) + _DAY
    if schedule.expression is not None:
        for days in range(_LONGEST_SEARCH):
            if closing := schedule.last_closing_of(tomorrow + days * _DAY):
                return closing
    return local_day(tomorrow, timezone)[1]


def is_in_hours(ordered_at: datetime, schedule: Schedule) -> bool:
    """Whether the order counts in P6: only the order's own time matters, not the call's (X22)."""
    return schedule.is_open(ordered_at)


def serving(order: Order, attempts: Iterable[Attempt], deadline: datetime) -> list[Attempt]:
    """The attempts that serve the order, in order of time.

    A call that carries the order's key always does; one that carries none does from the order until the deadline.
    """
    own = [
        attempt
        for attempt in attempts
        if attempt.order_key == order.order_key
        or (attempt.order_key is None and order.ordered_at <= attempt.started_at <= deadline)
    ]
    return sorted(own, key=lambda attempt: (attempt.started_at, attempt.call_key))


def order_outcome(order: Order, attempts: Iterable[Attempt], deadline: datetime, now: datetime) -> OrderOutcome:
    own = serving(order, attempts, deadline)
    reached = [attempt.contact_at or attempt.started_at for attempt in own if attempt.is_successful]
    if reached:
        return OrderOutcome("successful", None, min(reached))
    if now < deadline:
        return OrderOutcome("pending")
    return OrderOutcome("unsuccessful", _final_reason(order, own), deadline)


def _final_reason(order: Order, own: Sequence[Attempt]) -> OrderReason:
    """That of the last attempt (X16); without any, whether somebody could have called (P5.4, P5.5)."""
    if not own:
        return "operators_unavailable" if order.was_anyone_available is False else "operators_did_not_call"
    last = own[-1]
    if last.hung_up_by == "us" and last.result in {None, "no_answer"}:
        return "operator_hung_up"
    return _REASONS.get(last.result, "other")
