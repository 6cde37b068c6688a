"""How far Telegram is behind the truth: for /readyz, /metrics and `perezvon doctor`."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import Table, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.notices.tables import cards, chats, letters
from storage.rows import Row, all_rows


async def oldest_due_at(c: AsyncConnection) -> datetime | None:
    """Since when the longest-waiting card or letter could have been sent."""
    letter = await c.scalar(select(func.min(letters.c.not_before)).where(letters.c.state == "pending"))
    card = await c.scalar(
        select(func.min(cards.c.not_before)).where(cards.c.shown < cards.c.wanted, cards.c.state == "live")
    )
    found = [moment for moment in (letter, card) if moment is not None]
    return min(found, default=None)


async def dead(c: AsyncConnection, what: Literal["cards", "letters"]) -> int:
    """How many were given up for good."""
    table: Table = {"cards": cards, "letters": letters}[what]
    return await c.scalar(select(func.count()).select_from(table).where(table.c.state == literal_column("'dead'"))) or 0


async def team_chats(c: AsyncConnection) -> list[Row]:
    """Every team's own chat."""
    return await all_rows(c, select(chats).where(chats.c.kind == "team").order_by(chats.c.id))
