"""Order events → stored callback orders."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from followup.calls.events import OrderEvent
from followup.calls.record import Recorded
from followup.clients import store as clients
from followup.orders import store
from followup.orders.rules import deadline
from followup.phone import is_e164, normalise
from followup.teams.book import TeamBook
from followup.teams.desk import Desk


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
    number = normalise(order.client, desk.book.policy.region)
    number_id = None
    if number is not None:
        number_id = (await clients.number_ids(desk.c, desk.book.id, [number], desk.now))[number]
    row = _row(desk.book, order, number, number_id)
    known = await store.stored(desk.c, desk.book.id, connection_id, order.order_key)
    if known is None:
        await store.add_order(desk.c, row | {"connection_id": connection_id, "order_key": order.order_key})
    else:
        row = _joined(desk.book, known, row)
        recorded.reach_back(known["ordered_at"])
        await store.change_order(desk.c, desk.book.id, known["id"], row)
    recorded.reach_back(order.ordered_at)
    if number_id is not None:
        recorded.numbers.add(number_id)
        if order.name:
            await clients.name_client(desk.c, desk.book.id, number_id, order.name)


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
        "widget": order.widget,
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
