"""Tickets and their report, counted in plain Python (M24–M30, X7, X8, X18–X20, G9–G16, D18)."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from statistics import mean, median
from typing import Any

from tests.reports.count_calls import CallsCount
from tests.reports.facts import DAY, Facts, spans_of
from tests.reports.ticket_truth import Ticket, tickets_of, words_of
from tests.reports.told import Counted, RowKey

IN_WORK = ("check", "selection", "booking", "deal", "done")
_ABOVE = {"Delivery abroad": "Delivery"}


class TicketsCount(CallsCount):
    """The tickets report, and the three columns of tickets in the calls report."""

    @cached_property
    def tickets(self) -> list[Ticket]:
        return tickets_of(self.facts, self._streams())

    def _streams(self) -> dict[Any, list[Any]]:
        """By client, in order of time; of one instant first what the client did, by its id, then what was done."""
        moments: dict[Any, list[tuple[datetime, int, str, Any, Any]]] = defaultdict(list)
        owners: dict[str, Any] = {}
        for word, number in words_of(self.facts):
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
        asleep = sum(self._seconds(ticket, ends, begins, options) for begins, ends in _asleep(ticket))
        return round(whole - (asleep if options.get("without_snooze") == "yes" else 0))

    def _seconds(self, ticket: Ticket, ends: datetime, begins: datetime, options: Mapping[str, str]) -> float:
        if options.get("clock") != "working":
            return (ends - begins).total_seconds()
        return _working(self.facts, self.facts.hours(ticket.entry_point, ticket.at), begins, ends)


def _is_wanted(ticket: Ticket, filters: Mapping[str, Sequence[str]]) -> bool:
    """G11: AND between filters, OR inside one; a topic means those below it, too."""
    values = {"channel": [ticket.channel], "entry_point": [ticket.entry_point], "group": [ticket.group]}
    values |= {"employee": [ticket.owner], "topic": [ticket.topic, _ABOVE.get(ticket.topic or "", ticket.topic)]}
    return all(any((each or "none") in wanted for each in values[name]) for name, wanted in filters.items())


def _path(topic: str | None) -> str | None:
    return f"{_ABOVE[topic]} › {topic}" if topic in _ABOVE else topic


def _asleep(ticket: Ticket) -> list[tuple[datetime, datetime]]:
    """Stretches of work in which it was put off, by whomever and however often; each once."""
    edges = sorted({moment for stretch in [*ticket.work, *ticket.put_off] for moment in stretch})
    return [
        (a, b)
        for a, b in itertools.pairwise(edges)
        if any(begins <= a and b <= ends for begins, ends in ticket.work)
        and any(begins <= a and b <= ends for begins, ends in ticket.put_off)
    ]


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
