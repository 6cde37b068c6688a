"""A card at the end of a chat, because somebody asked for it; there is one live card a subject and chat."""

from __future__ import annotations

from followup.cases.store import case_by_id
from followup.errors import FollowupError
from followup.notices import priorities
from followup.notices import store as notices
from followup.notices.bundles_store import raise_bundle
from followup.teams.desk import Desk
from followup.tickets import store as tickets


async def show_card(desk: Desk, chat: notices.Chat, case_id: int) -> tuple[int, int] | None:
    """Show a case in a chat now; returns the (chat, message) of the older card that it replaces."""
    if await case_by_id(desk.c, desk.book.id, case_id) is None:
        raise FollowupError("nothing_here")
    card = await notices.card_of(desk.c, desk.book.id, chat.id, "case", case_id)
    if card is None:
        await notices.add_card(desk.c, chat, "case", case_id, now=desk.now, priority=priorities.ANSWER)
        return None
    await notices.renew_card(desk.c, desk.book.id, card["id"], desk.now)
    if card["state"] == "bundled":
        await raise_bundle(desk.c, desk.book.id, card["bundle_id"])
    return (card["shown_in"], card["message_id"]) if card["message_id"] is not None else None


async def show_ticket(desk: Desk, chat: notices.Chat, ticket_id: int) -> tuple[int, int] | None:
    """Show a ticket at the end of a chat now; the (chat, message) of the older card that it replaces."""
    if await tickets.ticket_by_id(desk.c, desk.book.id, ticket_id) is None:
        raise FollowupError("nothing_here")
    card = await notices.card_of(desk.c, desk.book.id, chat.id, "ticket", ticket_id)
    if card is None:
        await notices.add_card(desk.c, chat, "ticket", ticket_id, now=desk.now, priority=priorities.ANSWER)
        return None
    await notices.renew_card(desk.c, desk.book.id, card["id"], desk.now)
    return (card["shown_in"], card["message_id"]) if card["message_id"] is not None else None
