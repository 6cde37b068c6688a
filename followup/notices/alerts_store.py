"""The SQL of first alerts: the cards of all cases that a batch of events opened, in one statement a chat."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from followup.notices import priorities
from followup.notices.store import Chat
from followup.notices.tables import cards
from storage.prepared import run_each
from storage.upsert import insert_or_ignore


async def add_case_cards(
    c: AsyncConnection, chat: Chat, case_ids: Collection[int], *, now: datetime, state: Literal["live", "held"]
) -> None:
    """A card of each of these cases for ``chat``, unless the chat has one already."""
    if not case_ids:
        return
    base = {"team_id": chat.team_id, "chat_id": chat.id, "subject": "case", "state": state}
    base |= {"priority": priorities.ALERT, "not_before": now, "created_at": now}
    await run_each(c, insert_or_ignore(c, cards), [base | {"subject_id": each} for each in case_ids])
