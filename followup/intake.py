"""THE reaction to what a PBX says: one function to read.

In the caller's one transaction: facts are merged and judged, the cases of everybody concerned are derived anew, and
whatever differs from before is written together with the notices it causes. Late, repeated and swapped events cost
nothing, because nothing here looks at the order of arrival.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from followup.calls.events import CallEvent, Event, MessageEvent, OrderEvent
from followup.calls.record import Recorded, record_calls
from followup.cases.announce import Change
from followup.cases.history_store import clients_with_cases
from followup.cases.reconcile import Touched, reconcile
from followup.clients import store as clients
from followup.notices import store as notices
from followup.orders import store as orders
from followup.orders.record import record_order
from followup.teams.desk import Desk
from followup.teams.turn_store import lock_team
from followup.tickets.follow import follow_batch
from followup.tickets.letterbox import show_posted, take_message

_MISSED_ONLY: Final = frozenset({"missed"})


async def take_in(desk: Desk, events: Sequence[tuple[int, Event]]) -> list[Change]:
    """React to (connection id, event) pairs of one team; returns the cases that changed."""
    await lock_team(desk.c, desk.book.id)
    recorded, wrote = await _record(desk, events)
    whose = await _whose(desk, recorded)
    touched = _touched(recorded, whose)
    changes = await reconcile(desk, touched)
    await follow_batch(desk, touched, wrote, _makers(desk, recorded, whose) | wrote)
    await _retell_orders(desk, [(owner, event.order_key) for owner, event in events if isinstance(event, OrderEvent)])
    for owner, event in events:
        if isinstance(event, MessageEvent):
            await show_posted(desk, owner, [event.message_key])
    return changes


async def _record(desk: Desk, events: Sequence[tuple[int, Event]]) -> tuple[Recorded, set[int]]:
    """Every event written down: whom they concern, and which clients wrote."""
    recorded, wrote = Recorded(), set[int]()
    for connection_id in dict.fromkeys(connection_id for connection_id, _ in events):
        of_connection = [event for owner, event in events if owner == connection_id]
        calls_seen = [event for event in of_connection if isinstance(event, CallEvent)]
        if calls_seen:
            await record_calls(desk, connection_id, calls_seen, recorded)
        for event in of_connection:
            if isinstance(event, OrderEvent):
                await record_order(desk, connection_id, event, recorded)
            elif isinstance(event, MessageEvent):
                wrote |= await take_message(desk, connection_id, event, recorded)
    if not all(isinstance(event, CallEvent) for _, event in events):
        recorded.fresh.clear()  # who is new may have ordered or written in the same batch
    return recorded, wrote


async def take_history(desk: Desk, connection_id: int, events: Sequence[CallEvent]) -> None:
    """Calls of the past, from a file: the same facts and cases, but nobody is told of them."""
    await lock_team(desk.c, desk.book.id)
    recorded = Recorded(is_history=True)
    await record_calls(desk, connection_id, events, recorded)
    touched = await _troubled(desk, recorded)
    await reconcile(desk, touched)
    await follow_batch(desk, touched, (), ())


async def _troubled(desk: Desk, recorded: Recorded) -> Touched:
    """Most clients were never missed: no case is theirs, and none has to be derived."""
    whose = await _whose(desk, recorded)
    known = await clients_with_cases(desk.c, desk.book.id, set(whose.values()) - recorded.fresh.keys())
    return Touched(
        clients={client for number, client in whose.items() if number in recorded.missed or client in known},
        hidden_calls=recorded.hidden_calls,
        linked=recorded.linked,
        fresh=recorded.fresh,
        since=recorded.since,
        is_history=True,
    )


async def _whose(desk: Desk, recorded: Recorded) -> dict[int, int]:
    """Number id → client id of all who are concerned."""
    new = {newcomer.number_id: client_id for client_id, newcomer in recorded.fresh.items()}
    return new | await clients.clients_of_numbers(desk.c, desk.book.id, recorded.numbers - new.keys())


async def _retell_orders(desk: Desk, keys: Sequence[tuple[int, str]]) -> None:
    """A topic, a desired time or a name that came with a repeated post changes the card, though not the case."""
    rows = [await orders.stored(desk.c, desk.book.id, connection_id, key) for connection_id, key in keys]
    case_ids = {row["case_id"] for row in rows if row is not None} - {None}
    await notices.raise_cards(desk.c, desk.book.id, "case", case_ids)


def _touched(recorded: Recorded, whose: Mapping[int, int]) -> Touched:
    return Touched(
        clients=set(whose.values()),
        hidden_calls=recorded.hidden_calls,
        linked=recorded.linked,
        fresh=recorded.fresh,
        since=recorded.since,
    )


def _makers(desk: Desk, recorded: Recorded, whose: Mapping[int, int]) -> set[int]:
    """Whose new facts may make a ticket where there is none: cheap to ask, dear to derive."""
    is_usual = desk.book.policy.ticket_sources == _MISSED_ONLY
    return {client for number, client in whose.items() if not is_usual or number in recorded.missed}
