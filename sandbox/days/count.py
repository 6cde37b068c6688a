"""The truth of any played part of a day, counted from the plan alone and knowing nothing of the bot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from statistics import median

from sandbox.days.plan import Planned
from sandbox.days.wire import ANSWER_AFTER

LABELS: dict[str, str] = {
    "calls": "Calls",
    "incoming": "Incoming",
    "outgoing": "Outgoing",
    "answered": "Answered",
    "outgoing_reached": "Outgoing, reached",
    "missed": "Missed calls",
    "missed_not_answered": "· not answered",
    "missed_off_hours": "· outside hours",
    "missed_all_unavailable": "· everyone busy",
    "missed_abandoned_10s": "· hung up before 10 s",
    "missed_abandoned_greeting": "· left in the greeting",
    "missed_abandoned_ivr": "· left in the menu",
    "missed_no_route": "· no route",
    "missed_hidden": "· of them hidden numbers",
    "clients": "Clients who did not get through",
    "called_out": "Called back and reached",
    "called_in": "Got through themselves",
    "not_reached": "Not reached",
    "by_hand": "· of them closed by hand",
    "contact_median_minutes": "Median minutes to contact",
    "orders": "Callback orders",
    "orders_successful": "Orders called back",
}


def count(calls: Iterable[Planned]) -> dict[str, int | None]:
    """Every number of the day over these calls; ``by_hand`` is people's doing, so no plan can know it."""
    external = [call for call in calls if call.kind != "internal"]
    return {**_calls(external), **_clients(external), **_orders(external)}


def _calls(calls: list[Planned]) -> dict[str, int | None]:
    kinds = Counter(call.kind for call in calls)
    misses = [call for call in calls if call.kind == "missed"]
    reasons = Counter(call.why for call in misses)
    return {
        "calls": kinds["answered"] + kinds["missed"] + kinds["outbound"],
        "incoming": kinds["answered"] + kinds["missed"],
        "outgoing": kinds["outbound"],
        "answered": kinds["answered"],
        "outgoing_reached": sum(call.kind == "outbound" and call.reached for call in calls),
        "missed": kinds["missed"],
        **{key: reasons[key.removeprefix("missed_")] for key in LABELS if key.startswith("missed_")},  # type: ignore[index]
        "missed_hidden": sum(call.client is None for call in misses),
    }


def _clients(calls: list[Planned]) -> dict[str, int | None]:
    first = _first_misses(calls)
    contacts = {client: _contact(client, since, calls) for client, since in first.items()}
    found = {client: call for client, call in contacts.items() if call}
    waits = [(call.started_at + ANSWER_AFTER - first[client]).total_seconds() for client, call in found.items()]
    how = Counter(call.kind for call in found.values())
    return {
        "clients": len(first),
        "called_out": how["outbound"],
        "called_in": how["answered"],
        "not_reached": len(first) - len(found),
        "by_hand": None,
        "contact_median_minutes": int(median(waits) // 60) if waits else None,
    }


def _first_misses(calls: list[Planned]) -> dict[str, datetime]:
    first: dict[str, datetime] = {}
    for call in sorted(calls, key=lambda each: each.started_at):
        if call.kind == "missed" and call.client:
            first.setdefault(call.client, call.started_at)
    return first


def _contact(client: str, since: datetime, calls: list[Planned]) -> Planned | None:
    """The first talk after the client's first miss, whoever dialled; a later miss opens another case, not counted here."""
    after = [call for call in calls if call.client == client and call.is_successful and call.started_at > since]
    return min(after, key=lambda call: call.started_at, default=None)


def _orders(calls: list[Planned]) -> dict[str, int | None]:
    placed = {call.order_id for call in calls if call.kind == "order"}
    served = {call.order_id for call in calls if call.kind == "outbound" and call.reached}
    return {"orders": len(placed), "orders_successful": len(placed & served)}
