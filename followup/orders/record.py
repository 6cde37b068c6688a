"""Order events → stored callback orders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from followup.calls.events import OrderEvent
from followup.calls.record import Recorded
from followup.clients import store as clients
from followup.orders import store
from followup.orders.rules import deadline
from followup.phone import is_e164, is_erased, normalise
from followup.teams.book import TeamBook
from followup.teams.desk import Desk
from storage.rows import Row


def refusal_of(book: TeamBook, order: OrderEvent) -> str | None:
    """Why the widget takes no such order (P9), or None: ``off_hours``."""
    line = book.lines.get(order.widget)
    if line is None or line.at(order.ordered_at).takes_off_hours_orders:
        return None
    return None if book.schedule_at(order.widget, order.ordered_at).is_open(order.ordered_at) else "off_hours"


async def record_order(desk: Desk, connection_id: int, order: OrderEvent, recorded: Recorded) -> None:
    """Write one order; a repeated post only fills what was empty. An order that its widget refuses is no order."""
    if refusal_of(desk.book, order) is not None:
        return
    known = await store.stored(desk.c, desk.book.id, connection_id, order.order_key)
    if known is not None and await _is_forgotten(desk, known):
        return
    number = normalise(order.client, desk.book.policy.region)
    ids = await clients.number_ids(desk.c, desk.book.id, [number] if number else [], desk.now)
    number_id = ids.get(number or "")
    row = _row(desk.book, order, number, number_id)
    if known is None:
        await store.add_order(desk.c, row | {"connection_id": connection_id, "order_key": order.order_key})
    else:
        row = _joined(desk.book, known, row) | await _whose(desk, known, row, number)
        recorded.reach_back(known["ordered_at"])
        recorded.numbers |= {known["number_id"]} - {None}
        recorded.linked |= {known["case_id"]} - {None}
        await store.change_order(desk.c, desk.book.id, known["id"], row)
    recorded.reach_back(row["ordered_at"])
    recorded.numbers |= {row["number_id"]} - {None}
    if number_id is not None and order.name:
        await clients.name_client(desk.c, desk.book.id, number_id, order.name)


async def _is_forgotten(desk: Desk, known: Row) -> bool:
    """A post repeated after its client was forgotten must not bring him back."""
    if known["number_id"] is None:
        return False
    return is_erased(await clients.number_text(desk.c, desk.book.id, known["number_id"]))


async def _whose(desk: Desk, known: Row, row: Mapping[str, Any], number: str | None) -> dict[str, Any]:
    """Of two numbers in posts of one order a callable one counts, then the greater: never the one that came first."""
    old, new = ({name: each[name] for name in ("number_id", "is_forbidden")} for each in (known, row))
    if number is None or known["number_id"] == row["number_id"]:
        return old
    if known["number_id"] is None:
        return new
    said = await clients.number_text(desk.c, desk.book.id, known["number_id"])
    return new if (is_e164(number), number) > (is_e164(said), said) else old


def _joined(book: TeamBook, known: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """Non-null beats null, the earliest order time counts, two different words are settled by the greater one."""
    joined = {}
    for name, value in row.items():
        old = known[name]
        if old is None or value is None:
            joined[name] = value if old is None else old
        elif name == "ordered_at":
            joined[name] = min(old, value)
        else:
            joined[name] = max(old, value)
    return joined | _by_time(book, joined["widget"], joined["ordered_at"], joined["wanted_at"])


def _row(book: TeamBook, order: OrderEvent, number: str | None, number_id: int | None) -> dict[str, Any]:
    return {
        "team_id": book.id,
        "widget": order.widget[:64],
        "number_id": number_id,
        "ordered_at": order.ordered_at,
        "wanted_at": order.wanted_at,
        "topic": order.topic,
        "name": order.name,
        "consent": order.consent,
        "is_forbidden": number is not None and not is_e164(number),
    } | _by_time(book, order.widget, order.ordered_at, order.wanted_at)


def _by_time(book: TeamBook, widget: str, ordered_at: datetime, wanted_at: datetime | None) -> dict[str, Any]:
    schedule, policy = book.schedule_at(widget, ordered_at), book.policy_at(ordered_at)
    until = deadline(ordered_at, wanted_at, schedule, policy.timezone, policy.order_deadline)
    return {"is_in_hours": schedule.is_open(ordered_at), "deadline_at": until}
