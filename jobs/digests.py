"""The end-of-day digest, once a chat and local date whoever ticks (promise 14)."""

from __future__ import annotations

from followup.digests.actions import digest_is_due
from followup.teams import store as teams
from jobs.office import Office


async def send_digests(office: Office) -> None:
    """Write the letters of every digest that is due."""
    async with office.database.glance() as c:
        due = await teams.take_due(c, "next_digest_at", office.clock.now())
    for team_id, due_at in due:
        async with office.desk(team_id) as desk:
            await digest_is_due(desk, due_at)
