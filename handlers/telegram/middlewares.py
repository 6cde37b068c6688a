"""Every update is told apart before a handler sees it: who, where, of which teams."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, ChatMemberUpdated, InlineQuery, Message, TelegramObject, Update

from followup.notices.places_store import chats_once_at
from followup.notices.store import chats_at
from followup.teams.store import memberships
from handlers.telegram.front import Caller, Front

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class WhoIsIt(BaseMiddleware):
    """Adds ``caller`` to what handlers are given; updates without a person or a chat go no further."""

    def __init__(self, front: Front) -> None:
        self._front = front

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Look the person and the chat up, then go on."""
        assert isinstance(event, Update)  # noqa: S101 - registered on dp.update only
        inner = event.message or event.edited_message or event.callback_query or event.my_chat_member
        caller = await self._caller(inner, event.update_id) if inner else None
        if event.inline_query is not None:
            caller = await self._asker(event.inline_query, event.update_id)
        if caller is None:
            return None
        return await handler(event, {**data, "caller": caller, "front": self._front})

    async def _asker(self, event: InlineQuery, update_id: int) -> Caller:
        """Who types the bot's name in some chat: which one, nobody tells."""
        person = event.from_user
        async with self._front.database.glance() as c:
            known = await memberships(c, person.id)
        return Caller(
            telegram_id=person.id,
            name=person.full_name,
            language=(person.language_code or "en")[:2],
            chat_id=person.id,
            thread_id=0,
            is_private=True,
            update_id=update_id,
            memberships=tuple(known),
            chats=(),
        )

    async def _caller(self, event: Message | CallbackQuery | ChatMemberUpdated, update_id: int) -> Caller | None:
        message = event.message if isinstance(event, CallbackQuery) else event
        person = event.from_user
        if message is None or person is None:
            return None
        async with self._front.database.glance() as c:
            known = await memberships(c, person.id)
            places = await chats_at(c, message.chat.id) or await chats_once_at(c, message.chat.id)
        is_topic = isinstance(message, Message) and bool(message.is_topic_message)
        return Caller(
            telegram_id=person.id,
            name=person.full_name,
            language=(person.language_code or "en")[:2],
            chat_id=message.chat.id,
            thread_id=(message.message_thread_id or 0) if isinstance(message, Message) and is_topic else 0,
            is_private=message.chat.type == "private",
            update_id=update_id,
            memberships=tuple(known),
            chats=tuple(places),
            username=person.username,
        )
