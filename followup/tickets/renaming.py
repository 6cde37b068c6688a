"""A topic or a status is called otherwise: the standing cards of open tickets say so, too."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from followup.teams import directory
from followup.teams.store import load_book
from followup.tickets import renaming_store as store
from followup.tickets.reading import below


async def rename_topic(c: AsyncConnection, team_id: int, topic_id: int, title: str) -> None:
    """A card shows a topic with all that stand above it."""
    await directory.rename_topic(c, team_id, topic_id, title)
    await store.redraw_about(c, team_id, below(await load_book(c, team_id), topic_id))


async def name_status(c: AsyncConnection, team_id: int, code: str, title: str | None) -> None:
    """None: by its built-in name again."""
    await directory.name_status(c, team_id, code, title)
    await store.redraw_standing(c, team_id, code)
