"""The missed and the team report, counted in plain Python (R2, R8, R20, R22, D18)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from statistics import mean, median
from typing import Any

from tests.reports.count_duty import DutyCount
from tests.reports.told import Counted, RowKey, Story
from tests.reports.truth import Call
from tests.reports.waiting import Case

FATES = ("open", "called_out", "called_in", "manual", "merged", "expired", "blocked")
_LISTED = ("closed", "proven", "claimed", "attempts")
_SPREADS = ("first_attempt_seconds", "contact_seconds")

_Event = tuple[datetime, str | None, str, str, int]


class MissedCount(Story):
    """Missed calls of the period by what became of them, and whose cases they are."""

    def missed_report(self, begins: date, ends: date, filters: Mapping[str, Sequence[str]]) -> Counted:
        first, last = self.span(begins, ends)
        pairs = [
            (case, miss)
            for case in self.cases
            for miss in case.misses
            if first <= miss.at < last and _is_miss_wanted(miss, filters)
        ]
        lists: dict[str, set[str]] = defaultdict(set)
        for case, miss in pairs:
            for column in (f"calls.{case.how}", "calls.total", f"reasons.{miss.reason}"):
                lists[column].add(miss.id)
            for column in (f"cases.{case.how}", "cases.total"):
                lists[column].add(case.misses[0].id)
        clients = {case.client for case, _ in pairs if case.client is not None}
        figures = {f"{unit}.{fate}": 0 for unit in ("cases", "calls") for fate in ("total", *FATES)}
        figures |= {name: len(ids) for name, ids in lists.items()} | {"clients": len(clients)}
        counted = Counted({None: figures}, {None: dict(lists)})
        zone = self.facts.team.zone
        for case, miss in pairs:
            local = miss.at.astimezone(zone)
            counted.series[self.day(miss.at), case.how] += 1
            counted.series[local.isoweekday(), local.hour] += 1
        for case in {case.misses[0].id: case for case, _ in pairs if case.client is not None}.values():
            seconds = int(((case.closed_at or self.now) - case.opened_at).total_seconds())
            counted.series["delay", seconds, case.how in ("called_in", "called_out")] += 1
        counted.figures |= {(case.misses[0].id,): _row(case) for case, _ in pairs}
        return counted


def _row(case: Case) -> dict[str, Any]:
    """R10–R15, X24 of one case."""
    first = case.misses[0].at if not case.orders else min(case.misses[0].at, case.orders[0].at)
    seconds = {
        "first_attempt_seconds": case.first_attempt_at,
        "contact_seconds": case.closed_at if case.contact else None,
    }
    row = {name: int((at - first).total_seconds()) for name, at in seconds.items() if at is not None}
    return row | {
        "missed": len(case.misses),
        "attempts": len(case.attempts),
        "reason": case.misses[-1].reason,
        "reasons": [miss.reason for miss in case.misses],
        "lost_seconds": int((case.misses[-1].at - first).total_seconds()),
        "how": None if case.how == "open" else case.how,
        "closed_by": case.closed_by,
    }


def _is_miss_wanted(miss: Call, filters: Mapping[str, Sequence[str]]) -> bool:
    values = {"line": miss.line, "reason": miss.reason, "manager": miss.manager or "none"}
    return all(value in filters.get(name, (value,)) for name, value in values.items())


class TeamCount(DutyCount):
    """By manager: cases he closed in the period, proven or claimed; what he dialled to clients who waited (R22)."""

    def team_report(self, begins: date, ends: date, filters: Mapping[str, Sequence[str]]) -> Counted:
        first, last = self.span(begins, ends)
        events = [event for event in self._events() if first <= event[0] < last]
        wanted = filters.get("manager")
        chosen = [event for event in events if not wanted or (event[1] or "none") in wanted]
        by_row: dict[RowKey | None, list[_Event]] = defaultdict(list)
        for event in chosen:
            by_row[event[1],].append(event)
        counted = Counted()
        for row, own in [(None, chosen), *by_row.items()]:
            counted.lists[row] = {name: {e[3] for e in own if e[2] == name} for name in _LISTED}
            counted.figures[row] = {name: len(ids) for name, ids in counted.lists[row].items()}
            counted.figures[row] |= {name: _spread([e[4] for e in own if e[2] == name]) for name in _SPREADS}
            counted.figures[row]["talk_seconds"] = sum(e[4] for e in own if e[2] == "talk_seconds")
            counted.figures[row]["occupancy"] = self._occupancy(own, first, min(last, self.now))
        return counted

    def _occupancy(self, events: Sequence[_Event], first: datetime, last: datetime) -> float | None:
        """S3: talk / (talk + ready) of those who did anything; who talked longer than he was there was there so long."""
        talked: dict[str, int] = defaultdict(int)
        for _, who, column, _, seconds in events:
            if who is not None and (seconds or column != "talk_seconds"):
                talked[who] += seconds if column == "talk_seconds" else 0
        there = sum(max(talk, self.ready_seconds(who, first, last)) for who, talk in talked.items())
        return round(sum(talked.values()) / there, 4) if there else None

    def _events(self) -> Iterator[_Event]:
        """(when, whose, which figure, id behind it, seconds): what happened in the period counts in it."""
        for call in self.calls:
            yield call.at, call.manager, "talk_seconds", call.id, call.talk
        for case in self.cases:
            yield from _attempts(case)
            if case.closed_at is not None and case.how in ("called_out", "called_in", "manual"):
                kind = "claimed" if case.how == "manual" else "proven"
                seconds = int((case.closed_at - case.opened_at).total_seconds())
                for column in ("closed", kind, *(("contact_seconds",) if kind == "proven" else ())):
                    yield case.closed_at, case.closed_by, column, _key(case), seconds


def _attempts(case: Case) -> Iterator[_Event]:
    for call in case.attempts:
        yield call.at, call.manager, "attempts", call.id, 0
    if case.first_attempt_at is not None:
        first = min(case.attempts, key=lambda call: (call.at, call.id))
        seconds = int((case.first_attempt_at - case.opened_at).total_seconds())
        yield first.at, first.manager, "first_attempt_seconds", _key(case), seconds


def _key(case: Case) -> str:
    return case.misses[0].id if case.misses else case.orders[0].id


def _spread(seconds: Sequence[int]) -> dict[str, Any]:
    """D18. What stands between two values of a short list is a matter of method: the p90 is told as what it lies between."""
    if not seconds:
        return {"n": 0}
    ordered, place = sorted(seconds), (len(seconds) - 1) * 0.9
    between = (ordered[int(place)], ordered[min(len(seconds) - 1, int(place) + 1)])
    return {"mean": mean(ordered), "median": median(ordered), "p90": between, "n": len(ordered)}
