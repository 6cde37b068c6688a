"""Reports that come by themselves, each once a due moment whoever ticks."""

from __future__ import annotations

from followup.reports.kept_store import due_schedules
from followup.reports.schedules import report_is_due
from jobs.office import Office


async def send_reports(office: Office) -> None:
    """Write the messages of every report that is due."""
    async with office.database.glance() as c:
        due = await due_schedules(c, office.clock.now())
    for team_id, schedule_id, due_at in due:
        async with office.desk(team_id) as desk:
            await report_is_due(desk, schedule_id, due_at)
