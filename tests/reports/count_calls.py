"""The calls report, counted in plain Python (M1–M23, X3–X6, X25, X26)."""

from __future__ import annotations

import collections
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property

from tests.reports.told import Counted, RowKey, Story
from tests.reports.truth import Call

_SILENT = timedelta(hours=4)  # a call whose end has not come by then is unknown


class CallsCount(Story):
    """By manager, or by manager and extension."""

    def calls_report(
        self, begins: date, ends: date, filters: Mapping[str, Sequence[str]], options: Mapping[str, str]
    ) -> Counted:
        first, last = self.span(begins, ends)
        chosen = [call for call in self.calls if first <= call.at < last and self._is_wanted(call, filters, options)]
        by_row: dict[RowKey, list[Call]] = defaultdict(list)
        for call in chosen:
            by_row[(call.manager, call.extension) if options.get("by_extension") == "yes" else (call.manager,)].append(
                call
            )
        counted = Counted(series=collections.Counter((self.day(c.at), c.direction, c.outcome) for c in chosen))
        for row, calls in [(None, chosen), *by_row.items()]:
            lists = self._call_lists(calls, options)
            counted.lists[row] = lists
            counted.figures[row] = {name: len(ids) for name, ids in lists.items()} | {"minutes": self._minutes(calls)}
        return counted

    def _is_wanted(self, call: Call, filters: Mapping[str, Sequence[str]], options: Mapping[str, str]) -> bool:
        if filters.get("manager") and (call.manager or "none") not in filters["manager"]:
            return False
        if filters.get("line") and call.line not in filters["line"]:
            return False
        if options.get("hide_missed") == "yes" and call.outcome in ("missed", "failed"):
            return False
        return options.get("first_call") != "yes" or call.id in self._firsts

    def _call_lists(self, calls: Sequence[Call], options: Mapping[str, str]) -> dict[str, set[str]]:
        columns: dict[str, Callable[[Call], bool]] = {
            "total": lambda _: True,
            "unknown": lambda call: call.outcome == "unknown" and self.now - call.heard_at > _SILENT,
            "outgoing": lambda call: call.direction == "out",
            "incoming": lambda call: call.direction == "in",
            "target_total": lambda call: call.is_target,
            "target_outgoing": lambda call: call.is_target and call.direction == "out",
            "target_incoming": lambda call: call.is_target and call.direction == "in",
            "first_unique_target": lambda call: call.is_target and call.id in self._very_firsts,
        }
        if options.get("hide_missed") != "yes":
            columns |= {
                "target_missed": lambda call: call.is_target and call.outcome == "missed",
                "target_called_back": lambda call: call.is_target and self._is_called_back(call),
                "called_back": self._is_called_back,
            }
        return {name: {call.id for call in calls if fits(call)} for name, fits in columns.items()}

    def _minutes(self, calls: Iterable[Call]) -> int:
        talks = [call.talk for call in calls]
        match self.facts.setting("minutes_mode", self.now, "floor_sum"):
            case "per_call_floor":
                return sum(talk // 60 for talk in talks)
            case "per_call_ceil":
                return sum(-(-talk // 60) for talk in talks)
        return sum(talks) // 60

    @cached_property
    def _of_client(self) -> dict[frozenset[str], list[Call]]:
        """In order of time, ties by id; hidden callers have no contact."""
        found: dict[frozenset[str], list[Call]] = defaultdict(list)
        for call in self.calls:
            if call.number:
                found[self.whose[call.number]].append(call)
        return found

    @cached_property
    def _very_firsts(self) -> set[str]:
        """X3: the contact's earliest call in either direction over all his numbers."""
        return {calls[0].id for calls in self._of_client.values()}

    @cached_property
    def _firsts(self) -> set[str]:
        """M7: also one before which no call FROM the client came for N days."""
        days = self.facts.setting("first_call_days", self.now, "")
        found = set(self._very_firsts)
        for calls in self._of_client.values() if days not in ("", "none") else ():
            for place, call in enumerate(calls):
                since = call.at - timedelta(days=int(days))
                if not any(other.direction == "in" and other.at >= since for other in calls[:place]):
                    found.add(call.id)
        return found

    def _is_called_back(self, miss: Call) -> bool:
        """X6: a successful call in either direction with that client, answered after the miss began, at any time."""
        if miss.outcome != "missed" or miss.number is None:
            return False
        apart = self.facts.setting("separate_lines", self.now, "no") == "yes"
        return any(
            call.answered_at is not None and call.answered_at > miss.at and (not apart or call.line == miss.line)
            for call in self._of_client[self.whose[miss.number]]
        )
