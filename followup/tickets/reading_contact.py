"""A contact on one line of time: calls, orders, messages and tickets (G32, G33)."""

from __future__ import annotations

from typing import Final

from followup.calls import store as calls
from followup.clients import accounts_store as accounts
from followup.clients import store as clients
from followup.errors import FollowupError
from followup.orders import store as orders
from followup.teams.book import TeamBook
from followup.teams.desk import Desk
from followup.tickets import open_store, store
from followup.tickets.reading import client_views, ticket_views
from followup.tickets.views import ContactLine, ContactPage
from storage.rows import Row

PAGE: Final = 12
_MOST: Final = 300  # of each kind: who wants more asks for a file
_CALL_WORDS = {("in", "missed"): "missed", ("in", "successful"): "contact_in", ("out", "successful"): "contact_out"}


async def contact_page(desk: Desk, client_id: int, page: int = 0) -> ContactPage:
    """A page of what happened between a client and us, newest first."""
    c, book = desk.c, desk.book
    client = (await client_views(c, book, [client_id])).get(client_id)
    if client is None or client.is_erased:
        raise FollowupError("no_such_client")
    tickets = [row for row in await store.stored_tickets(c, book.id, [client_id]) if row["state"] != "gone"]
    lines = [*await _spoken(desk, client_id), *await _written(desk, client_id)]
    lines += [line for row in tickets for line in _ticket_lines(row, book)]
    lines.sort(key=lambda line: line.at, reverse=True)
    pages = max(1, -(-len(lines) // PAGE))
    page = min(max(page, 0), pages - 1)
    views = await ticket_views(c, book, [row["id"] for row in tickets if row["state"] == "open"])
    return ContactPage(
        client=client,
        lines=tuple(lines[page * PAGE : (page + 1) * PAGE]),
        open_tickets=tuple(views.values()),
        page=page,
        pages=pages,
        as_of=desk.now,
    )


async def _spoken(desk: Desk, client_id: int) -> list[ContactLine]:
    pairs = (await clients.numbers_of_clients(desk.c, desk.book.id, [client_id])).get(client_id, [])
    ids = [number_id for number_id, _ in pairs]
    if not ids:
        return []
    found = [_call_line(row, desk.book) for row in await calls.calls_of_numbers(desk.c, desk.book.id, ids, _MOST)]
    for rows in (await orders.facts_of_numbers(desk.c, desk.book.id, ids, None)).values():
        found += [_order_line(row, desk.book) for row in rows[-_MOST:]]
    return found


async def _written(desk: Desk, client_id: int) -> list[ContactLine]:
    own = (await accounts.accounts_of_clients(desk.c, desk.book.id, [client_id])).get(client_id, [])
    rows = await open_store.last_words(desk.c, desk.book.id, [row["id"] for row in own], _MOST)
    return [
        ContactLine(
            at=row["at"],
            kind="message_out" if row["is_ours"] else "message_in",
            who=desk.book.member_name(row["member_id"]),
            text=row["text"],
        )
        for row in rows
    ]


def _call_line(row: Row, book: TeamBook) -> ContactLine:
    return ContactLine(
        at=row["started_at"],
        kind=_CALL_WORDS.get((row["direction"], row["outcome"]), "attempt"),
        who=book.member_name(row["member_id"]),
        line_name=book.line_name(row["line"]),
        reason=row["reason"],
        seconds=row["talk_seconds"] or None,
    )


def _order_line(row: Row, book: TeamBook) -> ContactLine:
    return ContactLine(at=row["ordered_at"], kind="order", line_name=book.line_name(row["widget"]), text=row["topic"])


def _ticket_lines(row: Row, book: TeamBook) -> list[ContactLine]:
    made = ContactLine(at=row["created_at"], kind="ticket", ticket_id=row["id"], who=book.member_name(row["owner_id"]))
    if row["closed_at"] is None:
        return [made]
    who = book.member_name(row["closed_by"])
    end = {"ticket_id": row["id"], "status": row["status"], "text": row["comment"], "who": who}
    return [made, ContactLine(at=row["closed_at"], kind="closed", **end)]
