"""Every hour: what may be forgotten (Telegram updates after two days, raw PBX requests after thirty, what a team's rules say)."""

from __future__ import annotations

from datetime import timedelta

from followup.retention.tidying import tidy
from followup.teams import store as teams
from jobs.office import Office
from storage.retention import forget_requests, forget_updates
from storage.vast import counted_anew

KEEP_UPDATES = timedelta(days=2)
KEEP_REQUESTS = timedelta(days=30)


async def count_rows(office: Office) -> None:
    """How large the tables are by now: SQLite chooses its indexes by that, and counts only when told to."""
    if office.database.is_sqlite:
        async with office.database.write() as c:
            await counted_anew(c)


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
