"""Tickets and their report, counted in plain Python (M24–M30, X7, X8, X18–X20, G9–G16, D18)."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from statistics import mean, median
from typing import Any

from tests.reports.count_calls import CallsCount
from tests.reports.facts import DAY, Facts, spans_of
from tests.reports.told import Counted, RowKey
from tests.reports.truth import Call, Order

CLOSED = ("done", "refused", "non_target")
IN_WORK = ("check", "selection", "booking", "deal", "done")
_OF_RESULT = {"resolved": "done", "refused": "refused", "non_target": "non_target"}
_ABOVE = {"Delivery abroad": "Delivery"}

Lane = tuple[str, str]


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


class TicketsCount(CallsCount):
    """The tickets report, and the three columns of tickets in the calls report."""

    @cached_property
    def tickets(self) -> list[Ticket]:
        return tickets_of(self.facts, self._streams())

    def _streams(self) -> dict[Any, list[Any]]:
        """By client, in order of time; of one instant first what the client did, by its id, then what was done."""
        moments: dict[Any, list[tuple[datetime, int, str, Any, Any]]] = defaultdict(list)
        owners: dict[str, Any] = {}
        for word, number in _words(self.facts):
            group = self.whose.get(number, frozenset({number})) if number else word.account
            owners.setdefault(word.account, group)
            moments[owners[word.account]].append((word.at, 1, word.id, ("account", word.account), word))
        for fact in [*self.calls, *self.orders]:
            if fact.number:
                moments[self.whose[fact.number]].append((fact.at, 1, fact.id, "voice", fact))
        for place, act in enumerate(self.facts.done):
            kind, name = act.lane
            whose = owners[name] if kind == "account" else self.whose[name]
            lane = act.lane if kind == "account" else "voice"
            moments[whose].append((act.at, 2, f"{place:09}", lane, act))
        return {
            whose: [(lane, fact) for *_, lane, fact in sorted(found, key=lambda moment: moment[:3])]
            for whose, found in moments.items()
        }

    def calls_report(
        self, begins: date, ends: date, filters: Mapping[str, Sequence[str]], options: Mapping[str, str]
    ) -> Counted:
        """X7, X26: in the row of the originating call; options of calls say nothing of tickets."""
        counted = super().calls_report(begins, ends, filters, options)
        first, last = self.span(begins, ends)
        for ticket in self.tickets:
            call = ticket.call
            if call is None or not first <= ticket.at < last or not self._is_wanted(call, filters, {}):
                continue
            row = (call.manager, call.extension) if options.get("by_extension") == "yes" else (call.manager,)
            for key in (None, row):
                lists = counted.lists.setdefault(key, {})
                lists.setdefault("tickets", set()).add(ticket.id)
                lists.setdefault("tickets_by_missed", set()).update({ticket.id} if call.is_target else ())
                lists.setdefault("tickets_in_work", set()).update({ticket.id} if ticket.status in IN_WORK else ())
                figures = counted.figures.setdefault(key, {})
                names = ("tickets", "tickets_by_missed", "tickets_in_work")
                figures |= {name: len(lists[name]) for name in names}
        return counted

    def tickets_report(
        self, begins: date, ends: date, filters: Mapping[str, Sequence[str]], options: Mapping[str, str]
    ) -> Counted:
        first, last = self.span(begins, ends)
        is_closing = options.get("basis") == "closed"
        chosen: list[tuple[RowKey, Ticket]] = []
        for ticket in self.tickets:
            at = ticket.closed_at if is_closing else ticket.at
            if at is not None and first <= at < last and _is_wanted(ticket, filters):
                chosen.append(((self._group(ticket, at, options.get("by", "day")),), ticket))
        by_row: dict[RowKey | None, list[Ticket]] = {None: [ticket for _, ticket in chosen]}
        for row, ticket in chosen:
            by_row.setdefault(row, []).append(ticket)
        counted = Counted()
        for key, tickets in by_row.items():
            counted.figures[key], counted.lists[key] = self._figures(tickets, options)
        return counted

    def _group(self, ticket: Ticket, at: datetime, by: str) -> str | None:
        local = at.astimezone(self.facts.team.zone)
        week = local.date() - timedelta(days=local.weekday())
        times = {"hour": str(local.hour), "day": local.date().isoformat(), "week": week.isoformat()}
        others = {"employee": ticket.owner, "group": ticket.group, "channel": ticket.channel}
        others["topic"] = _path(ticket.topic)
        return (times | {"month": f"{local:%Y-%m}"} | others)[by]

    def _figures(
        self, tickets: Sequence[Ticket], options: Mapping[str, str]
    ) -> tuple[dict[str, Any], dict[str, set[str]]]:
        waits = {ticket.id: self.wait(ticket, options) for ticket in tickets}
        handled = {ticket.id: self.handling(ticket, options) for ticket in tickets}
        lists = {
            "created": {ticket.id for ticket in tickets},
            "closed": {ticket.id for ticket in tickets if ticket.closed_at is not None},
            "wait_seconds": {id_ for id_, seconds in waits.items() if seconds is not None},
            "handling_seconds": {id_ for id_, seconds in handled.items() if seconds is not None},
        }
        figures: dict[str, Any] = {name: len(lists[name]) for name in ("created", "closed")}
        spreads = {"wait_seconds": _spread(waits.values()), "handling_seconds": _spread(handled.values())}
        return figures | spreads, lists

    def wait(self, ticket: Ticket, options: Mapping[str, str]) -> int | None:
        """X19."""
        if ticket.reacted_at is None:
            return None
        return round(self._seconds(ticket, max(ticket.at, ticket.reacted_at), ticket.at, options))

    def handling(self, ticket: Ticket, options: Mapping[str, str]) -> int | None:
        """X20."""
        if ticket.closed_at is None or not ticket.work:
            return None
        whole = sum(self._seconds(ticket, ends, begins, options) for begins, ends in ticket.work)
        return round(whole - (_asleep(ticket) if options.get("without_snooze") == "yes" else 0))

    def _seconds(self, ticket: Ticket, ends: datetime, begins: datetime, options: Mapping[str, str]) -> float:
        if options.get("clock") != "working":
            return (ends - begins).total_seconds()
        return _working(self.facts, self.facts.hours(ticket.entry_point, ticket.at), begins, ends)


def _words(facts: Facts) -> Iterator[tuple[Word, str | None]]:
    """Each message once, with the number that its writer left."""
    known = set()
    for _, said in facts.posted:
        if said["type"] == "message" and said["message_id"] not in known:
            known.add(said["message_id"])
            at = datetime.fromisoformat(said["at"]).astimezone(UTC)
            word = Word(said["message_id"], said["client_account"], said["channel"], said["entry_point"], at)
            yield word, said["client"]


def _is_wanted(ticket: Ticket, filters: Mapping[str, Sequence[str]]) -> bool:
    """G11: AND between filters, OR inside one; a topic means those below it, too."""
    values = {"channel": [ticket.channel], "entry_point": [ticket.entry_point], "group": [ticket.group]}
    values |= {"employee": [ticket.owner], "topic": [ticket.topic, _ABOVE.get(ticket.topic or "", ticket.topic)]}
    return all(any((each or "none") in wanted for each in values[name]) for name, wanted in filters.items())


def _path(topic: str | None) -> str | None:
    return f"{_ABOVE[topic]} › {topic}" if topic in _ABOVE else topic


def _asleep(ticket: Ticket) -> float:
    """Seconds of work in which it was put off, by whomever and however often; found a second at a time would be slow."""
    edges = sorted({moment for stretch in [*ticket.work, *ticket.put_off] for moment in stretch})
    return sum(
        (b - a).total_seconds()
        for a, b in itertools.pairwise(edges)
        if any(begins <= a and b <= ends for begins, ends in ticket.work)
        and any(begins <= a and b <= ends for begins, ends in ticket.put_off)
    )


def _working(facts: Facts, hours: str | None, begins: datetime, ends: datetime) -> float:
    """Day by day of the local calendar."""
    if hours is None or ends <= begins:
        return max((ends - begins).total_seconds(), 0)
    total, day = 0.0, facts.local_date(begins)
    while day <= facts.local_date(ends):
        for opens, closes in spans_of(hours, day):
            a, b = (datetime.combine(day, clock, facts.team.zone).astimezone(UTC) for clock in (opens, closes))
            total += max((min(b, ends) - max(a, begins)).total_seconds(), 0)
        day += DAY
    return total


def _spread(values: Iterable[int | None]) -> dict[str, Any]:
    every = list(values)
    ordered = sorted(value for value in every if value is not None)
    if not ordered:
        return {"n": 0, "none_yet": len(every)}
    place = (len(ordered) - 1) * 0.9
    between = (ordered[int(place)], ordered[min(len(ordered) - 1, int(place) + 1)])
    told = {"mean": mean(ordered), "median": median(ordered), "p90": between, "n": len(ordered)}
    return told | {"none_yet": len(every) - len(ordered)}
