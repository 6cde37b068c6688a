"""What may be forgotten: Telegram updates after two days, raw PBX requests after thirty, then what a team's rules say."""

from __future__ import annotations

from datetime import timedelta

from followup.retention.tidying import tidy
from followup.teams import store as teams
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
    async with office.database.read() as c:
        team_ids = await teams.team_ids(c)
    for team_id in team_ids:
        async with office.desk(team_id) as desk:
            await tidy(desk)
