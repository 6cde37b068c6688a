"""Presses under a ticket's card: each one call into the business, one toast back, at once."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from followup.tickets import store
from handlers.telegram import tickets_asking as asking
from handlers.telegram import tickets_work as work
from handlers.telegram.front import Caller, Front
from handlers.telegram.pressing import CardKind, Pressed, respond
from handlers.telegram.tickets_turn import TicketTurn
from messenger.buttons import TicketPress

_TICKET: CardKind[TicketTurn] = CardKind(
    name="ticket",
    turn=TicketTurn,
    team_of=store.team_of_ticket,
    plain=work.PLAIN,
    in_menu={**work.IN_MENU, **asking.IN_MENU},
    others=work.MENUS,
    out_of_date=frozenset({"stale_card", "ticket_gone", "ticket_closed", "ticket_open"}),
)


def router() -> Router:
    """Routes of this file."""
    routes = Router(name="tickets")
    routes.callback_query.register(on_press, TicketPress.filter())
    return routes


async def on_press(query: CallbackQuery, callback_data: TicketPress, caller: Caller, front: Front) -> None:
    """A button of a ticket's card."""
    pressed = Pressed(callback_data.op, callback_data.ticket, callback_data.arg)
    await respond(query, pressed, caller, front, _TICKET)
