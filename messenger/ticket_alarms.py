"""Letters that time writes about tickets: an SLA that ends soon, a silent owner who lost it, the end of a snooze."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from followup.clients import store as clients
from followup.notices import store as notices
from followup.tickets import store as tickets
from messenger.content import Readers
from messenger.outgoing import Outgoing
from messenger.render import render
from storage.rows import Row

Alarm: TypeAlias = Callable[[object, Readers, Row], Awaitable[Outgoing | None]]


async def _due(_: object, readers: Readers, row: Row) -> Outgoing | None:
    """Promise 12: who was answered meanwhile needs no warning."""
    ticket = await _open(readers, row)
    if ticket is None or ticket["due_at"] is None:
        return None
    return await _letter(readers, ticket, "due", due_at=ticket["due_at"])


async def _returned(_: object, readers: Readers, row: Row) -> Outgoing | None:
    """Somebody else has it by now: there is nothing to say."""
    ticket = await _open(readers, row)
    if ticket is None or ticket["owner_id"] is not None:
        return None
    return await _letter(readers, ticket, "returned", owner=row["payload"]["owner"])


async def _woke(_: object, readers: Readers, row: Row) -> Outgoing | None:
    ticket = await _open(readers, row)
    return await _letter(readers, ticket, "woke") if ticket is not None else None


async def _open(readers: Readers, row: Row) -> Row | None:
    ticket = await tickets.ticket_by_id(readers.c, readers.book.id, row["payload"]["ticket_id"])
    return ticket if ticket is not None and ticket["state"] == "open" else None


async def _letter(readers: Readers, ticket: Row, kind: str, **values: Any) -> Outgoing:
    """As a reply to the ticket's card, where this chat has one."""
    people = await clients.people(readers.c, readers.book.id, [ticket["client_id"]])
    person = people.get(ticket["client_id"], clients.NOBODY)
    context = {
        "kind": kind,
        "ctx": readers.context,
        "ticket": ticket,
        "client": person.name,
        "number": person.numbers[0][1] if person.numbers else None,
        **values,
    }
    text = render("letters/ticket_alarm.j2", readers.context.language, **context).strip()
    card = await notices.card_of(readers.c, readers.book.id, readers.chat.id, "ticket", ticket["id"])
    is_here = card is not None and card["shown_in"] == readers.chat.telegram_id
    return Outgoing(text=text, reply_to=card["message_id"] if card is not None and is_here else None)


TICKET_ALARMS: dict[str, Alarm] = {"ticket_due": _due, "ticket_returned": _returned, "ticket_woke": _woke}
