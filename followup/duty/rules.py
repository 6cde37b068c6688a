"""Who was there when: what people said in, statuses out (S4, X28)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from operator import attrgetter
from typing import Literal

from followup.hours import Schedule, Span

Status = Literal["available", "away", "off"]
_AT = attrgetter("at")


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyFact:
    """From ``at`` on the member is ``status``; a stay away with ``until`` ends by itself: he is available again."""

    id: int
    member_id: int
    status: Status
    at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A member's status at a moment; ``until`` is when a stay away ends by itself."""

    status: Status
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch of one status."""

    status: Status
    begins_at: datetime
    ends_at: datetime


DutyFacts = Mapping[int, Sequence[DutyFact]]  # by member, in order of time
_NOBODY_SAID = Standing("off")


def by_member(facts: Iterable[DutyFact]) -> DutyFacts:
    """Facts in whatever order; of two of one moment the later one counts."""
    found: dict[int, list[DutyFact]] = defaultdict(list)
    for fact in sorted(facts, key=lambda fact: (fact.at, fact.id)):
        found[fact.member_id].append(fact)
    return found


def began_at(facts: DutyFacts) -> datetime | None:
    """When the team began to use duty; None: nobody ever said anything."""
    return min((own[0].at for own in facts.values() if own), default=None)


def uses_duty(facts: DutyFacts, moment: datetime) -> bool:
    """A team uses duty from its first fact on: what was before is not judged by it."""
    began = began_at(facts)
    return began is not None and began <= moment


def standing_at(facts: DutyFacts, member: int, moment: datetime) -> Standing:
    """By his newest fact; who has said nothing is off."""
    own = facts.get(member, ())
    place = bisect_right(own, moment, key=_AT)
    if place == 0:
        return _NOBODY_SAID
    fact = own[place - 1]
    if fact.until is not None and fact.until <= moment:
        return Standing("available")
    return Standing(fact.status, fact.until)


def status_at(facts: DutyFacts, member: int, moment: datetime) -> Status:
    return standing_at(facts, member, moment).status


def available_members(facts: DutyFacts, members: Iterable[int], moment: datetime, schedule: Schedule) -> list[int]:
    """Who can be given a client; where duty is not used, everybody in working time."""
    if not uses_duty(facts, moment):
        return list(members) if schedule.is_open(moment) else []
    return [member for member in members if status_at(facts, member, moment) == "available"]


def spells(facts: DutyFacts, member: int, span: Span) -> list[Spell]:
    """The member's statuses of a span, end to end."""
    begins, ends = span
    if ends <= begins:
        return []
    marks = [(begins, status_at(facts, member, begins))]
    for at, status in _turns(facts.get(member, ()), span):
        if status != marks[-1][1]:
            marks.append((at, status))
    closed = [*marks, (ends, marks[-1][1])]
    return [Spell(status, a, b) for (a, status), (b, _) in pairwise(closed) if a < b]


def _turns(own: Sequence[DutyFact], span: Span) -> Iterator[tuple[datetime, Status]]:
    """Every change inside the span, in order of time; of one moment the last one counts."""
    begins, ends = span
    first = max(0, bisect_right(own, begins, key=_AT) - 1)
    for place in range(first, bisect_left(own, ends, key=_AT)):
        fact = own[place]
        following = own[place + 1].at if place + 1 < len(own) else ends
        if fact.at > begins and fact.at != following:
            yield fact.at, fact.status
        if fact.until is not None and begins < fact.until < min(following, ends):
            yield fact.until, "available"


def on_duty(facts: DutyFacts, member: int, span: Span) -> list[Span]:
    """When he was available: a stay away is no duty."""
    return [(each.begins_at, each.ends_at) for each in spells(facts, member, span) if each.status == "available"]


def on_duty_seconds(facts: DutyFacts, member: int, span: Span) -> float:
    return sum((ends - begins).total_seconds() for begins, ends in on_duty(facts, member, span))


def nobody_was_available(facts: DutyFacts, members: Iterable[int], span: Span) -> bool:
    """P5.5, X28: not one of them for one moment of the span; where duty was not used nobody can say so."""
    return uses_duty(facts, span[0]) and not any(_was_available(facts, member, span) for member in members)


def _was_available(facts: DutyFacts, member: int, span: Span) -> bool:
    """For one moment: looked for from the beginning of the span, and no further than found."""
    is_there = span[0] < span[1] and status_at(facts, member, span[0]) == "available"
    return is_there or any(status == "available" for _, status in _turns(facts.get(member, ()), span))


@dataclass(frozen=True, slots=True)
class Watch:
    """What is known of a span. ``groups``: who works in a group, and under None everybody who works."""

    facts: DutyFacts
    groups: Mapping[str | None, Collection[int]]

    def was_anyone_available(self, group: str | None, span: Span) -> bool | None:
        """Of a line's group; a line without one, or whose group has no people, is everybody's. None: duty not used."""
        if not uses_duty(self.facts, span[0]):
            return None
        members = self.groups.get(group) or self.groups.get(None, ())
        return not nobody_was_available(self.facts, members, span)
