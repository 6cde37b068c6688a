"""A measure that did not exist when a ticket was closed, taken later from the same facts."""

from __future__ import annotations

from followup.teams.desk import Desk
from followup.tickets import store
from followup.tickets.load import facts_of_clients
from followup.tickets.rules import derive, match
from followup.tickets.spans import spans_of
from storage.rows import Row

_KNOWN = ("handling_seconds", "handling_working", "snoozed_seconds")


async def measure_again(desk: Desk, row: Row) -> None:
    """How much of its handling was put off in working time; unknown where its facts tell another story by now."""
    facts = await facts_of_clients(desk, [row["client_id"]], None)
    told = derive(facts.get(row["client_id"], ()))
    places = match([(row["id"], row["lane"], frozenset(row["fact_keys"]))], told)
    for place in places:
        spans = spans_of(told[place], desk.book, desk.now)
        if all(spans[name] == row[name] for name in _KNOWN):
            await store.mark(desk.c, desk.book.id, row["id"], snoozed_working=spans["snoozed_working"])
