"""What a card cannot show goes under it: pictures, voices, long texts; and what comes after the team has answered."""

from __future__ import annotations

from typing import Final

from followup.notices import priorities
from followup.notices import store as notices
from followup.teams.desk import Desk
from followup.tickets import letterbox_store as store
from followup.tickets.store import stored_tickets
from storage.rows import Row

TEXTS: Final = frozenset({"text", "contact"})  # said in words, so that a number in them can be masked
PART: Final = 3500  # of a long text, one message each
_ON_CARD: Final = 160  # a card never cuts what is shorter


async def copy_to_team(desk: Desk, account: Row, message: Row, *, is_answer: bool) -> None:
    """Under every card of the account's open ticket. An edit makes no sound, so an answer to us is said aloud, too."""
    ticket = await open_ticket(desk, account)
    if ticket is None:
        return
    is_said_by_card = not is_answer or ticket["origin_key"] == f"m:{message['id']}"  # a new card makes a sound itself
    if message["kind"] in TEXTS and len(message["text"]) <= _ON_CARD and is_said_by_card:
        return
    for chat in await store.chats_with_card(desk.c, desk.book.id, ticket["id"]):
        if chat["kind"] == "team" or chat["member_id"] in desk.book.members:
            await _copy(desk, chat["id"], ticket, message)


async def open_ticket(desk: Desk, account: Row) -> Row | None:
    """The open one of this very account, if there is one."""
    own = await stored_tickets(desk.c, desk.book.id, {account["client_id"]})
    lane = f"t:{account['id']}"
    return next((row for row in reversed(own) if row["lane"] == lane and row["state"] == "open"), None)


async def _copy(desk: Desk, chat_id: int, ticket: Row, message: Row) -> None:
    parts = range(0, max(len(message["text"]), 1), PART) if message["kind"] in TEXTS else [0]
    for start in parts:
        letter = notices.Letter(
            team_id=desk.book.id,
            chat_id=chat_id,
            kind="from_client",
            at=desk.now,
            payload={"message_id": message["id"], "ticket_id": ticket["id"], "start": start},
            priority=priorities.ALERT,  # like its card, which comes first
            key=f"from_client:{message['id']}:{chat_id}:{start}",
        )
        await notices.add_letter(desk.c, letter)
