"""What other programs are told of tickets and messages: a row of JSON each, in the transaction that changed them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from followup.calls import messages_store as messages
from followup.clients import accounts_store as accounts
from followup.clients import store as clients
from followup.teams.book import TeamBook
from followup.teams.desk import Desk
from followup.tickets.reading import ticket_views
from followup.tickets.reconcile import TicketChange
from followup.tickets.views import TicketView
from followup.webhooks.actions import Happening, emit, emit_all, is_heard
from followup.webhooks.rules import EventKind

_KINDS: tuple[EventKind, ...] = ("ticket.created", "ticket.changed", "ticket.closed")


async def tell(desk: Desk, changes: Collection[TicketChange]) -> None:
    """One event a changed ticket; one that no facts speak for any more is told as closed."""
    if not changes or not is_heard(desk.book, *_KINDS):
        return
    views = await ticket_views(desk.c, desk.book, [change.ticket_id for change in changes])
    happenings = [
        Happening(
            kind=_kind(change),
            key=f"ticket:{change.ticket_id}:{_version(change)}",
            payload=ticket_row(views[change.ticket_id], change.after, desk.book),
        )
        for change in changes
        if change.ticket_id in views
    ]
    await emit_all(desk, happenings)


def _version(change: TicketChange) -> int:
    return 1 if change.before is None else int(change.before["version"]) + 1


def _kind(change: TicketChange) -> EventKind:
    if change.before is None and change.is_open:
        return "ticket.created"
    was_open = change.before is None or change.before["state"] == "open"
    return "ticket.closed" if was_open and not change.is_open else "ticket.changed"


def ticket_row(view: TicketView, row: Mapping[str, Any], book: TeamBook) -> dict[str, Any]:
    """A ticket as other programs read it: moments RFC 3339, spans whole seconds; nothing of who asked to be forgotten."""
    who = view.client
    client = {"client": who.number, "name": who.name or who.account_name}
    moments = ("created_at", "first_reaction_at", "taken_at", "contact_at", "closed_at", "due_at", "snoozed_until")
    spans = ("reaction_seconds", "contact_seconds", "handling_seconds")
    return {
        "ticket_id": view.id,
        **(dict.fromkeys(client) if who.is_erased else client),
        "state": view.state,
        "status": view.status,
        "status_title": book.status_titles.get(view.status),
        "channel": view.channel,
        "entry_point": view.entry_point,
        "subject": None if who.is_erased else view.subject,
        "topic": " / ".join(view.topic) or None,
        "group": view.group,
        "owner": view.owner_name,
        "result": view.result_title or view.result_code,
        "comment": None if who.is_erased else view.comment,
        "call_id": row["call_id"],
        **{name: row[name].isoformat() if row[name] is not None else None for name in moments},
        **{name: row[name] for name in spans},
    }


async def tell_message(desk: Desk, message_id: int) -> None:
    """What a client wrote, or what he was answered once it stands in his chat; in the order of his conversation."""
    if not is_heard(desk.book, "message.received", "message.sent"):
        return
    row = await messages.by_id(desk.c, desk.book.id, message_id)
    if row is None:
        return
    account = await accounts.account_by_id(desk.c, desk.book.id, row["account_id"] or 0)
    numbers = await clients.numbers_of_clients(desk.c, desk.book.id, {account["client_id"]} if account else ())
    own = numbers.get(account["client_id"], []) if account else []
    payload = {
        "message_id": row["id"],
        "channel": row["channel"],
        "entry_point": row["entry_point"],
        "client": own[0][1] if own else None,
        "name": (account["name"] if account else None) or row["client_name"],
        "account_id": row["account_id"],
        "author": desk.book.member_name(row["member_id"]),
        "kind": row["kind"],
        "text": row["text"],
        "at": row["at"].isoformat(),
    }
    kind: EventKind = "message.sent" if row["is_ours"] else "message.received"
    await emit(desk, kind, payload, f"conversation:{row['account_id']}:{row['id']}")
