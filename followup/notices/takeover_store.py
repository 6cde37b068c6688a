"""What a sender finds that goes on where another one stopped: what that one had in hand, what it sent lately."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.notices.tables import cards, chats, letters


async def in_hand(c: AsyncConnection) -> list[int]:
    """The Telegram chats that somebody is sending to, or was when he died: one for each message."""
    of_cards = (
        select(func.coalesce(cards.c.shown_in, chats.c.telegram_id))
        .join_from(cards, chats, chats.c.id == cards.c.chat_id)
        .where(cards.c.claimed_until.is_not(None))
    )
    of_letters = (
        select(chats.c.telegram_id)
        .join_from(letters, chats, chats.c.id == letters.c.chat_id)
        .where(letters.c.claimed_until.is_not(None))
    )
    return list(await c.scalars(union_all(of_cards, of_letters)))


async def sent_since(c: AsyncConnection, moment: datetime) -> list[tuple[int, datetime]]:
    """Telegram chat and moment of what was sent, as far as it is written down (of several edits the last), in order."""
    of_cards = select(cards.c.shown_in, cards.c.shown_at).where(cards.c.shown_at >= moment)
    of_letters = select(letters.c.shown_in, letters.c.sent_at).where(letters.c.sent_at >= moment)
    found: list[tuple[int, datetime]] = []
    for query in (of_cards, of_letters):
        found += [(row[0], row[1]) for row in await c.execute(query) if row[0] is not None]
    return sorted(found, key=lambda sent: sent[1])
