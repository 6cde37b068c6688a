"""The SQL of API tokens."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.teams.tables import api_tokens as t
from storage.rows import Row, all_rows, one_row

_BY_HASH = select(t.c.id, t.c.team_id, t.c.scope).where(t.c.token_hash == bindparam("of_hash"))
_SHOWN = (t.c.id, t.c.team_id, t.c.name, t.c.scope, t.c.created_at)


async def by_hash(c: AsyncConnection, token_hash: str) -> Row | None:
    """Whose token has this hash."""
    return await one_row(c, _BY_HASH, {"of_hash": token_hash})


async def listed(c: AsyncConnection, team_id: int) -> list[Row]:
    """The team's tokens without what they are."""
    return await all_rows(c, select(*_SHOWN).where(t.c.team_id == team_id).order_by(t.c.id))


async def remove(c: AsyncConnection, team_id: int, token_id: int) -> bool:
    """False if the team has no such token."""
    result = await c.execute(delete(t).where(t.c.team_id == team_id, t.c.id == token_id))
    return result.rowcount == 1
