"""Derive the tickets of some clients from their facts, and write the difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from followup.calls import store as calls
from followup.cases.load import ClientRows
from followup.teams.desk import Desk
from followup.teams.turn_store import lock_team
from followup.tickets import store
from followup.tickets.facts import Ticket
from followup.tickets.load import boundary, facts_of_clients
from followup.tickets.rules import derive, match
from followup.tickets.spans import spans_of
from storage.rows import Row

_INSTANT: Final = timedelta(microseconds=1)
_SAME: Final = (
    *("lane", "kind", "channel", "entry_point", "origin_key", "fact_keys", "number_id", "account_id", "call_id"),
    *("subject", "status", "owner_id", "owned_at", "group_name", "topic_id", "result_id", "comment", "created_at"),
    *("first_reaction_at", "last_reaction_at", "taken_at", "contact_at", "closed_at", "closed_by", "reopened"),
    *("snoozed_until", "last_fact_at"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketChange:
    """A ticket row before (None: new) and after."""

    ticket_id: int
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]

    @property
    def is_new(self) -> bool:
        """Never heard of before."""
        return self.before is None

    @property
    def is_open(self) -> bool:
        """Somebody's business now."""
        return bool(self.after["state"] == "open")


async def rederive(
    desk: Desk,
    client_ids: Collection[int],
    since: datetime | None,
    *,
    makers: Collection[int] = (),
    rows: ClientRows | None = None,
) -> list[TicketChange]:
    """Make the stored tickets of these clients say what their facts say.

    ``since``: the earliest moment of anything new (None: look at everything). Else clients without a ticket are looked
    at only if they are among ``makers``: whose new facts may make one. ``rows``: what was read of them a moment ago.
    """
    await lock_team(desk.c, desk.book.id)
    stored: dict[int, list[Row]] = defaultdict(list)
    fresh = rows.fresh if rows else frozenset[int]()
    for row in await store.stored_tickets(desk.c, desk.book.id, [each for each in client_ids if each not in fresh]):
        stored[row["client_id"]].append(row)
    # Where everything is looked at numbers may have come from a client who has tickets to one who had none.
    concerned = [client for client in client_ids if since is None or client in stored or client in makers]
    if not concerned:
        return []
    places = {client: boundary(stored[client], since) for client in concerned}
    earliest = None if None in places.values() else min(at for at in places.values() if at is not None)
    facts = await facts_of_clients(desk, concerned, earliest - _INSTANT if earliest else None, rows)
    pool: list[Row] = []
    derived: list[tuple[int, Ticket]] = []
    for client in concerned:
        place = places[client]
        pool += [row for row in stored[client] if place is None or row["created_at"] >= place]
        own = derive(fact for fact in facts.get(client, ()) if place is None or fact.at >= place)
        derived += [(client, ticket) for ticket in own]
    return await _write(desk, pool, derived)


async def _write(desk: Desk, pool: Sequence[Row], derived: Sequence[tuple[int, Ticket]]) -> list[TicketChange]:
    """Numbers and accounts may have changed hands since: a ticket is found again at whichever client its facts are."""
    keys = [(row["id"], row["lane"], frozenset(row["fact_keys"])) for row in pool]
    chosen = match(keys, [ticket for _, ticket in derived])
    by_id = {row["id"]: row for row in pool}
    rows = [_values(desk, client_id, ticket) for client_id, ticket in derived]
    found = [(by_id[chosen[place]], row) for place, row in enumerate(rows) if place in chosen]
    pairs = [(old, row | {"next_at": _still_due(old["next_at"], row["next_at"], desk.now)}) for old, row in found]
    left = [row for row in pool if row["id"] not in chosen.values()]
    gone: dict[str, Any] = {"state": "gone", "next_at": None}
    changed = [(row, new) for row, new in (*pairs, *((row, gone) for row in left)) if _differs(row, new)]
    past = await _past(desk, [row for row, _ in changed if row["closed_at"] is not None])
    changes = await _update(desk, [(row, new) for row, new in changed if row["id"] not in past])
    told = frozenset[str]().union(*(row["fact_keys"] for row in pool if row["id"] in past))
    fresh = [row for place, row in enumerate(rows) if place not in chosen and told.isdisjoint(row["fact_keys"])]
    return changes + await _insert(desk, fresh)


def _differs(row: Row, new: Mapping[str, Any]) -> bool:
    return any(row[name] != value for name, value in new.items())


async def _past(desk: Desk, closed: Sequence[Row]) -> set[int]:
    """Those of which calls were deleted by age: what is left tells another story, theirs stays as it was told."""
    speaking = {row["id"]: {int(key[2:]) for key in row["fact_keys"] if key.startswith("c:")} for row in closed}
    known = await calls.known_ids(desk.c, desk.book.id, set().union(*speaking.values()))
    return {ticket_id for ticket_id, ids in speaking.items() if not ids <= known}


def _still_due(old: datetime | None, new: datetime | None, now: datetime) -> datetime | None:
    """A moment that has come and was not looked at yet stays due."""
    return old if old is not None and old <= now else new


async def _update(desk: Desk, changed: Sequence[tuple[Row, dict[str, Any]]]) -> list[TicketChange]:
    # Rows of one statement must name the same columns: what is left over goes by itself.
    for is_whole in (True, False):
        rows = [new | {"id": row["id"]} for row, new in changed if (len(new) > 2) is is_whole]
        await store.change_tickets(desk.c, desk.book.id, rows)
    return [TicketChange(ticket_id=row["id"], before=row, after=row | new) for row, new in changed]


async def _insert(desk: Desk, rows: Sequence[dict[str, Any]]) -> list[TicketChange]:
    whole = [row | {"team_id": desk.book.id, "stored_at": desk.now} for row in rows]
    ids = await store.add_tickets(desk.c, whole)
    pairs = zip(ids, whole, strict=True)
    return [TicketChange(ticket_id=id_, before=None, after=row | {"id": id_, "version": 1}) for id_, row in pairs]


def _values(desk: Desk, client_id: int, ticket: Ticket) -> dict[str, Any]:
    state = {"client_id": client_id, "state": "open" if ticket.is_open else "closed"}
    return {name: getattr(ticket, name) for name in _SAME} | state | spans_of(ticket, desk.book, desk.now)
