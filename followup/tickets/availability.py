"""Who is there to be given a ticket."""

from __future__ import annotations

from collections.abc import Sequence

from followup.teams.book import Member
from followup.teams.desk import Desk


async def available_now(desk: Desk, members: Sequence[Member]) -> list[Member]:
    """Those of ``members`` who are at work: in working time everybody."""
    return [*members] if desk.book.schedule_now.is_open(desk.now) else []
