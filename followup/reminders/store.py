"""The SQL of due steps."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.cases.tables import cases
from followup.reminders.rules import StepKey
from followup.reminders.tables import reminders
from storage.rows import Row, all_rows
from storage.upsert import insert_or_ignore


async def unplanned(c: AsyncConnection, limit: int) -> list[Row]:
    """Cases that have changed since their steps were written, of every team, team by team."""
    query = select(cases).where(cases.c.planned_version != cases.c.version).order_by(cases.c.id).limit(limit)
    return await all_rows(c, query)


async def write_steps(c: AsyncConnection, case: Mapping[str, int], steps: Mapping[StepKey, datetime]) -> None:
    """Make the undone steps of a case these; done ones stay done."""
    team_id, case_id = case["team_id"], case["id"]
    of_case = (reminders.c.team_id == team_id) & (reminders.c.case_id == case_id)
    listed = [and_(reminders.c.step == key.step, reminders.c.round == key.round) for key in steps]
    gone = of_case & reminders.c.done_at.is_(None)
    await c.execute(delete(reminders).where(gone & ~or_(*listed) if listed else gone))
    for key, due_at in steps.items():
        which = of_case & (reminders.c.step == key.step) & (reminders.c.round == key.round)
        moved = await c.execute(update(reminders).where(which & reminders.c.done_at.is_(None)).values(due_at=due_at))
        if moved.rowcount == 0:
            values = {"team_id": team_id, "case_id": case_id, "step": key.step, "round": key.round, "due_at": due_at}
            await c.execute(insert_or_ignore(c, reminders).values(**values))


async def mark_planned(c: AsyncConnection, seen: Mapping[str, int]) -> Row | None:
    """The case as it is now, whose steps are about to be written: since it was seen its first alert may have come."""
    which = (cases.c.team_id == seen["team_id"]) & (cases.c.id == seen["id"])
    taken = update(cases).where(which).values(planned_version=cases.c.version).returning(cases)
    found = (await c.execute(taken)).mappings().one_or_none()
    return None if found is None else dict(found)


async def teams_with_due(c: AsyncConnection, now: datetime) -> list[int]:
    """Teams that have a due step."""
    query = select(reminders.c.team_id).where(reminders.c.done_at.is_(None), reminders.c.due_at <= now).distinct()
    return list(await c.scalars(query.limit(200)))


async def due(c: AsyncConnection, team_id: int, now: datetime) -> list[Row]:
    """A team's due steps, oldest first."""
    query = (
        select(reminders)
        .where(reminders.c.team_id == team_id, reminders.c.done_at.is_(None), reminders.c.due_at <= now)
        .order_by(reminders.c.due_at, reminders.c.id)
        .limit(500)
    )
    return await all_rows(c, query)


async def between_rounds(c: AsyncConnection, team_id: int) -> list[int]:
    """Cases that were reminded of and will be again."""
    rounds = (reminders.c.team_id == team_id) & (reminders.c.step == "remind")
    told = select(reminders.c.case_id).where(rounds, reminders.c.done_at.is_not(None))
    to_come = select(reminders.c.case_id).where(rounds, reminders.c.done_at.is_(None))
    return list(await c.scalars(to_come.where(reminders.c.case_id.in_(told)).distinct()))


async def finish(c: AsyncConnection, team_id: int, ids: Collection[int], now: datetime) -> set[int]:
    """Compare-and-set: the ids that nobody else had finished."""
    which = (reminders.c.team_id == team_id) & reminders.c.id.in_(ids) & reminders.c.done_at.is_(None)
    done = await c.execute(update(reminders).where(which).values(done_at=now).returning(reminders.c.id))
    return {row.id for row in done}
