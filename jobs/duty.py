"""Duty as time passes: a stay away that is over."""

from __future__ import annotations

from followup.duty import store as duty
from followup.duty.actions import end_away
from jobs.office import Office


async def end_aways(office: Office) -> None:
    """Screens show it, and whoever was away is told."""
    async with office.database.glance() as c:
        over = await duty.over_by(c, office.clock.now())
    for team_id, fact_id in over:
        async with office.desk(team_id) as desk:
            await end_away(desk, fact_id)
