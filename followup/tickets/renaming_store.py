"""The SQL of cards that a new name concerns: each in one statement, however many they are."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.notices import priorities
from followup.notices.store import raise_where
from followup.notices.tables import cards
from followup.tickets.tables import tickets


async def redraw_about(c: AsyncConnection, team_id: int, topic_ids: Collection[int]) -> None:
    """Cards of open tickets about these topics."""
    await _redraw(c, team_id, tickets.c.topic_id.in_(topic_ids))


async def redraw_standing(c: AsyncConnection, team_id: int, status: str) -> None:
    """Cards of open tickets that have this status."""
    await _redraw(c, team_id, tickets.c.status == status)


async def _redraw(c: AsyncConnection, team_id: int, which: ColumnElement[bool]) -> None:
    open_ones = select(tickets.c.id).where(tickets.c.team_id == team_id, tickets.c.state == "open", which)
    mine = (cards.c.subject == "ticket") & cards.c.subject_id.in_(open_ones) & cards.c.message_id.is_not(None)
    await raise_where(c, team_id, mine, priorities.EDIT)
