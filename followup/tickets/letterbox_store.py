"""The SQL of the letterbox: who may be written to, where a ticket's cards stand, what was copied where."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Text, cast, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.calls.tables import messages
from followup.notices import priorities
from followup.notices.tables import cards, chats, letters
from followup.teams.tables import team_settings
from storage.rows import Row, all_rows, one_row


async def teams_that_may_listen(c: AsyncConnection) -> list[int]:
    """Teams that ever said whether clients may write to the bot; their books tell which of them let them now."""
    says = cast(team_settings.c.settings, Text).contains('"text_channel"')
    return list(await c.scalars(select(team_settings.c.team_id).where(says).distinct()))


async def client_chat(c: AsyncConnection, team_id: int, telegram_id: int) -> Row | None:
    """A client's own chat with the bot, as this team knows it."""
    mine = (chats.c.team_id == team_id) & (chats.c.telegram_id == telegram_id) & (chats.c.kind == "client")
    return await one_row(c, select(chats).where(mine).limit(1))


async def silence_chat(c: AsyncConnection, team_id: int, chat_id: int, why: str) -> None:
    """Nothing is sent there until he is heard from again."""
    mine = (chats.c.team_id == team_id) & (chats.c.id == chat_id)
    await c.execute(update(chats).where(mine).values(is_reachable=False, trouble=why))


async def last_words(c: AsyncConnection, team_id: int, account_id: int) -> Row | None:
    """The newest message of an account's conversation: (id, is_ours, at)."""
    mine = (messages.c.team_id == team_id) & (messages.c.account_id == account_id)
    query = select(messages.c.id, messages.c.is_ours, messages.c.at).where(mine)
    return await one_row(c, query.order_by(messages.c.id.desc()).limit(1))


async def posted(c: AsyncConnection, team_id: int, connection_id: int, keys: Collection[str]) -> list[Row]:
    """Messages of a connection by their keys."""
    mine = (messages.c.team_id == team_id) & (messages.c.connection_id == connection_id)
    return await all_rows(c, select(messages).where(mine, messages.c.message_key.in_(keys)).order_by(messages.c.id))


async def chats_with_card(c: AsyncConnection, team_id: int, ticket_id: int) -> list[Row]:
    """(id, kind, member_id) of the chats in which the ticket's card stands, or soon will."""
    joined = cards.join(chats, (chats.c.id == cards.c.chat_id) & (chats.c.team_id == cards.c.team_id))
    mine = (cards.c.team_id == team_id) & (cards.c.subject == "ticket") & (cards.c.subject_id == ticket_id)
    columns = (chats.c.id, chats.c.kind, chats.c.member_id)
    query = select(*columns).select_from(joined).where(mine, cards.c.state != "dead", chats.c.is_reachable)
    return await all_rows(c, query.order_by(cards.c.id))


async def letters_by_key(c: AsyncConnection, team_id: int, keys: Collection[str]) -> list[Row]:
    """Letters by their once-only keys."""
    mine = (letters.c.team_id == team_id) & letters.c.key.in_(keys)
    return await all_rows(c, select(letters).where(mine)) if keys else []


async def copies_of(c: AsyncConnection, team_id: int, message_id: int) -> list[Row]:
    """Letters that carry a client's message into the team's chats."""
    mine = (letters.c.team_id == team_id) & letters.c.key.startswith(f"from_client:{message_id}:", autoescape=True)
    return await all_rows(c, select(letters).where(mine, letters.c.kind == "from_client"))


async def unsent_to(c: AsyncConnection, team_id: int, chat_id: int) -> list[Row]:
    """Answers that still wait to leave for a client's chat."""
    mine = (letters.c.team_id == team_id) & (letters.c.chat_id == chat_id) & (letters.c.kind == "to_client")
    return await all_rows(c, select(letters).where(mine, letters.c.state == "pending").order_by(letters.c.id))


async def change_copy(c: AsyncConnection, letter: Mapping[str, Any], now: datetime, *, is_photo: bool = False) -> None:
    """A letter said once becomes a card: the outbox edits its message like any other."""
    mine = (cards.c.team_id == letter["team_id"]) & (cards.c.chat_id == letter["chat_id"])
    mine &= (cards.c.subject == "letter") & (cards.c.subject_id == letter["id"])
    again = await c.execute(update(cards).where(mine).values(wanted=cards.c.wanted + 1))
    if again.rowcount:
        return
    place = {name: letter[name] for name in ("team_id", "chat_id", "message_id", "shown_in")}
    times = {"not_before": now, "created_at": now, "shown_at": now}
    values = {"subject": "letter", "subject_id": letter["id"], "priority": priorities.EDIT, "is_photo": is_photo}
    await c.execute(insert(cards).values(**place, **times, **values))
