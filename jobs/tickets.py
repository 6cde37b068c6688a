"""What is due about tickets: warnings, returns, the ends of snoozes."""

from __future__ import annotations

import structlog

from followup.tickets.keeping import keep
from followup.tickets.store import due
from jobs.office import Office

log = structlog.get_logger()


async def keep_tickets(office: Office) -> None:
    """Each in a transaction of its own, so that one that fails holds up no other."""
    async with office.database.glance() as c:
        waiting = await due(c, office.clock.now())
    for team_id, ticket_id in waiting:
        try:
            async with office.desk(team_id) as desk:
                await keep(desk, ticket_id)
        except Exception:
            log.exception("a due ticket stumbled", ticket=ticket_id)
