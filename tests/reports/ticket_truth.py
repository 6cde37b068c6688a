"""What tickets there are and how each stands now, told from what was posted and done by the definitions (X8, M25, X20)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.reports.facts import Facts
from tests.reports.truth import Call, Order

CLOSED = ("done", "refused", "non_target")
_OF_RESULT = {"resolved": "done", "refused": "refused", "non_target": "non_target"}


@dataclass(frozen=True)
class Word:
    """One message of a client."""

    id: str
    account: str
    channel: str
    entry_point: str | None
    at: datetime


@dataclass
class Ticket:
    """One ticket as it stands now."""

    id: str  # of the call or message it was born of
    lane: Any
    at: datetime
    channel: str
    entry_point: str | None
    group: str | None
    call: Call | None
    status: str = "unsorted"
    owner: str | None = None
    topic: str | None = None
    result: str | None = None
    comment: str | None = None
    reactions: list[datetime] = field(default_factory=list)
    contacts: list[datetime] = field(default_factory=list)
    taken_at: datetime | None = None
    closed_at: datetime | None = None
    work: list[tuple[datetime, datetime]] = field(default_factory=list)  # finished stretches
    resumed_at: datetime | None = None  # since the last reopening
    put_off: list[tuple[datetime, datetime]] = field(default_factory=list)
    sleeps: bool = False
    before: str = "check"

    @property
    def reacted_at(self) -> datetime | None:
        return min(self.reactions, default=None)

    def end(self, at: datetime, status: str) -> None:
        """X20: from taking, else the first action; since a reopening from there."""
        begins = self.resumed_at or self.taken_at or self.reacted_at
        if self.closed_at is None:
            self.before, self.closed_at, self.sleeps = self.status, at, False
            if begins is not None:
                self.work.append((begins, at))
        self.status = status

    def resume(self, at: datetime) -> None:
        self.closed_at, self.result, self.status, self.resumed_at = None, None, self.before, at

    def belongs_to(self, owner: str | None) -> None:
        self.owner = owner
        if owner is not None and self.status == "unsorted":
            self.status = "check"


def tickets_of(facts: Facts, streams: Mapping[Any, Iterable[Any]]) -> list[Ticket]:
    """Every ticket there ever was; a stream is all that happened with one client."""
    return [ticket for stream in streams.values() for ticket in _told(facts, stream)]


def _told(facts: Facts, stream: Iterable[Any]) -> list[Ticket]:
    found: list[Ticket] = []
    last: dict[Any, Ticket] = {}
    for lane, fact in stream:
        if isinstance(fact, Call | Order):
            theirs = [ticket for ticket in last.values() if ticket.closed_at is None]
            if not theirs and isinstance(fact, Call) and fact.outcome == "missed":
                group = facts.team.lines.get(fact.line or "", {}).get("group")
                theirs = [Ticket(fact.id, "voice", fact.at, "phone", fact.line, group, fact)]
                found.append(theirs[0])
                last["voice"] = theirs[0]
            for ticket in theirs:
                _happens(ticket, fact)
        elif isinstance(fact, Word):
            if lane not in last or last[lane].closed_at is not None:
                last[lane] = Ticket(fact.id, lane, fact.at, fact.channel, fact.entry_point, None, None)
                found.append(last[lane])
            _wakes(last[lane], fact.at)
        elif lane in last:
            _is_done(last[lane], fact)
    return found


def _happens(ticket: Ticket, fact: Call | Order) -> None:
    """X19: we dial, or take the client's call; whatever the client does ends the putting off."""
    if isinstance(fact, Call) and fact.direction == "out":
        ticket.reactions.append(fact.at)
    elif isinstance(fact, Call) and fact.answered_at is not None:
        ticket.reactions.append(fact.answered_at)
    if isinstance(fact, Order) or (fact.direction == "in" and fact.outcome in ("missed", "successful")):
        _wakes(ticket, fact.at)
    if isinstance(fact, Call) and fact.answered_at is not None:
        ticket.contacts.append(fact.answered_at)


def _wakes(ticket: Ticket, at: datetime) -> None:
    if ticket.sleeps:
        begins, ends = ticket.put_off.pop()
        ticket.put_off.append((begins, min(ends, at)))
        ticket.sleeps = False


def _is_done(ticket: Ticket, act: Any) -> None:
    if act.kind == "topic":
        ticket.topic = act.value
    elif act.kind == "comment":
        ticket.comment = act.value
    elif act.kind == "status":
        _is_set(ticket, act.at, act.value)
    elif ticket.closed_at is None:
        _is_done_while_open(ticket, act)
    elif act.kind == "reopen":
        ticket.resume(act.at)


def _is_done_while_open(ticket: Ticket, act: Any) -> None:
    match act.kind:
        case "take":
            ticket.belongs_to(act.by)
            ticket.taken_at = ticket.taken_at or act.at
        case "release":
            ticket.belongs_to(None)
        case "transfer":
            ticket.belongs_to(act.value)
        case "snooze":
            ticket.put_off.append((act.at, act.value))
            ticket.sleeps = True
        case "close":
            ticket.result = act.value
            ticket.comment = "well" if act.value == "resolved" else ticket.comment
            ticket.end(act.at, _OF_RESULT[act.value])


def _is_set(ticket: Ticket, at: datetime, status: str) -> None:
    if status in CLOSED:
        ticket.end(at, status)
        return
    if ticket.closed_at is not None:
        ticket.resume(at)
    ticket.status = status


def words_of(facts: Facts) -> Iterator[tuple[Word, str | None]]:
    """Each message once, with the number that its writer left."""
    known = set()
    for _, said in facts.posted:
        if said["type"] == "message" and said["message_id"] not in known:
            known.add(said["message_id"])
            at = datetime.fromisoformat(said["at"]).astimezone(UTC)
            word = Word(said["message_id"], said["client_account"], said["channel"], said["entry_point"], at)
            yield word, said["client"]
