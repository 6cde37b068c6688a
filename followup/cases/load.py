"""Stored rows → the facts that the rules read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from followup.calls import store as calls
from followup.cases import store
from followup.cases.facts import ActionFact, CallFact, CallRole, Fact, OrderFact
from followup.clients import store as clients
from followup.orders import store as orders
from followup.teams.book import TeamBook

Row = Mapping[str, Any]


@dataclass(slots=True)
class ClientFacts:
    """All facts of one client. ``scopes``: "" for the company, or the line where brands are separate (X12)."""

    client_id: int
    numbers: list[tuple[int, str]]
    scopes: dict[str, list[Fact]] = field(default_factory=lambda: defaultdict(list))


def call_fact(row: Row, book: TeamBook) -> CallFact | None:
    """A call row as a fact of a case; None if it says nothing about one."""
    role = _role(row)
    if role is None:
        return None
    policy = book.policy_at(row["started_at"])
    is_short = row["ring_seconds"] is not None and row["ring_seconds"] < policy.short_attempt.total_seconds()
    return CallFact(
        id=row["id"],
        role=role,
        started_at=row["started_at"],
        contact_at=row["contact_at"],
        line=row["line"],
        reason=row["reason"],
        member_id=row["member_id"],
        is_short=role == "attempt" and is_short,
        number_id=row["number_id"],
        key=f"{row['connection_id']}:{row['call_key']}",
        window=policy.window,
    )


def _role(row: Row) -> CallRole | None:
    if row["started_at"] is None:
        return None
    if row["direction"] == "out":
        return "contact_out" if row["outcome"] == "successful" else "attempt"
    if row["outcome"] == "missed":
        return "missed"
    return "contact_in" if row["outcome"] == "successful" else None


def order_fact(row: Row, book: TeamBook) -> OrderFact:
    """An order row as a fact."""
    return OrderFact(
        id=row["id"],
        ordered_at=row["ordered_at"],
        line=row["widget"],
        reason="forbidden" if row["is_forbidden"] else None,
        number_id=row["number_id"],
        key=f"{row['connection_id']}:{row['order_key']}",
        window=book.policy_at(row["ordered_at"]).window,
    )


def action_fact(row: Row) -> ActionFact:
    """An action row as a fact."""
    return ActionFact(id=row["id"], kind=row["kind"], at=row["at"], member_id=row["member_id"], data=row["data"])


async def facts_of_clients(
    c: AsyncConnection, book: TeamBook, client_ids: Collection[int], since: datetime | None
) -> dict[int, ClientFacts]:
    """Every fact of these clients from ``since`` on; blocks and unblocks whatever their age."""
    numbers = await clients.numbers_of_clients(c, book.id, client_ids)
    found = {client_id: ClientFacts(client_id, numbers.get(client_id, [])) for client_id in client_ids}
    owner = {number_id: found[client_id] for client_id, pairs in numbers.items() for number_id, _ in pairs}
    ids = list(owner)
    for number_id, rows in (await calls.facts_of_numbers(c, book.id, ids, since)).items():
        _add(owner[number_id], book, (call_fact(row, book) for row in rows))
    for number_id, rows in (await orders.facts_of_numbers(c, book.id, ids, since)).items():
        _add(owner[number_id], book, (order_fact(row, book) for row in rows))
    for row in await store.actions_of_numbers(c, book.id, ids):
        client = owner[row["number_id"]]
        # A client is on the blacklist of the team, whatever brand somebody put him there for.
        is_for_all = row["kind"] in ("block", "unblock") or not book.policy.separate_lines
        for scope in list(client.scopes) if is_for_all else [row["scope"]]:
            client.scopes[scope].append(action_fact(row))
    return found


def _add(client: ClientFacts, book: TeamBook, facts: Iterable[CallFact | OrderFact | None]) -> None:
    for fact in facts:
        if fact is not None:
            scope = (fact.line or "") if book.policy.separate_lines else ""
            client.scopes[scope].append(fact)
