"""When a waiting case speaks up again, and whether what was planned still holds (promises 10, 11, 12)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

Step = Literal["remind", "escalate", "nudge", "return", "wake"]
AddWorking = Callable[[datetime, timedelta], datetime | None]  # None: the team never works again


class StepKey(NamedTuple):
    """What is done once a case: ``round`` numbers reminders; for the owner's steps it is his take, for wake the snooze."""

    step: Step
    round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClockView:
    """What the clock looks at in a case; ``first_shown_at`` is when its first alert reached a chat."""

    opened_at: datetime
    first_shown_at: datetime | None = None
    is_open: bool = True
    kind: Literal["client", "anonymous"] = "client"
    owner_id: int | None = None
    taken_at: datetime | None = None
    snoozed_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderTerms:
    """The team's spans of working time, and how often a case may remind of itself."""

    remind: timedelta = timedelta(minutes=15)
    escalate: timedelta = timedelta(minutes=30)
    taken: timedelta = timedelta(minutes=20)
    rounds: int = 3


def due_steps(case: CaseClockView, terms: ReminderTerms, add_working: AddWorking) -> dict[StepKey, datetime]:
    """Every step of the case as it stands, done ones and past ones included: the key tells what is done already.

    A taken case has the steps of its owner; released or returned it has the queue's again, with their old keys.
    """
    if not case.is_open or case.kind == "anonymous":
        return {}
    planned = _in_queue(case, terms) if case.owner_id is None else _with_owner(case, terms)
    working = ((key, add_working(basis, span)) for key, basis, span in planned)
    steps = {key: due_at for key, due_at in working if due_at is not None}
    if case.snoozed_until is not None:
        steps[StepKey("wake", _stamp(case.snoozed_until))] = case.snoozed_until
    return steps


def _in_queue(case: CaseClockView, terms: ReminderTerms) -> Iterator[tuple[StepKey, datetime, timedelta]]:
    """Nobody is late with what nobody was shown; a snooze is an agreed time, so the spans begin at its end."""
    if case.first_shown_at is None:
        return
    basis = _later(max(case.opened_at, case.first_shown_at), case.snoozed_until)
    for n in range(1, terms.rounds + 1):
        yield StepKey("remind", n), basis, n * terms.remind
    yield StepKey("escalate", 1), basis, terms.escalate


def _with_owner(case: CaseClockView, terms: ReminderTerms) -> Iterator[tuple[StepKey, datetime, timedelta]]:
    if case.taken_at is None:
        return
    basis, take = _later(case.taken_at, case.snoozed_until), _stamp(case.taken_at)
    yield StepKey("nudge", take), basis, terms.taken
    yield StepKey("return", take), basis, 2 * terms.taken


def is_step_due_now(key: StepKey, case: CaseClockView, now: datetime) -> bool:
    """The look again just before doing it: a row written earlier may be about a past owner, snooze or state."""
    if not case.is_open or case.kind == "anonymous":
        return False
    if key.step == "wake":
        return case.snoozed_until is not None and case.snoozed_until <= now and key.round == _stamp(case.snoozed_until)
    if case.snoozed_until is not None and case.snoozed_until > now:
        return False
    if key.step in {"remind", "escalate"}:
        return case.owner_id is None and case.first_shown_at is not None
    return case.owner_id is not None and case.taken_at is not None and key.round == _stamp(case.taken_at)


def latest_due_round(due: Mapping[StepKey, datetime], step: Step, now: datetime) -> int | None:
    """The one round to tell after a pause: the rounds before it are done with it, untold."""
    return max((key.round for key, due_at in due.items() if key.step == step and due_at <= now), default=None)


def _later(at: datetime, other: datetime | None) -> datetime:
    return at if other is None else max(at, other)


def _stamp(at: datetime) -> int:
    return int(at.timestamp())
