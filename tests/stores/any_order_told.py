"""All that a team knows after a story, ids replaced by what they stand for: two orders of arrival are compared by it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from followup.calls.tables import calls
from followup.cases.tables import cases
from followup.clients.tables import clients as client_table
from followup.clients.tables import numbers
from followup.orders.tables import orders
from followup.tickets.tables import tickets
from tests.stores.any_order import Receiver

_OF_ARRIVAL = {"id", "team_id", "connection_id", "last_event_at", "client_id", "created_at", "version", "case_id"}
_OF_ARRIVAL |= {"planned_version", "first_shown_at", "notified_at"}


async def stored(receiver: Receiver) -> dict[str, list[Any]]:
    """All that a team knows, ids replaced by what they stand for; checks that calls and cases speak of one another."""
    known = await _tables(receiver)
    number = {row["id"]: row["number"] for row in known["numbers"]}
    names = {row["id"]: row["name"] for row in known["clients"]}
    group: dict[int, list[str]] = defaultdict(list)
    for row in known["numbers"]:
        group[row["client_id"]].append(row["number"])
    live = [row for row in known["cases"] if row["state"] in ("open", "closed") and row["how"] != "merged"]
    keys = {f"c:{row['id']}": row["call_key"] for row in known["calls"]}
    keys |= {f"o:{row['id']}": row["order_key"] for row in known["orders"]}
    own_case = {key: row["id"] for row in live for key in row["fact_keys"] if key[0] != "a"}
    for prefix, table in (("c", "calls"), ("o", "orders")):
        for row in known[table]:
            assert row["case_id"] == own_case.get(f"{prefix}:{row['id']}"), (row, live)

    def plain(row: dict[str, Any]) -> dict[str, Any]:
        found = {name: value for name, value in row.items() if name not in _OF_ARRIVAL}
        found["number_id"] = number.get(row["number_id"])
        if "fact_keys" in row:
            found["fact_keys"] = [keys.get(key, "act") for key in row["fact_keys"]]
            found["contact_id"] = keys.get(f"c:{row['contact_id']}")
            # Names stay with the client of a merge that stands; which of two clients that was is no event.
            found["client"] = sorted(group.get(row["client_id"], []))
            found["name"] = None if len(found["client"]) > 1 or receiver.was_joined else names.get(row["client_id"])
        return found

    return {
        "calls": _sorted(map(plain, known["calls"])),
        "orders": _sorted(map(plain, known["orders"])),
        "cases": _sorted(map(plain, live)),
        "tickets": _sorted(_plain_ticket(row, keys, number) for row in known["tickets"] if row["state"] != "gone"),
    }


def _plain_ticket(row: dict[str, Any], keys: dict[str, str], number: dict[int, str]) -> dict[str, Any]:
    found = {name: value for name, value in row.items() if name not in _OF_ARRIVAL | {"stored_at", "next_at"}}
    return found | {
        "number_id": number[row["number_id"]],
        "call_id": keys.get(f"c:{row['call_id']}"),
        "origin_key": keys[row["origin_key"]],
        "fact_keys": sorted(keys.get(key, "act") for key in row["fact_keys"]),
    }


def _sorted(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (str(row.get("opened_at")), str(row.get("fact_keys")), str(row)))


async def _tables(receiver: Receiver) -> dict[str, list[dict[str, Any]]]:
    tables = (calls, orders, cases, tickets, numbers, client_table)
    async with receiver.database.read() as c:
        return {
            table.name: [
                dict(row)
                for row in (await c.execute(select(table).where(table.c.team_id == receiver.team_id))).mappings()
            ]
            for table in tables
        }
