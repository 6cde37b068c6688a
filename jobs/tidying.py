"""What may be forgotten: done Telegram updates after two days, raw PBX requests after thirty."""

from __future__ import annotations

from datetime import timedelta

from jobs.office import Office
from storage.retention import forget_requests, forget_updates

KEEP_UPDATES = timedelta(days=2)
KEEP_REQUESTS = timedelta(days=30)


async def forget_old(office: Office) -> None:
    """Delete what is done and past its time; failed rows wait for a person."""
    now = office.clock.now()
    async with office.database.write() as c:
        await forget_updates(c, now - KEEP_UPDATES)
        await forget_requests(c, now - KEEP_REQUESTS)
