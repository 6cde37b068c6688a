"""The team report: who closes cases, how fast, and how much of the working time is talk (R22)."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from followup.duty.rules import DutyFacts, began_at, on_duty_seconds
from followup.duty.store import facts_of
from followup.hours import Span
from followup.reports import team_store as store
from followup.reports.calls import Parts
from followup.reports.question import Question
from followup.reports.selection import NOT_ASSIGNED
from followup.reports.shape import Column
from followup.reports.spreads import spread
from followup.teams.desk import Desk
from storage.rows import Row


@dataclass(slots=True)
class _Person:
    proven: int = 0
    claimed: int = 0
    attempts: int = 0
    talk: int = 0
    first_attempts: list[int] = field(default_factory=list)
    contacts: list[int] = field(default_factory=list)

    def add_proven(self, seconds: int | None) -> None:
        """Closed by a call, so many seconds after the opening."""
        self.proven += 1
        if seconds is not None:
            self.contacts.append(seconds)


def columns_of(_: Question) -> tuple[Column, ...]:
    """What the table shows."""
    return (
        Column(key="manager", unit="text", definition="D15"),
        Column(key="closed", unit="count", definition="R22", opens=True),
        Column(key="proven", unit="count", definition="R5", opens=True),
        Column(key="claimed", unit="count", definition="R16", opens=True),
        Column(key="attempts", unit="count", definition="D8", opens=True),
        Column(key="first_attempt_seconds", unit="spread", definition="R22", opens=True),
        Column(key="contact_seconds", unit="spread", definition="R22", opens=True),
        Column(key="talk_seconds", unit="seconds", definition="D14", opens=True),
        Column(key="occupancy", unit="share", definition="R22"),
    )


async def build_team(desk: Desk, question: Question) -> Parts:
    """Rows, their keys, the total and the series."""
    people = await _people(desk, question)
    ready = await _ready(desk, question)
    keys = sorted(people, key=lambda member: _order(question, member, people[member]))
    named = {member: person.talk for member, person in people.items() if member is not None}
    shares = {member: _occupancy(ready, {member: named[member]} if member in named else {}) for member in keys}
    rows = tuple(
        {"manager": question.book.member_name(member)} | _figures(people[member]) | {"occupancy": shares[member]}
        for member in keys
    )
    total = _figures(_sum(people.values())) | {"occupancy": _occupancy(ready, named)}
    return rows, tuple(NOT_ASSIGNED if member is None else str(member) for member in keys), total, {}


async def _people(desk: Desk, question: Question) -> dict[int | None, _Person]:
    people: dict[int | None, _Person] = defaultdict(_Person)

    def whose(row: Row) -> _Person:
        return people[question.member_of(row["extension"], row["phone_stretch"])]

    for row in await store.attempts_and_talk(desk.c, question):
        if row["attempts"] or row["talk"]:
            whose(row).attempts += row["attempts"]
            whose(row).talk += int(row["talk"])
    for row in await store.first_attempts(desk.c, question):
        # Dialled before the miss and answered after it: an attempt from the opening on.
        whose(row).first_attempts.append(max(0, row["seconds"]))
    for how, closed_by, extension, stretch, seconds in await store.closed_cases(desk.c, question):
        if how == "manual":
            people[closed_by].claimed += 1
        else:
            people[question.member_of(extension, stretch)].add_proven(seconds)
    return people


def _sum(people: Iterable[_Person]) -> _Person:
    found = _Person()
    for person in people:
        found.proven += person.proven
        found.claimed += person.claimed
        found.attempts += person.attempts
        found.talk += person.talk
        found.first_attempts += person.first_attempts
        found.contacts += person.contacts
    return found


def _figures(person: _Person) -> dict[str, Any]:
    return {
        "closed": person.proven + person.claimed,
        "proven": person.proven,
        "claimed": person.claimed,
        "attempts": person.attempts,
        "first_attempt_seconds": spread(person.first_attempts),
        "contact_seconds": spread(person.contacts),
        "talk_seconds": person.talk,
    }


def _occupancy(ready: _Ready, talked: Mapping[int, int]) -> float | None:
    """S3: talk / (talk + ready); ready is what talk has left of his time. Nobody has no time."""
    present = sum(max(talk, ready.seconds_of(member)) for member, talk in talked.items())
    return round(sum(talked.values()) / present, 4) if present > 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """How long people could have talked: on duty where the team uses duty, before that the team's working time."""

    working: float
    duty: DutyFacts
    on_duty: Span

    def seconds_of(self, member: int) -> float:
        return self.working + on_duty_seconds(self.duty, member, self.on_duty)


async def _ready(desk: Desk, question: Question) -> _Ready:
    """In the period so far."""
    begins, ends = question.span
    until = max(begins, min(ends, question.now))
    duty = await facts_of(desk.c, desk.book.id, (begins, until))
    since = min(until, max(begins, began_at(duty) or until))
    return _Ready(working=_working_seconds(question, begins, since), duty=duty, on_duty=(since, until))


def _working_seconds(question: Question, begins: datetime, until: datetime) -> float:
    """The team's own working time, each stretch by the hours valid then (D13)."""
    changes = [version.valid_from for version in question.book.policies[1:]]
    moments = [begins, *(at for at in changes if begins < at < until), until]
    stretches = itertools.pairwise(moments)
    return sum(question.book.schedule_at(None, a).working_between(a, b).total_seconds() for a, b in stretches)


def _order(question: Question, member: int | None, person: _Person) -> tuple[Any, ...]:
    """Who closed most first, what is nobody's last."""
    return member is None, -person.proven, -person.claimed, question.book.member_name(member) or "", member or 0


def members_of(row: str | None, question: Question) -> Iterable[int | None] | None:
    """Whom a figure is about: a row's one, those of the filter, or (None) everybody."""
    if row is None:
        return question.members
    return [None if row == NOT_ASSIGNED else int(row)]
