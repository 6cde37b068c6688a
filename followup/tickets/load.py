"""Stored rows → the facts that tickets are derived from, for several clients at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Final

from followup.calls import messages_store as messages
from followup.cases.load import ClientRows, rows_of_clients
from followup.clients import accounts_store as accounts
from followup.teams.book import TeamBook
from followup.teams.desk import Desk
from followup.tickets import store
from followup.tickets.facts import VOICE, Act, Touch, TouchKind
from followup.tickets.rules import Fact
from storage.rows import Row

# What somebody does about a case he does about its ticket, too.
_OF_CASES: Final = frozenset({"take", "release", "transfer", "return"})
_CASE_ACTS: Final = 1_000_000_000  # ids of cases' acts are told from those of tickets in the order of one instant


async def facts_of_clients(
    desk: Desk, client_ids: Collection[int], since: datetime | None, known: ClientRows | None = None
) -> dict[int, list[Fact]]:
    """Client id → his touches and the acts of all his lanes, later than ``since``; ``known``: what was read already."""
    c, team_id, book = desk.c, desk.book.id, desk.book
    if known is None or not known.holds(client_ids, since):
        known = await rows_of_clients(c, team_id, client_ids, since)
    wanted = set(client_ids)
    owner = {number: client for client, pairs in known.numbers.items() if client in wanted for number, _ in pairs}
    old = wanted - known.fresh
    writes = await accounts.accounts_of_clients(c, team_id, old)
    writer = {row["id"]: client_id for client_id, rows in writes.items() for row in rows}
    found: dict[int, list[Fact]] = defaultdict(list)
    for number_id, client_id in owner.items():
        found[client_id] += _present(call_touch(row, book) for row in known.calls.get(number_id, ()))
        found[client_id] += [order_touch(row, book) for row in known.orders.get(number_id, ())]
    for account_id, rows in (await messages.facts_of_accounts(c, team_id, writer, since)).items():
        found[writer[account_id]] += [message_touch(row) for row in rows if row["state"] != "failed"]
    for row in known.actions:
        if row["kind"] in _OF_CASES and row["number_id"] in owner:
            found[owner[row["number_id"]]].append(case_act(row))
    if old:
        await _add_acts(desk, found, (owner, writer, old))
    if since is None:
        return found
    return {client_id: [fact for fact in facts if fact.at > since] for client_id, facts in found.items()}


async def _add_acts(
    desk: Desk,
    found: dict[int, list[Fact]],
    whose: tuple[Mapping[int, int], Mapping[int, int], Collection[int]],
) -> None:
    owner, writer, client_ids = whose
    wanted = {"numbers": owner, "accounts": writer, "clients": client_ids}
    rows = await store.acts_of(desk.c, desk.book.id, wanted)
    made = {row["id"]: row["client_id"] for row in rows if row["kind"] == "create"}
    for row in rows:
        if row["kind"] == "create":
            client = row["client_id"]
        elif row["born_as"] is not None:
            client = made[row["born_as"]]
        else:
            client = owner[row["number_id"]] if row["number_id"] is not None else writer[row["account_id"]]
        found[client].append(act_fact(row))


def _present(touches: Iterable[Touch | None]) -> list[Touch]:
    return [touch for touch in touches if touch is not None]


def call_touch(row: Row, book: TeamBook) -> Touch | None:
    """A call as a touch; None if it says nothing (running, internal)."""
    kind = _kind(row)
    if kind is None:
        return None
    line = book.lines.get(row["line"] or "")
    return Touch(
        key=f"c:{row['id']}",
        kind=kind,
        at=row["started_at"],
        opens=_opens(book, kind, row["started_at"], row["line"]) and not row["is_history"],
        contact_at=row["contact_at"] if kind in ("answered", "contact_out") else None,
        channel="phone",
        entry_point=row["line"],
        group=line.group if line else None,
        number_id=row["number_id"],
        tie=f"{row['connection_id']}:{row['call_key']}",
    )


def _kind(row: Row) -> TouchKind | None:
    if row["direction"] == "out":
        return "contact_out" if row["outcome"] == "successful" else "attempt"
    return {"missed": "missed", "successful": "answered"}.get(row["outcome"])  # type: ignore[return-value]


_SOURCES: Final[Mapping[str, str]] = {"missed": "missed", "answered": "answered", "order": "orders"}


def _opens(book: TeamBook, kind: str, at: datetime, line_key: str | None) -> bool:
    """By the team's rule as it was valid then (D13); a line may be told to make none."""
    source = _SOURCES.get(kind)
    if source is None or source not in book.policy_at(at).ticket_sources:
        return False
    line = book.lines.get(line_key or "")
    is_young = book.tickets_from is None or at >= book.tickets_from
    return is_young and (line is None or line.makes_tickets)


def order_touch(row: Row, book: TeamBook) -> Touch:
    """A callback order as a touch."""
    line = book.lines.get(row["widget"])
    return Touch(
        key=f"o:{row['id']}",
        kind="order",
        at=row["ordered_at"],
        opens=_opens(book, "order", row["ordered_at"], row["widget"]),
        channel="callback",
        entry_point=row["widget"],
        group=line.group if line else None,
        number_id=row["number_id"],
        tie=f"{row['connection_id']}:{row['order_key']}",
    )


def message_touch(row: Row) -> Touch:
    """A message as a touch: a client's own opens a ticket of its account, ours is a reaction."""
    return Touch(
        key=f"m:{row['id']}",
        kind="message_out" if row["is_ours"] else "message_in",
        at=row["at"],
        opens=not row["is_ours"],
        channel=row["channel"],
        entry_point=row["entry_point"],
        number_id=row["number_id"],
        account_id=row["account_id"],
        tie=f"{row['connection_id']}:{row['message_key']}",
    )


def case_act(row: Row) -> Act:
    """What was done about the case, done about the ticket."""
    return Act(
        id=row["id"] - _CASE_ACTS,
        kind=row["kind"],
        at=row["at"],
        lane=VOICE,
        member_id=row["member_id"],
        data=row["data"],
    )


def act_fact(row: Row) -> Act:
    """A stored act as a fact."""
    if row["kind"] == "create":
        lane = f"a:{row['id']}"
    elif row["born_as"] is not None:
        lane = f"a:{row['born_as']}"
    else:
        lane = VOICE if row["number_id"] is not None else f"t:{row['account_id']}"
    return Act(id=row["id"], kind=row["kind"], at=row["at"], lane=lane, member_id=row["member_id"], data=row["data"])


def boundary(stored: Iterable[Row], since: datetime | None) -> datetime | None:
    """The last moment before ``since`` at which a client had no ticket open: facts up to it change nothing."""
    alive = [row for row in stored if row["state"] != "gone"]
    if since is None or not alive:
        return None
    at: datetime | None = max((row["created_at"] for row in alive if row["created_at"] <= since), default=None)
    while at is not None:
        over = [row["created_at"] for row in alive if row["created_at"] < at and _lasts_until(row, at)]
        if not over:
            return at
        at = min(over)
    return None


def _lasts_until(row: Row, at: datetime) -> bool:
    return row["closed_at"] is None or bool(row["closed_at"] >= at)
