"""The team answers: a reply to a ticket's card, or to a client's words under it, goes to the client; edits follow."""

from __future__ import annotations

from datetime import UTC
from html import escape
from typing import NamedTuple

import structlog
from aiogram import Router
from aiogram.filters import Filter
from aiogram.types import Message
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.clients import accounts_store as accounts
from followup.errors import FollowupError
from followup.notices import priorities
from followup.notices import store as notices
from followup.teams.desk import Desk
from followup.tickets.answering import Said, answer, change_answer
from followup.tickets.letterbox_client import change_words
from handlers.telegram.front import Caller, Front
from handlers.telegram.letterbox_reading import kind_of, text_of, visitor_of, words_of
from messenger.answers import refusal

log = structlog.get_logger()


class Addressed(NamedTuple):
    """The ticket that somebody's reply speaks of."""

    team_id: int
    ticket_id: int


def router() -> Router:
    """Routes of this file; after the answers to questions."""
    routes = Router(name="answers to clients")
    routes.message.register(on_reply, RepliesToTicket())
    routes.edited_message.register(on_edit)
    return routes


class RepliesToTicket(Filter):
    """A reply to the card of a ticket or to the copy of a client's message; ``addressed``: which ticket."""

    async def __call__(self, message: Message, caller: Caller, front: Front) -> bool | dict[str, Addressed]:
        """Commands and replies to anything else are none of it."""
        if message.reply_to_message is None or (message.text or "").startswith("/"):
            return False
        async with front.database.read() as c:
            found = await _addressed(c, caller.chat_id, message.reply_to_message.message_id)
        return {"addressed": found} if found else False


async def _addressed(c: AsyncConnection, chat_id: int, message_id: int) -> Addressed | None:
    card = await notices.card_shown_as(c, chat_id, message_id)
    if card is not None and card["subject"] == "ticket":
        return Addressed(card["team_id"], card["subject_id"])
    letter = await notices.letter_shown_as(c, chat_id, message_id)
    if letter is not None and letter["kind"] == "from_client":
        return Addressed(letter["team_id"], letter["payload"]["ticket_id"])
    return None


async def on_reply(message: Message, caller: Caller, front: Front, addressed: Addressed) -> None:
    """Whoever may work answers; everybody else is told why not, under his own words."""
    try:
        async with front.desk(addressed.team_id) as desk:
            await answer(desk, addressed.ticket_id, _said(message, caller, desk))
    except FollowupError as error:
        log.info("answer refused", why=error.key, who=caller.telegram_id)
        await _refuse(message, caller, front, (addressed.team_id, error))


def _said(message: Message, caller: Caller, desk: Desk) -> Said:
    return Said(
        member=caller.member_of(desk.book),
        chat=caller.chat_of(desk.book.id),
        message_id=message.message_id,
        kind=kind_of(message)[:12],
        text=text_of(message),
        html=message.html_text,
        said_at=message.date.astimezone(UTC),
    )


async def _refuse(message: Message, caller: Caller, front: Front, why: tuple[int, FollowupError]) -> None:
    team_id, error = why
    here = [chat for chat in caller.chats if chat.team_id == team_id]
    if not here:
        return
    async with front.desk(team_id) as desk:
        policy = desk.book.policy
        text = refusal(error, policy.language, timezone=policy.timezone, now=desk.now)
        letter = notices.Letter(
            team_id=team_id,
            chat_id=here[0].id,
            kind="words",
            at=desk.now,
            payload={"text": escape(text, quote=False), "reply_to": message.message_id},
            priority=priorities.ANSWER,
            key=f"refusal:{caller.source_key}",
        )
        await notices.add_letter(desk.c, letter)


async def on_edit(message: Message, caller: Caller, front: Front) -> None:
    """Of a member's answer the copy is edited; of a client's words what was stored, and every copy of them."""
    for team_id, _ in caller.memberships:
        if any(chat.team_id == team_id for chat in caller.chats):
            async with front.desk(team_id) as desk:
                await change_answer(desk, _said(message, caller, desk))
    if not caller.is_private:
        return
    async with front.database.read() as c:
        written_to = [row["team_id"] for row in await accounts.accounts_of_telegram(c, caller.telegram_id)]
    for team_id in written_to:
        async with front.desk(team_id) as desk:
            await change_words(desk, visitor_of(caller), words_of(message))
