"""The SQL of first alerts: a card of every case that a batch of events opened, in every chat of its team."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import String, bindparam, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.notices import priorities
from followup.notices.tables import cards, chats
from storage.prepared import run_each, run_later
from storage.upsert import insert_or_ignore


async def add_case_cards(
    c: AsyncConnection, team_id: int, case_ids: Collection[int], *, now: datetime, state: Literal["live", "held"]
) -> None:
    """A card of each of these cases in each of the team's chats that has none yet."""
    base = {"of_team": team_id, "now": now, "new_state": state}
    rows = [base | {"of_case": each} for each in case_ids]
    statement = _in_every_chat(insert_or_ignore(c, cards))
    await (run_later(c, statement, rows[0]) if len(rows) == 1 else run_each(c, statement, rows))


@cache
def _in_every_chat(adding: Any) -> Any:
    now = bindparam("now", type_=cards.c.created_at.type)
    values = {
        "team_id": chats.c.team_id,
        "chat_id": chats.c.id,
        "subject": literal("case", String),
        "subject_id": bindparam("of_case", type_=cards.c.subject_id.type),
        "state": bindparam("new_state", type_=cards.c.state.type),
        "priority": literal(priorities.ALERT, cards.c.priority.type),
        "not_before": now,
        "created_at": now,
    }
    of_team = select(*values.values()).where(chats.c.team_id == bindparam("of_team"), chats.c.kind == "team")
    return adding.from_select(list(values), of_team)
