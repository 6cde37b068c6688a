"""The SQL of the journal: calls of a period in the order they began, a page after a place in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.calls.tables import calls
from followup.clients.tables import clients, numbers
from storage.rows import Row, all_rows, one_row

Place = tuple[datetime, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Which calls: [begins, ends) in UTC, of one number or direction if wanted, after a place of the journal."""

    begins: datetime
    ends: datetime
    direction: str | None = None
    number_id: int | None = None
    after: Place | None = None


async def page(c: AsyncConnection, team_id: int, stretch: Stretch, limit: int) -> list[Row]:
    """At most ``limit`` calls with the numbers and names of their clients; internal ones are no calls here (D1)."""
    query = _known().where(calls.c.team_id == team_id, *_conditions(stretch))
    return await all_rows(c, query.order_by(calls.c.started_at, calls.c.id).limit(limit))


async def one(c: AsyncConnection, team_id: int, call_id: int) -> Row | None:
    """One of them."""
    mine = (calls.c.team_id == team_id) & (calls.c.id == call_id) & calls.c.started_at.is_not(None)
    return await one_row(c, _known().where(calls.c.team_id == team_id, mine, calls.c.direction.in_(("in", "out"))))


def _known() -> Select[tuple[object, ...]]:
    joined = calls.outerjoin(numbers, and_(numbers.c.id == calls.c.number_id, numbers.c.team_id == calls.c.team_id))
    named = joined.outerjoin(clients, and_(clients.c.id == numbers.c.client_id, clients.c.team_id == calls.c.team_id))
    return select(calls, numbers.c.number, clients.c.name.label("client_name")).select_from(named)


def _conditions(stretch: Stretch) -> list[ColumnElement[bool]]:
    directions = (stretch.direction,) if stretch.direction else ("in", "out")
    found = [
        calls.c.started_at >= stretch.begins,
        calls.c.started_at < stretch.ends,
        calls.c.direction.in_(directions),
    ]
    if stretch.number_id is not None:
        found.append(calls.c.number_id == stretch.number_id)
    if stretch.after is not None:
        at, call_id = stretch.after
        # The first half is what an index can be asked for.
        found += [calls.c.started_at >= at, or_(calls.c.started_at > at, calls.c.id > call_id)]
    return found
