"""Who waited for whom: the cases of every client, told from the calls, orders and presses (D9, D10, R4–R7, X11–X13)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.reports.facts import DAY, Facts, Handled
from tests.reports.truth import Call, Order, calls_of, orders_of

Client = frozenset[str]


@dataclass
class Case:
    """One stretch of waiting."""

    client: Client | None  # None: a hidden caller (D2)
    opened_at: datetime
    expires_at: datetime
    misses: list[Call] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    attempts: list[Call] = field(default_factory=list)
    contact: Call | None = None
    closed_at: datetime | None = None
    how: str = "open"
    closed_by: str | None = None

    @property
    def first_attempt_at(self) -> datetime | None:
        return max(self.opened_at, min(call.at for call in self.attempts)) if self.attempts else None

    def close(self, how: str, at: datetime, by: str | None = None) -> None:
        self.how, self.closed_at, self.closed_by = how, at, by


def clients_of(facts: Facts, numbers: Iterable[str]) -> dict[str, Client]:
    """Number → all numbers of its client: those joined by people, itself at least (D3)."""
    groups = {number: frozenset({number}) for number in numbers}
    for a, b in facts.joined:
        whole = groups.get(a, frozenset({a})) | groups.get(b, frozenset({b}))
        groups |= dict.fromkeys(whole, whole)
    return groups


def cases_of(facts: Facts, now: datetime) -> list[Case]:
    """Every case there ever was, as of now."""
    calls, orders = calls_of(facts), orders_of(facts)
    everything: list[Call | Order] = [*calls, *orders]
    whose = clients_of(facts, {fact.number for fact in everything if fact.number})
    apart = facts.setting("separate_lines", now, "no") == "yes"
    streams: dict[tuple[Client, str | None], list[Call | Order | Handled]] = defaultdict(list)
    for fact in everything:
        if fact.number:
            streams[whose[fact.number], _line_of(fact) if apart else None].append(fact)
    of_call = {call.id: call for call in calls}
    for press in facts.handled:
        call = of_call[press.call_id]
        if call.number:
            streams[whose[call.number], call.line if apart else None].append(press)
    found = [case for (client, _), stream in streams.items() for case in _told(facts, client, stream, now)]
    hidden = [call for call in calls if call.number is None and call.outcome == "missed"]
    return found + [_hidden(facts, call, now) for call in hidden]


def _line_of(fact: Call | Order) -> str | None:
    return fact.line if isinstance(fact, Call) else fact.widget


def _moments(
    stream: Iterable[Call | Order | Handled],
) -> list[tuple[datetime, int, str, str, Call | Order | Handled]]:
    """In order of time; a contact closes only what was missed before it, a press saw the calls of its instant."""
    found: list[tuple[datetime, int, str, str, Call | Order | Handled]] = []
    for fact in stream:
        if isinstance(fact, Handled):
            found.append((fact.at, 5, "", "press", fact))
        elif isinstance(fact, Order):
            found.append((fact.at, 3, fact.id, "trouble", fact))
        else:
            found += _call_moments(fact)
    return sorted(found, key=lambda moment: moment[:3])


def _call_moments(call: Call) -> list[tuple[datetime, int, str, str, Call | Order | Handled]]:
    found: list[tuple[datetime, int, str, str, Call | Order | Handled]] = []
    if call.outcome == "missed":
        found.append((call.at, 2, call.id, "trouble", call))
    if call.answered_at is not None:
        found.append((call.answered_at, 1, call.id, "contact", call))
    if call.direction == "out" and call.at != call.answered_at:
        found.append((call.at, 4, call.id, "attempt", call))
    return found


def _told(facts: Facts, client: Client, stream: Iterable[Call | Order | Handled], now: datetime) -> list[Case]:
    cases: list[Case] = []
    for at, _, _, what, fact in _moments(stream):
        _expire(cases, at)
        waiting = cases[-1] if cases and cases[-1].how == "open" else None
        if what == "trouble":
            cases += [] if waiting else [waiting := Case(client, at, at)]
            _join(facts, waiting, fact, at)  # type: ignore[arg-type]
        elif waiting is not None:
            _happen(waiting, what, fact, at)
    _expire(cases, now)
    return cases


def _expire(cases: list[Case], at: datetime) -> None:
    if cases and cases[-1].how == "open" and cases[-1].expires_at <= at:
        cases[-1].close("expired", cases[-1].expires_at)


def _join(facts: Facts, case: Case, fact: Call | Order, at: datetime) -> None:
    case.expires_at = at + timedelta(days=int(facts.setting("window_days", at, "31")))
    if isinstance(fact, Call):
        case.misses.append(fact)
    else:
        case.orders.append(fact)


def _happen(case: Case, what: str, fact: Call | Order | Handled, at: datetime) -> None:
    if isinstance(fact, Handled):
        case.close("manual", at, fact.by)
    elif isinstance(fact, Call):
        if fact.direction == "out" and fact not in case.attempts:
            case.attempts.append(fact)
        if what == "contact":
            case.contact = fact
            case.close("called_out" if fact.direction == "out" else "called_in", at, fact.manager)


def _hidden(facts: Facts, call: Call, now: datetime) -> Case:
    """D2: its own case, expired at the end of the working day it came in."""
    day = facts.local_date(call.at)
    closing = facts.last_closing(call.line, call.at, day)
    ends = closing if closing is not None and closing > call.at else facts.midnight(day + DAY)
    case = Case(None, call.at, ends, [call])
    press = min((h for h in facts.handled if h.call_id == call.id), key=lambda h: h.at, default=None)
    if press is not None and press.at < ends:
        case.close("manual", press.at, press.by)
    else:
        _expire([case], now)
    return case
