"""The SQL of imports: whose cases a file of the past may concern."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.cases.tables import cases
from storage.many import among, checked
from storage.rows import all_values

_AT_ONCE = 500
_WITH_CASES = (
    select(cases.c.client_id)
    .where(checked(cases.c.team_id) == bindparam("of_team"), among(cases.c.client_id, "clients"))
    .distinct()
)


async def clients_with_cases(c: AsyncConnection, team_id: int, client_ids: Collection[int]) -> set[int]:
    """Those of the clients who have a case, however long closed."""
    known, found = list(client_ids), set[int]()
    for at in range(0, len(known), _AT_ONCE):
        found |= set(await all_values(c, _WITH_CASES, {"of_team": team_id, "clients": known[at : at + _AT_ONCE]}))
    return found
