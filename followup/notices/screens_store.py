"""The SQL of screens: lists that people page through."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.notices import priorities
from followup.notices.store import raise_where
from followup.notices.tables import cards, screens
from storage.rows import Row, one_row

_OF_CLIENTS = ("tickets", "found", "contact")


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A list that one person pages through."""

    team_id: int
    member_id: int
    kind: str
    params: dict[str, Any]


async def add_screen(c: AsyncConnection, draft: Screen, now: datetime) -> int:
    """Keep a screen; its id goes into the buttons."""
    values = {"team_id": draft.team_id, "member_id": draft.member_id, "kind": draft.kind, "params": draft.params}
    result = await c.execute(insert(screens).values(**values, created_at=now))
    return int(result.inserted_primary_key[0])  # type: ignore[index]


async def screen(c: AsyncConnection, screen_id: int, team_ids: Collection[int]) -> Row | None:
    """A screen, if it is of one of these teams."""
    query = select(screens).where(screens.c.id == screen_id, screens.c.team_id.in_(team_ids))
    return await one_row(c, query)


async def change_screen(c: AsyncConnection, team_id: int, screen_id: int, params: dict[str, Any]) -> None:
    """Another page, tab or filter."""
    await c.execute(
        update(screens).where(screens.c.team_id == team_id, screens.c.id == screen_id).values(params=params)
    )


async def raise_screens(c: AsyncConnection, team_id: int, kind: str) -> None:
    """Every screen of this kind shows the truth again."""
    own = select(screens.c.id).where(screens.c.team_id == team_id, screens.c.kind == kind)
    await raise_where(c, team_id, (cards.c.subject == "screen") & cards.c.subject_id.in_(own), priorities.ANSWER)


async def raise_lists(c: AsyncConnection, team_id: int) -> None:
    """Everything that shows single clients now shows the truth again; what was searched for may name one."""
    mine = screens.c.team_id == team_id
    rows = (await c.execute(select(screens.c.id, screens.c.kind, screens.c.params).where(mine))).all()
    lists = [row.id for row in rows if row.kind in _OF_CLIENTS or row.params.get("step") in ("list", "call")]
    for row in rows:
        if row.kind == "found":
            await change_screen(c, team_id, row.id, {**row.params, "query": ""})
    await raise_where(c, team_id, (cards.c.subject == "screen") & cards.c.subject_id.in_(lists), priorities.ANSWER)
