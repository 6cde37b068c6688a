"""What follows from new facts of clients: their tickets derived anew, the fan's choice, cards raised, the CRM told."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from followup.cases.reconcile import Touched
from followup.cases.store import case_by_id
from followup.notices import priorities
from followup.notices import store as notices
from followup.teams.desk import Desk
from followup.tickets import store
from followup.tickets.fan_turns import give_out
from followup.tickets.reconcile import TicketChange, rederive
from followup.tickets.telling import tell


async def follow(
    desk: Desk, client_ids: Collection[int], since: datetime | None, *, makers: Collection[int] = ()
) -> list[TicketChange]:
    """Derive, give out by the fan, announce; the changes, each ticket once."""
    if not client_ids:
        return []
    return await _tell(desk, await rederive(desk, client_ids, since, makers=makers))


async def follow_batch(desk: Desk, touched: Touched, wrote: Collection[int], makers: Collection[int]) -> None:
    """The same after a batch of events: who ``wrote`` is not among those whose cases were touched."""
    clients_now = touched.clients.union(wrote)
    if not clients_now:
        return
    changes = await rederive(desk, clients_now, touched.since, makers=makers, rows=touched.rows)
    if not touched.is_history:
        await _tell(desk, changes)


async def _tell(desk: Desk, changes: list[TicketChange]) -> list[TicketChange]:
    if desk.book.policy.ticket_fan and (given := await give_out(desk, changes)):
        changes = _joined(changes, await rederive(desk, given, None))
    await _announce(desk, changes)
    return changes


def _joined(first: Iterable[TicketChange], second: Iterable[TicketChange]) -> list[TicketChange]:
    found = {change.ticket_id: change for change in first}
    for change in second:
        known = found.get(change.ticket_id)
        before = known.before if known else change.before
        found[change.ticket_id] = TicketChange(ticket_id=change.ticket_id, before=before, after=change.after)
    return list(found.values())


async def _announce(desk: Desk, changes: Collection[TicketChange]) -> None:
    """A ticket of words has a card in the team's chats at once; one of a call has the card of its case."""
    if not changes:
        return
    await tell(desk, changes)
    team_id = desk.book.id
    known = [change.ticket_id for change in changes if not change.is_new]
    await notices.raise_cards(desk.c, team_id, "ticket", known)
    fresh = [change.ticket_id for change in changes if change.is_new and change.is_open]
    written = [each.ticket_id for each in changes if each.is_new and each.is_open and each.after["kind"] != "voice"]
    for chat in await notices.chats_of(desk.c, team_id, "team") if written else ():
        for ticket_id in written:
            await notices.add_card(desk.c, chat, "ticket", ticket_id, now=desk.now)
    for change in changes:
        owner_id = change.after["owner_id"]
        if change.ticket_id in fresh and owner_id is not None:
            await _show_owner(desk, change.ticket_id, owner_id)


async def _show_owner(desk: Desk, ticket_id: int, owner_id: int) -> None:
    """Whom the fan has chosen sees it in his own chat; who never started the bot is told in the team's."""
    own = await notices.private_chat(desk.c, desk.book.id, owner_id)
    for chat in [own] if own is not None and own.is_reachable else await notices.chats_of(desk.c, desk.book.id, "team"):
        await notices.add_card(desk.c, chat, "ticket", ticket_id, now=desk.now, priority=priorities.ALERT)


async def follow_case(desk: Desk, case_id: int) -> list[TicketChange]:
    """What was done about a case was done about its client's ticket, too."""
    case = await case_by_id(desk.c, desk.book.id, case_id)
    if case is None or case["client_id"] is None:
        return []
    return await follow(desk, {case["client_id"]}, None)


async def raise_tickets_of(desk: Desk, client_ids: Collection[int]) -> None:
    """What a card shows of a client has changed, though not the ticket."""
    rows = await store.stored_tickets(desk.c, desk.book.id, client_ids)
    await notices.raise_cards(desk.c, desk.book.id, "ticket", [row["id"] for row in rows if row["state"] != "gone"])
