"""Cards of tickets, rendered from the database when their turn comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from followup.notices import priorities
from followup.tickets.reading import acts_about, ticket_view
from messenger.content_protocol import Rendered
from messenger.erased import erased
from messenger.ticket_card import TicketMenu, ticket_card
from storage.rows import Row

if TYPE_CHECKING:
    from messenger.content import Readers


async def ticket_message(readers: Readers, row: Row) -> Rendered | None:
    """The card; None where there is nothing to show any more (promise 12)."""
    view = await ticket_view(readers.c, readers.book, row["subject_id"])
    was_asked_for = row["priority"] == priorities.ANSWER
    if view is None or (not view.is_open and row["message_id"] is None and not was_asked_for):
        return None
    if view.client.is_erased:
        return Rendered(erased(readers.context), is_open=False)
    menu = await _menu(readers, row)
    return Rendered(ticket_card(view, readers.book, readers.context, menu), is_open=view.is_open)


async def _menu(readers: Readers, row: Row) -> TicketMenu | None:
    menu = row["menu"]
    if not menu or row["menu_until"] is None or row["menu_until"] <= readers.now:
        return None
    is_history = menu["kind"] == "history"
    return TicketMenu(
        kind=menu["kind"],
        page=menu.get("page", 0),
        under=menu.get("under"),
        result=menu.get("result"),
        opener=readers.book.member_name(menu["opener"]),
        history=await acts_about(readers.c, readers.book, row["subject_id"]) if is_history else (),
    )
