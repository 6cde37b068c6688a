"""The SQL of what people keep of reports: chosen columns, and reports that come by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.reports.tables import report_columns, report_schedules
from storage.rows import Row, all_rows, one_row
from storage.upsert import insert_or_ignore


async def chosen_columns(c: AsyncConnection, team_id: int, member_id: int, kind: str) -> tuple[str, ...] | None:
    """What a member wants to see of a kind; None: he has never said."""
    query = select(report_columns.c.chosen).where(
        report_columns.c.team_id == team_id, report_columns.c.member_id == member_id, report_columns.c.kind == kind
    )
    found = await c.scalar(query)
    return None if found is None else tuple(found)


async def choose_columns(c: AsyncConnection, team_id: int, member_id: int, kind: str, chosen: Sequence[str]) -> None:
    """From now on he sees these."""
    values = {"team_id": team_id, "member_id": member_id, "kind": kind, "chosen": list(chosen)}
    await c.execute(insert_or_ignore(c, report_columns).values(**values))
    mine = (report_columns.c.team_id == team_id) & (report_columns.c.member_id == member_id)
    await c.execute(update(report_columns).where(mine, report_columns.c.kind == kind).values(chosen=list(chosen)))


async def add_schedule(c: AsyncConnection, values: dict[str, Any]) -> int:
    """A report that comes by itself; its id."""
    result = await c.execute(insert(report_schedules).values(**values))
    return int(result.inserted_primary_key[0])  # type: ignore[index]


async def schedules_of(c: AsyncConnection, team_id: int, chat_id: int) -> list[Row]:
    """What comes to a chat, the oldest first."""
    mine = (report_schedules.c.team_id == team_id) & (report_schedules.c.chat_id == chat_id)
    return await all_rows(c, select(report_schedules).where(mine).order_by(report_schedules.c.id))


async def count_schedules(c: AsyncConnection, team_id: int, chat_id: int) -> int:
    """How many come to a chat."""
    mine = (report_schedules.c.team_id == team_id) & (report_schedules.c.chat_id == chat_id)
    return int(await c.scalar(select(func.count()).where(mine)) or 0)


async def schedule_by_id(c: AsyncConnection, team_id: int, schedule_id: int) -> Row | None:
    """One of the team's."""
    query = select(report_schedules).where(report_schedules.c.team_id == team_id, report_schedules.c.id == schedule_id)
    return await one_row(c, query)


async def delete_schedule(c: AsyncConnection, team_id: int, schedule_id: int) -> None:
    """It comes no more."""
    mine = (report_schedules.c.team_id == team_id) & (report_schedules.c.id == schedule_id)
    await c.execute(delete(report_schedules).where(mine))


async def due_schedules(c: AsyncConnection, now: datetime) -> list[tuple[int, int, datetime]]:
    """(team, schedule, due moment) of what is due; the caller moves it on by ``move_schedule``."""
    due = report_schedules.c.next_at
    query = select(report_schedules.c.team_id, report_schedules.c.id, due).where(due <= now).order_by(due).limit(100)
    return [(row[0], row[1], row[2]) for row in await c.execute(query)]


async def move_schedule(c: AsyncConnection, team_id: int, schedule_id: int, seen: datetime, value: datetime) -> bool:
    """Compare-and-set: True if nobody else moved it first."""
    mine = (report_schedules.c.team_id == team_id) & (report_schedules.c.id == schedule_id)
    result = await c.execute(
        update(report_schedules).where(mine, report_schedules.c.next_at == seen).values(next_at=value)
    )
    return result.rowcount == 1
