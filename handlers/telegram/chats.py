"""What happens to a chat: the bot is let in or thrown out, a group becomes a supergroup."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.types import ChatMemberUpdated, Message

from followup.health.trouble import tell_of_lost_chat
from followup.notices import priorities
from followup.notices import store as notices
from followup.notices.places_store import chat_unreachable, move_chat
from followup.tickets.answering import chat_is_lost
from handlers.telegram.front import Caller, Front
from messenger import letters as say

_INSIDE = frozenset({"member", "administrator", "creator"})


def router() -> Router:
    """Routes of this file."""
    routes = Router(name="chats")
    routes.my_chat_member.register(on_membership)
    routes.message.register(on_migration, F.migrate_to_chat_id)
    return routes


async def on_membership(event: ChatMemberUpdated, caller: Caller, front: Front) -> None:
    """Let in: say what to do next. Thrown out: stop writing there until let in again."""
    is_inside = event.new_chat_member.status in _INSIDE
    was_inside = event.old_chat_member.status in _INSIDE
    if not is_inside:
        await _thrown_out(caller, front, event.new_chat_member.status)
        return
    if was_inside:
        return
    for chat in caller.chats:
        await _welcome_back(chat, front)
    if not caller.chats and not caller.is_private:
        context = say.LetterContext(
            language=caller.language,
            timezone="UTC",
            mask=True,
            team_name=event.chat.title or "",
            now=front.clock.now(),
        )
        await front.gateway.send(caller.chat_id, 0, say.added_to_group(caller.chat_id, context, is_connected=False))


async def _thrown_out(caller: Caller, front: Front, status: str) -> None:
    """Promise 5: the outbox meets no refusal any more, so the owner is told here."""
    async with front.database.write() as c:
        lost = await chat_unreachable(c, caller.chat_id, status)
    for chat in lost:
        async with front.desk(chat.team_id) as desk:
            await tell_of_lost_chat(desk, chat, status)
    for chat in caller.chats:
        if chat.kind == "client":  # those that were known to be lost, too: done twice it is done once
            async with front.desk(chat.team_id) as desk:
                await chat_is_lost(desk, chat, status)


async def _welcome_back(chat: notices.Chat, front: Front) -> None:
    async with front.desk(chat.team_id) as desk:
        known = await notices.ensure_chat(desk.c, chat.team_id, notices.Place(chat.telegram_id, chat.thread_id))
        if chat.kind != "team":
            return
        letter = notices.Letter(
            team_id=chat.team_id,
            chat_id=known.id,
            kind="hello",
            at=desk.now,
            payload={"what": "connected"},
            priority=priorities.ANSWER,
        )
        await notices.add_letter(desk.c, letter)


async def on_migration(message: Message, caller: Caller, front: Front) -> None:
    """Promise 20: new messages go to the new id, old cards stay where they are."""
    if message.migrate_to_chat_id is None:
        return
    async with front.database.write() as c:
        await move_chat(c, caller.chat_id, message.migrate_to_chat_id)
    front.wake()
