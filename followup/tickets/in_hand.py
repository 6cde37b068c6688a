"""What somebody has in hand besides his cases."""

from __future__ import annotations

from followup.cases.queue_store import clients_of_owner
from followup.teams.desk import Desk
from followup.tickets.open_store import open_of_owner
from storage.rows import Row


async def tickets_besides_cases(desk: Desk, member_id: int) -> list[Row]:
    """His open tickets but those that go with an open case of his, or that nobody ever treated as a ticket."""
    spoken_for = await clients_of_owner(desk.c, desk.book.id, member_id)
    rows = await open_of_owner(desk.c, desk.book.id, member_id)
    return [row for row in rows if row["kind"] != "voice" or (_is_used(row) and row["client_id"] not in spoken_for)]


def _is_used(ticket: Row) -> bool:
    """An act about the case is none about the ticket (their ids are below zero, see ``load.case_act``)."""
    return any(key.startswith("a:") and not key.startswith("a:-") for key in ticket["fact_keys"])
