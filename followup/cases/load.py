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
from followup.clients.store import Newcomer
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRows:
    """What is stored of some clients later than ``since`` (None: all); what else is derived of it reads it again.

    Of those who are ``fresh`` there are calls and nothing else, nowhere.
    """

    clients: frozenset[int]
    fresh: frozenset[int]
    since: datetime | None
    numbers: Mapping[int, list[tuple[int, str]]]
    calls: Mapping[int, list[dict[str, Any]]]
    orders: Mapping[int, list[dict[str, Any]]]
    actions: list[dict[str, Any]]

    def holds(self, clients: Collection[int], since: datetime | None) -> bool:
        """Whether everything of these clients since then is here."""
        is_far_enough = self.since is None or (since is not None and self.since <= since)
        return is_far_enough and self.clients.issuperset(clients)


async def rows_of_clients(
    c: AsyncConnection,
    team_id: int,
    client_ids: Collection[int],
    since: datetime | None,
    *,
    fresh: Mapping[int, Newcomer] | None = None,
) -> ClientRows:
    """Everything stored of these clients; people's actions whatever their age. ``fresh``: see ``Recorded``."""
    new = {client_id: newcomer for client_id, newcomer in (fresh or {}).items() if client_id in client_ids}
    known = await clients.numbers_of_clients(c, team_id, [each for each in client_ids if each not in new])
    ids = [number_id for pairs in known.values() for number_id, _ in pairs]
    return ClientRows(
        clients=frozenset(client_ids),
        fresh=frozenset(new),
        since=since,
        numbers=known | {client_id: [(each.number_id, each.number)] for client_id, each in new.items()},
        calls=(await calls.facts_of_numbers(c, team_id, ids, since) if ids else {})
        | {each.number_id: each.calls for each in new.values() if each.calls},
        orders=await orders.facts_of_numbers(c, team_id, ids, since) if ids else {},
        actions=await store.actions_of_numbers(c, team_id, ids) if ids else [],
    )


def facts_of_clients(book: TeamBook, rows: ClientRows) -> dict[int, ClientFacts]:
    """The same as facts of cases."""
    found = {client_id: ClientFacts(client_id, rows.numbers.get(client_id, [])) for client_id in rows.clients}
    owner = {number_id: found[client_id] for client_id, pairs in rows.numbers.items() for number_id, _ in pairs}
    for number_id, own in rows.calls.items():
        _add(owner[number_id], book, (call_fact(row, book) for row in own))
    for number_id, own in rows.orders.items():
        _add(owner[number_id], book, (order_fact(row, book) for row in own))
    for row in rows.actions:
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
