"""Inline mode: "@bot 4567" in any chat finds tickets and contacts of the asker's own teams; strangers get nothing."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import InlineQuery, InlineQueryResultArticle

from followup.teams.desk import Desk
from followup.tickets.reading import ticket_page
from followup.tickets.search import find
from followup.tickets.views import ClientView, TicketFilter, TicketView
from handlers.telegram.front import Caller, Front
from messenger.ticket_inline import Finding, results_of

_MOST = 50  # Telegram takes no more in one answer


def router() -> Router:
    """Routes of this file."""
    routes = Router(name="inline")
    routes.inline_query.register(on_inline)
    return routes


async def on_inline(query: InlineQuery, caller: Caller, front: Front) -> None:
    """Answered always, for nobody's screen shall wait; what is found is for the asker alone."""
    address = await front.gateway.address() if caller.memberships else None
    found: list[InlineQueryResultArticle] = []
    for team_id, member_id in caller.memberships:
        async with front.database.read() as c:
            desk = Desk(c, await front.shelf.book(c, team_id), front.clock.now())
            member = desk.book.members.get(member_id)
            tickets, contacts = await _found(desk, query.query, member_id) if member else ((), ())
            found += results_of(Finding(book=desk.book, tickets=tickets, contacts=contacts, address=address))
    await front.gateway.answer_inline(query.id, found[:_MOST])


async def _found(desk: Desk, text: str, member_id: int) -> tuple[tuple[TicketView, ...], tuple[ClientView, ...]]:
    """Who types nothing yet is shown what he has accepted."""
    if text.strip():
        page = await find(desk, text)
        return page.tickets, page.contacts
    spoken = await ticket_page(desk, TicketFilter(tab="voice", owner=member_id))
    written = await ticket_page(desk, TicketFilter(tab="text", owner=member_id))
    return (*spoken.tickets, *written.tickets), ()
