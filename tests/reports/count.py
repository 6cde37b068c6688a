"""The slow, independent count: reports in plain Python over the raw facts, written from the definitions, not the SQL.

Every figure is kept as the list of what is behind it (M8): call ids, order ids, and cases by their first missed call.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from tests.reports.facts import DAY, Facts
from tests.reports.truth import Call, Order, calls_of, orders_of
from tests.reports.waiting import Case, cases_of, clients_of

FATES = ("open", "called_out", "called_in", "manual", "merged", "expired", "blocked")
ORDER_REASONS = (
    *("client_no_coverage", "client_phone_off", "client_no_answer", "operators_did_not_call"),
    *("operators_unavailable", "operator_hung_up", "other"),
)
_REASON_OF_RESULT = {
    None: "client_no_answer",
    "no_answer": "client_no_answer",
    "no_coverage": "client_no_coverage",
    "phone_off": "client_phone_off",
    "operator_hung_up": "operator_hung_up",
}

RowKey = tuple[str | None, ...]


@dataclass
class Counted:
    """``figures`` and the ids behind those that can be opened, by row (None: the total) and column."""

    figures: dict[RowKey | None, dict[str, Any]] = field(default_factory=dict)
    lists: dict[RowKey | None, dict[str, set[str]]] = field(default_factory=dict)


class Counter:
    """Counts one story as of one moment."""

    def __init__(self, facts: Facts, now: datetime) -> None:
        self.facts, self.now = facts, now

    @cached_property
    def calls(self) -> list[Call]:
        return calls_of(self.facts)

    @cached_property
    def orders(self) -> list[Order]:
        return orders_of(self.facts)

    @cached_property
    def cases(self) -> list[Case]:
        return cases_of(self.facts, self.now)

    @cached_property
    def whose(self) -> dict[str, frozenset[str]]:
        everything: list[Call | Order] = [*self.calls, *self.orders]
        return clients_of(self.facts, {fact.number for fact in everything if fact.number})

    def span(self, begins: date, ends: date) -> tuple[datetime, datetime]:
        """D12."""
        return self.facts.midnight(begins), self.facts.midnight(ends + DAY)

    # --- calls: M1–M23, X3–X6, X25, X26 ---------------------------------------------------------------------------

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
        counted = Counted()
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

    # --- callbacks: P3–P12, X1, X2, X16, X22, X28 -------------------------------------------------------------------

    def callbacks_report(self, begins: date, ends: date, filters: Mapping[str, Sequence[str]]) -> Counted:
        first, last = self.span(begins, ends)
        wanted = filters.get("widget")
        chosen = [o for o in self.orders if first <= o.at < last and (not wanted or o.widget in wanted)]
        by_row: dict[RowKey, list[Order]] = defaultdict(list)
        for order in chosen:
            by_row[order.widget,].append(order)
        counted = Counted()
        for row, orders in [(None, chosen), *by_row.items()]:
            lists = self._order_lists(orders)
            counted.lists[row] = lists
            counted.figures[row] = {name: len(ids) for name, ids in lists.items()} | self._numbers(orders)
        return counted

    def _order_lists(self, orders: Sequence[Order]) -> dict[str, set[str]]:
        states = {order.id: self._fate(order) for order in orders}
        columns: dict[str, Callable[[Order], bool]] = {
            "total": lambda _: True,
            "successful": lambda order: states[order.id] == "successful",
            "pending": lambda order: states[order.id] == "pending",
            "unsuccessful": lambda order: states[order.id] in ORDER_REASONS,
            "in_hours": lambda order: order.is_in_hours,
            "off_hours": lambda order: not order.is_in_hours,
            "new_numbers": lambda order: order.id in self._new_orders,
        }
        lists = {name: {order.id for order in orders if fits(order)} for name, fits in columns.items()}
        return lists | {
            f"reasons.{reason}": {order.id for order in orders if states[order.id] == reason}
            for reason in ORDER_REASONS
        }

    def _numbers(self, orders: Sequence[Order]) -> dict[str, int]:
        """X1: numbers with exactly one carried-out callback; and how many different numbers there were."""
        reached: dict[str, int] = defaultdict(int)
        for order in orders:
            if order.number and self._fate(order) == "successful":
                reached[order.number] += 1
        return {
            "unique": sum(times == 1 for times in reached.values()),
            "different_numbers": len({order.number for order in orders if order.number}),
        }

    def _fate(self, order: Order) -> str:
        """X28: successful, pending, or the reason of the last attempt."""
        own = [call for call in self.calls if self._serves(call, order)]
        if any(call.outcome == "successful" for call in own):
            return "successful"
        if self.now < order.deadline:
            return "pending"
        return _why_not(own[-1]) if own else "operators_did_not_call"

    def _serves(self, call: Call, order: Order) -> bool:
        if call.said.get("order_id") is not None:
            return bool(call.said["order_id"] == order.id)
        is_ours = call.direction == "out" and order.number is not None and call.number == order.number
        return is_ours and order.at <= call.at <= order.deadline

    @cached_property
    def _new_orders(self) -> set[str]:
        """X2: the first ever of the pair (number, widget)."""
        found: dict[tuple[str, str], str] = {}
        for order in self.orders:
            if order.number:
                found.setdefault((order.number, order.widget), order.id)
        return set(found.values())

    # --- missed: R2, R8, R20 ----------------------------------------------------------------------------------------

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
        return Counted({None: figures}, {None: dict(lists)})


def _why_not(last: Call) -> str:
    result = last.said.get("result")
    if last.said.get("hung_up_by") == "us" and result in (None, "no_answer"):
        return "operator_hung_up"
    return _REASON_OF_RESULT.get(result, "other")


def _is_miss_wanted(miss: Call, filters: Mapping[str, Sequence[str]]) -> bool:
    values = {"line": miss.line, "reason": miss.reason, "manager": miss.manager or "none"}
    return all(value in filters.get(name, (value,)) for name, value in values.items())
