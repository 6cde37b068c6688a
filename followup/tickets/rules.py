"""The fold of a client's touches and acts, in order of time, into tickets: whatever order they came in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from followup.tickets.facts import VOICE, Act, Ticket, Touch
from followup.tickets.statuses import CLOSED, Status

Fact = Touch | Act
_OPENING: Final = frozenset({"missed", "answered", "order", "message_in"})


def derive(facts: Iterable[Fact]) -> list[Ticket]:
    """All tickets of one client, in order of creation."""
    fold = _Fold()
    for fact in sorted(facts, key=_in_time):
        fold.add(fact)
    return fold.tickets


def _in_time(fact: Fact) -> tuple[datetime, int, str, int]:
    """Of one instant: first what is made by hand, then what the client did, then what was done about it."""
    if isinstance(fact, Act):
        return fact.at, 0 if fact.kind == "create" else 2, "", fact.id
    return fact.at, 1, fact.tie or fact.key, 0


@dataclass(slots=True)
class _Fold:
    """The tickets so far; in a lane only the last one can be open."""

    tickets: list[Ticket] = field(default_factory=list)
    _last: dict[str, Ticket] = field(default_factory=dict)

    def add(self, fact: Fact) -> None:
        if isinstance(fact, Touch):
            self._touch(fact)
        elif fact.kind == "create":
            self._open(_made(fact))
        elif (ticket := self._last.get(fact.lane)) is not None:
            _ACTS[fact.kind](ticket, fact)
            _seen(ticket, f"a:{fact.id}", fact.at)

    def _touch(self, touch: Touch) -> None:
        theirs = self._whose(touch)
        if not theirs and touch.opens:
            theirs = [self._open(_born(touch))]
        for ticket in theirs:
            _touched(ticket, touch)

    def _whose(self, touch: Touch) -> list[Ticket]:
        """A message speaks to the ticket of its account; a call to every open ticket of the client (X8)."""
        if touch.account_id is not None:
            own = self._last.get(touch.lane)
            return [own] if own is not None and own.is_open else []
        return [ticket for ticket in self._last.values() if ticket.is_open]

    def _open(self, ticket: Ticket) -> Ticket:
        self.tickets.append(ticket)
        self._last[ticket.lane] = ticket
        return ticket


def _born(touch: Touch) -> Ticket:
    return Ticket(
        lane=touch.lane,
        kind="voice" if touch.lane == VOICE else "text",
        channel=touch.channel,
        origin_key=touch.key,
        created_at=touch.at,
        fact_keys=[],
        entry_point=touch.entry_point,
        group_name=touch.group,
        number_id=touch.number_id,
        account_id=touch.account_id,
        call_id=int(touch.key[2:]) if touch.key.startswith("c:") else None,
        last_fact_at=touch.at,
    )


def _made(act: Act) -> Ticket:
    return Ticket(
        lane=act.lane,
        kind="api",
        channel=act.data["channel"],
        origin_key=f"a:{act.id}",
        created_at=act.at,
        fact_keys=[f"a:{act.id}"],
        entry_point=act.data.get("entry_point"),
        group_name=act.data.get("group"),
        number_id=act.data.get("number_id"),
        subject=act.data.get("subject"),
        last_fact_at=act.at,
    )


def _touched(ticket: Ticket, touch: Touch) -> None:
    _seen(ticket, touch.key, touch.at)
    if touch.kind in _OPENING and touch.number_id is not None:
        ticket.number_id = touch.number_id
    if touch.reacted_at is not None:
        ticket.first_reaction_at = _earliest(ticket.first_reaction_at, touch.reacted_at)
        ticket.last_reaction_at = _latest(ticket.last_reaction_at, touch.reacted_at)
        if ticket.taken_at is None and not ticket.reopened:
            ticket.worked[:1] = [(ticket.first_reaction_at, None)]
    if touch.contact_at is not None:
        ticket.contact_at = _earliest(ticket.contact_at, touch.contact_at)
    if touch.kind in _OPENING and ticket.snoozed_until is not None:
        _wake(ticket, touch.at)


def _wake(ticket: Ticket, at: datetime) -> None:
    """He is here again: no use in waiting."""
    ticket.snoozed_until = None
    begin, until = ticket.snoozes[-1]
    ticket.snoozes[-1] = (begin, min(until, at))


def _seen(ticket: Ticket, key: str, at: datetime) -> None:
    if key not in ticket.fact_keys:
        ticket.fact_keys.append(key)
    ticket.last_fact_at = max(ticket.last_fact_at, at)


def _earliest(known: datetime | None, at: datetime) -> datetime:
    return at if known is None else min(known, at)


def _latest(known: datetime | None, at: datetime) -> datetime:
    return at if known is None else max(known, at)


def _take(ticket: Ticket, act: Act) -> None:
    if not ticket.is_open:
        return
    _give(ticket, act.member_id, act.at)
    if ticket.taken_at is None:
        ticket.taken_at = act.at
        # Handling runs from here even if somebody dialled before (X20: taken, else the first action).
        if not ticket.reopened:
            ticket.worked[:1] = [(act.at, None)]


def _assign(ticket: Ticket, act: Act) -> None:
    if not ticket.is_open:
        return
    if act.data.get("group") is not None:
        ticket.group_name = act.data["group"]
    _give(ticket, act.data.get("to"), act.at)


def _give(ticket: Ticket, owner_id: int | None, at: datetime) -> None:
    ticket.owner_id, ticket.owned_at = owner_id, at if owner_id is not None else None
    if owner_id is not None and ticket.status == "unsorted":
        ticket.status = "check"


def _release(ticket: Ticket, act: Act) -> None:
    if ticket.is_open:
        _give(ticket, None, act.at)


def _status(ticket: Ticket, act: Act) -> None:
    to: Status = act.data["to"]
    if to in CLOSED:
        _end(ticket, act, to)
    elif ticket.is_open:
        ticket.status = to
    else:
        _reopen(ticket, act)
        ticket.status = to


def _close(ticket: Ticket, act: Act) -> None:
    if not ticket.is_open:
        return
    ticket.result_id = act.data.get("result")
    ticket.comment = act.data.get("comment") or ticket.comment
    _end(ticket, act, act.data.get("status") or "done")


def _end(ticket: Ticket, act: Act, status: Status) -> None:
    if ticket.is_open:
        ticket.before_close = ticket.status
        ticket.closed_at, ticket.closed_by, ticket.snoozed_until = act.at, act.member_id, None
        ticket.worked = [(begin, end or act.at) for begin, end in ticket.worked]
    ticket.status = status


def _reopen(ticket: Ticket, act: Act) -> None:
    if ticket.is_open:
        return
    ticket.closed_at = ticket.closed_by = ticket.result_id = None
    ticket.status = ticket.before_close
    ticket.reopened += 1
    ticket.worked.append((act.at, None))


def _topic(ticket: Ticket, act: Act) -> None:
    ticket.topic_id = act.data.get("topic")


def _comment(ticket: Ticket, act: Act) -> None:
    ticket.comment = act.data["text"]


def _snooze(ticket: Ticket, act: Act) -> None:
    if ticket.is_open:
        ticket.snoozed_until = datetime.fromisoformat(act.data["until"])
        ticket.snoozes.append((act.at, ticket.snoozed_until))


_ACTS: dict[str, Callable[[Ticket, Act], None]] = {
    "take": _take,
    "release": _release,
    "return": _release,
    "transfer": _assign,
    "fan": _assign,
    "status": _status,
    "close": _close,
    "reopen": _reopen,
    "topic": _topic,
    "comment": _comment,
    "snooze": _snooze,
}

Between = Callable[[datetime, datetime], float]  # seconds of some clock between two moments


def handling(ticket: Ticket, seconds: Between) -> int | None:
    """X20: taken (else the first action) to closed; every reopening adds its own stretch. None while it is open."""
    if ticket.closed_at is None or not ticket.worked:
        return None
    return round(sum(seconds(begin, end) for begin, end in ticket.worked if end is not None))


def snoozed(ticket: Ticket, seconds: Between) -> int:
    """How much of the handling was put off; stretches that overlap count once."""
    total = 0.0
    covered: datetime | None = None
    for begin, until in sorted(ticket.snoozes):
        for start, end in _within(ticket.worked, begin, until):
            first = start if covered is None else max(start, covered)
            if end > first:
                total, covered = total + seconds(first, end), end
    return round(total)


def _within(
    worked: Sequence[tuple[datetime, datetime | None]], begin: datetime, until: datetime
) -> Iterable[tuple[datetime, datetime]]:
    for start, end in worked:
        first, last = max(start, begin), until if end is None else min(end, until)
        if last > first:
            yield first, last


def match(stored: Sequence[tuple[int, str, frozenset[str]]], tickets: Sequence[Ticket]) -> dict[int, int]:
    """Index of each ticket that is a stored one → its id: of its lane, sharing most; ties to the oldest."""
    claims = sorted(
        (-_shared(keys, ticket), stored_id, place)
        for stored_id, lane, keys in stored
        for place, ticket in enumerate(tickets)
        if lane == ticket.lane and keys.intersection(ticket.fact_keys)
    )
    chosen: dict[int, int] = {}
    for _, stored_id, place in claims:
        if place not in chosen and stored_id not in chosen.values():
            chosen[place] = stored_id
    return chosen


def _shared(keys: frozenset[str], ticket: Ticket) -> int:
    """What it was born of weighs more than all that came later."""
    return len(keys.intersection(ticket.fact_keys)) + 1000 * (ticket.origin_key in keys)
