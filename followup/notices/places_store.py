"""What Telegram tells of a chat when it is written to: out of reach, moved to another id, its topic closed."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.notices.store import Chat, chat_by_id, chats_at
from followup.notices.tables import cards, chats, letters


async def chat_unreachable(c: AsyncConnection, telegram_id: int, trouble: str) -> list[Chat]:
    """The chat takes nothing any more, whichever team writes; the rows that were thought reachable until now."""
    lost = [chat for chat in await chats_at(c, telegram_id) if chat.is_reachable]
    for chat in lost:
        mine = (chats.c.team_id == chat.team_id) & (chats.c.id == chat.id)
        await c.execute(update(chats).where(mine).values(is_reachable=False, trouble=trouble))
    return lost


async def move_chat(c: AsyncConnection, old: int, new: int) -> None:
    """A group became a supergroup. Cards keep ``shown_in``: their old messages stay editable under the old id."""
    for chat in await chats_at(c, old):
        await _move(c, chat, new, chat.thread_id)


async def chats_once_at(c: AsyncConnection, telegram_id: int) -> list[Chat]:
    """Whose cards stand under the id that a group had before it became a supergroup: they can still be pressed."""
    shown = select(cards.c.team_id, cards.c.chat_id).where(cards.c.shown_in == telegram_id).distinct()
    rows = (await c.execute(shown)).all()
    found = [await chat_by_id(c, team_id, chat_id) for team_id, chat_id in rows]
    return [chat for chat in found if chat is not None]


async def learn(c: AsyncConnection, team_id: int, chat_id: int, capabilities: Mapping[str, bool]) -> None:
    """What the chat's app can show: tried once, remembered."""
    mine = (chats.c.team_id == team_id) & (chats.c.id == chat_id)
    await c.execute(update(chats).where(mine).values(capabilities=dict(capabilities)))


async def topic_gone(c: AsyncConnection, team_id: int, chat_id: int) -> Chat | None:
    """The topic is closed or deleted: the chat goes on in the group itself. The chat, if that was not known yet."""
    chat = await chat_by_id(c, team_id, chat_id)
    if chat is None or not chat.thread_id:
        return None
    await _move(c, chat, chat.telegram_id, 0)
    return chat


async def _move(c: AsyncConnection, chat: Chat, telegram_id: int, thread_id: int) -> None:
    there = (chats.c.telegram_id == telegram_id) & (chats.c.thread_id == thread_id) & (chats.c.id != chat.id)
    found = await c.execute(select(chats.c.id, chats.c.kind).where(chats.c.team_id == chat.team_id, there))
    kind = chat.kind
    for other_id, other_kind in found.all():
        await _take_over(c, chat, other_id)
        kind = other_kind if kind == "other" else kind
    mine = (chats.c.team_id == chat.team_id) & (chats.c.id == chat.id)
    await c.execute(update(chats).where(mine).values(telegram_id=telegram_id, thread_id=thread_id, kind=kind))


async def _take_over(c: AsyncConnection, chat: Chat, other_id: int) -> None:
    """The place has a row already (somebody pressed a button there first): what waits there comes to ``chat``."""
    team_id = chat.team_id
    own_cards = select(cards.c.subject, cards.c.subject_id).where(
        cards.c.team_id == team_id, cards.c.chat_id == chat.id
    )
    own = {(subject, subject_id) for subject, subject_id in await c.execute(own_cards)}
    theirs = select(cards.c.id, cards.c.subject, cards.c.subject_id)
    found = await c.execute(theirs.where(cards.c.team_id == team_id, cards.c.chat_id == other_id))
    coming = [card_id for card_id, subject, subject_id in found.all() if (subject, subject_id) not in own]
    mine = (cards.c.team_id == team_id) & cards.c.id.in_(coming)
    await c.execute(update(cards).where(mine).values(chat_id=chat.id))
    to_say = update(letters).where(letters.c.team_id == team_id, letters.c.chat_id == other_id)
    await c.execute(to_say.values(chat_id=chat.id))
    await c.execute(delete(chats).where(chats.c.team_id == team_id, chats.c.id == other_id))
