"""The SQL of files that Telegram has already."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.notices.tables import sent_files
from storage.upsert import insert_or_ignore

KEEP = timedelta(days=30)  # nobody asks for the same numbers later than that


async def known_file(c: AsyncConnection, team_id: int, key: str) -> str | None:
    """Telegram's id of a file that says just this."""
    query = select(sent_files.c.file_id).where(sent_files.c.team_id == team_id, sent_files.c.key == key)
    found = await c.scalar(query)
    return str(found) if found is not None else None


async def keep_file(c: AsyncConnection, team_id: int, key: str, file_id: str, now: datetime) -> None:
    """Remember it; what is old is forgotten on the way."""
    old = (sent_files.c.team_id == team_id) & (sent_files.c.sent_at < now - KEEP)
    await c.execute(delete(sent_files).where(old))
    values = {"team_id": team_id, "key": key, "file_id": file_id, "sent_at": now}
    await c.execute(insert_or_ignore(c, sent_files).values(**values))


async def forget_file(c: AsyncConnection, team_id: int, key: str) -> None:
    """Telegram does not take this id any more."""
    await c.execute(delete(sent_files).where(sent_files.c.team_id == team_id, sent_files.c.key == key))
