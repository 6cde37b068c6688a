"""The callbacks report: orders of widgets and what became of them (P1–P12)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from followup.duty.rules import Watch
from followup.duty.store import watch_of
from followup.hours import local_date
from followup.orders.rules import Attempt, Order, OrderReason, OrderState, order_outcome
from followup.reports import callbacks_store as store
from followup.reports.calls import Parts, dates_of
from followup.reports.question import Question
from followup.reports.shape import Column
from followup.teams.desk import Desk
from storage.rows import Row

REASONS: tuple[OrderReason, ...] = get_args(OrderReason)
_REASON_IDS = {
    "client_no_coverage": "P5.1",
    "client_phone_off": "P5.2",
    "client_no_answer": "P5.3",
    "operators_did_not_call": "P5.4",
    "operators_unavailable": "P5.5",
    "operator_hung_up": "P5.6",
    "other": "P5",
}
_DEFINED: Mapping[str, str] = {
    "total": "P3",
    "successful": "P4",
    "unsuccessful": "P5",
    "pending": "X28",
    **{f"reasons.{reason}": _REASON_IDS[reason] for reason in REASONS},
    "in_hours": "P6",
    "off_hours": "P8",
    "unique": "P11",
    "different_numbers": "X1",
    "new_numbers": "P12",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """One order as of now."""

    id: int
    widget: str
    number_id: int | None
    ordered_at: datetime
    state: OrderState
    reason: OrderReason | None
    is_in_hours: bool
    is_new: bool


def columns_of(_: Question) -> tuple[Column, ...]:
    """What the table shows."""
    figures = [Column(key=key, unit="count", definition=known, opens=True) for key, known in _DEFINED.items()]
    return (Column(key="widget", unit="text", definition="P7"), *figures)


async def build_callbacks(desk: Desk, question: Question) -> Parts:
    """Rows, their keys, the total and the series."""
    orders = await orders_now(desk, question)
    by_widget: dict[str, list[Ordered]] = defaultdict(list)
    for order in orders:
        by_widget[order.widget].append(order)
    widgets = sorted(by_widget, key=lambda widget: (-len(by_widget[widget]), widget))
    rows = tuple({"widget": widget} | _figures(question, [widget], by_widget[widget]) for widget in widgets)
    known = question.keys("widget") or [line.key for line in desk.book.lines.values() if line.kind == "widget"]
    return rows, tuple(widgets), _figures(question, {*widgets, *known}, orders), _series(question, orders)


async def orders_now(desk: Desk, question: Question) -> list[Ordered]:
    """Every order of the period with its outcome by the rules of orders, newest first."""
    attempts: dict[int, list[Attempt]] = defaultdict(list)
    for row in await store.attempts_of(desk.c, question):
        attempts[row["order_id"]].append(_attempt(row))
    rows = await store.orders_of(desk.c, question)
    watch = await _watch(desk, rows)
    return [_ordered(_order(row, question, watch), row, attempts[row["id"]], question.now) for row in rows]


async def _watch(desk: Desk, rows: Sequence[Row]) -> Watch:
    """Who was there from the first order until the last deadline."""
    if not rows:
        return Watch({}, {})
    span = min(row["ordered_at"] for row in rows), max(row["deadline_at"] for row in rows)
    return await watch_of(desk.c, desk.book.id, span)


def _order(row: Row, question: Question, watch: Watch) -> Order:
    line = question.book.lines.get(row["widget"])
    was_there = watch.was_anyone_available(line.group if line else None, (row["ordered_at"], row["deadline_at"]))
    return Order(order_key=row["order_key"], ordered_at=row["ordered_at"], was_anyone_available=was_there)


def _attempt(row: Row) -> Attempt:
    return Attempt(
        call_key=row["call_key"],
        started_at=row["started_at"],
        order_key=row["order_key"],
        is_successful=row["outcome"] == "successful",
        contact_at=row["contact_at"],
        result=row["result"],
        hung_up_by=row["facts"].get("hung_up_by"),
    )


def _ordered(order: Order, row: Row, attempts: Iterable[Attempt], now: datetime) -> Ordered:
    outcome = order_outcome(order, attempts, row["deadline_at"], now)
    return Ordered(
        state=outcome.state,
        reason=outcome.reason,
        is_new=bool(row["is_new"]),
        **{name: row[name] for name in ("id", "widget", "number_id", "ordered_at", "is_in_hours")},
    )


_FITS: Mapping[str, Callable[[Ordered], bool]] = {
    "total": lambda _: True,
    "in_hours": lambda order: order.is_in_hours,
    "off_hours": lambda order: not order.is_in_hours,
    "new_numbers": lambda order: order.is_new,
}


def behind(orders: Sequence[Ordered], column: str) -> list[Ordered]:
    """The orders behind a figure; of numbers that are counted, one order each."""
    name, _, reason = column.partition(".")
    if reason:
        return [order for order in orders if order.reason == reason]
    if name in _FITS:
        return [order for order in orders if _FITS[name](order)]
    if name == "different_numbers":
        return list({order.number_id: order for order in reversed(orders) if order.number_id is not None}.values())[
            ::-1
        ]
    if name == "unique":
        return _carried_out_once(orders)
    return [order for order in orders if order.state == name]


def _carried_out_once(orders: Iterable[Ordered]) -> list[Ordered]:
    """X1: the numbers with exactly one successful callback of the period."""
    reached = [order for order in orders if order.state == "successful" and order.number_id is not None]
    times = Counter(order.number_id for order in reached)
    return [order for order in reached if times[order.number_id] == 1]


def _figures(question: Question, widgets: Iterable[str], orders: Sequence[Ordered]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in _DEFINED:
        name, dot, reason = key.partition(".")
        number = len(behind(orders, key))
        if dot:
            found.setdefault(name, {})[reason] = number
        else:
            found[name] = number
    if not found["off_hours"] and _takes_none_off_hours(question, list(widgets)):
        found["off_hours"] = None
    return found


def _takes_none_off_hours(question: Question, widgets: Sequence[str]) -> bool:
    """P8, P9: where no order can come off hours, their number is a dash, not a zero."""
    lines = [question.book.lines.get(widget) for widget in widgets]
    return bool(lines) and all(line is not None and not line.at(question.now).takes_off_hours_orders for line in lines)


def _series(question: Question, orders: Iterable[Ordered]) -> dict[str, Any]:
    """``days``: of each local date the orders by state."""
    days = {day: Counter[str]() for day in dates_of(question)}
    for order in orders:
        days[local_date(order.ordered_at, question.timezone).isoformat()][order.state] += 1
    return {
        "days": [
            {"day": day} | {state: states[state] for state in get_args(OrderState)} for day, states in days.items()
        ]
    }
