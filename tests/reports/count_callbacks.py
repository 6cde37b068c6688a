"""The callbacks report, counted in plain Python (P3–P12, X1, X2, X16, X22, X28)."""

from __future__ import annotations

import collections
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property

from tests.reports.count_duty import DutyCount
from tests.reports.told import Counted, RowKey
from tests.reports.truth import Call, Order

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


class CallbacksCount(DutyCount):
    """By widget."""

    def callbacks_report(self, begins: date, ends: date, filters: Mapping[str, Sequence[str]]) -> Counted:
        first, last = self.span(begins, ends)
        wanted = filters.get("widget")
        chosen = [o for o in self.orders if first <= o.at < last and (not wanted or o.widget in wanted)]
        by_row: dict[RowKey, list[Order]] = defaultdict(list)
        for order in chosen:
            by_row[order.widget,].append(order)
        counted = Counted(series=collections.Counter((self.day(o.at), _state(self._fate(o))) for o in chosen))
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
        if own:
            return _why_not(own[-1])
        had_nobody = self.had_nobody(order.widget, order.at, order.deadline)
        return "operators_unavailable" if had_nobody else "operators_did_not_call"

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


def _state(fate: str) -> str:
    return "unsuccessful" if fate in ORDER_REASONS else fate


def _why_not(last: Call) -> str:
    result = last.said.get("result")
    if last.said.get("hung_up_by") == "us" and result in (None, "no_answer"):
        return "operator_hung_up"
    return _REASON_OF_RESULT.get(result, "other")
