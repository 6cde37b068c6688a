"""Writing and reading the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.ledger.tables import ledger
from storage.rows import Row, all_rows


async def note(
    c: AsyncConnection,
    team_id: int,
    kind: str,
    at: datetime,
    **about: Any,
) -> None:
    """One line: who (``member_id``) did what about which ``case_id``; the rest is ``data``."""
    member_id, case_id = about.pop("member_id", None), about.pop("case_id", None)
    values: Mapping[str, Any] = {"team_id": team_id, "at": at, "kind": kind, "data": about}
    await c.execute(insert(ledger).values(**values, member_id=member_id, case_id=case_id))


async def of_case(c: AsyncConnection, team_id: int, case_id: int, limit: int = 50) -> list[Row]:
    """The newest lines of one case, oldest first."""
    query = (
        select(ledger)
        .where(ledger.c.team_id == team_id, ledger.c.case_id == case_id)
        .order_by(ledger.c.id.desc())
        .limit(limit)
    )
    return (await all_rows(c, query))[::-1]
