"""What may be forgotten of what arrived."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import inbox, updates


async def forget_updates(c: AsyncConnection, before: datetime) -> None:
    """Telegram repeats nothing older than a day: what is done can go."""
    await c.execute(delete(updates).where(updates.c.state == "done", updates.c.received_at < before))


async def forget_requests(c: AsyncConnection, before: datetime) -> None:
    """Raw PBX requests are kept for replay; failed ones wait for a person."""
    await c.execute(delete(inbox).where(inbox.c.state == "done", inbox.c.received_at < before))
