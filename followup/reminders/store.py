"""The SQL of due steps."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.cases.tables import cases
from followup.reminders.rules import StepKey
from followup.reminders.tables import reminders
from storage.many import among, checked
from storage.prepared import run, run_each
from storage.rows import Row, all_rows
from storage.upsert import insert_or_ignore

# Built once: putting a statement together costs more than asking it.
_FORGET_UNDONE = delete(reminders).where(
    checked(reminders.c.team_id) == bindparam("of_team"),
    among(reminders.c.case_id, "ids"),
    reminders.c.done_at.is_(None),
)
_PLANNED = (
    update(cases)
    .where(
        checked(cases.c.team_id) == bindparam("of_team"),
        among(cases.c.id, "ids"),
        cases.c.planned_version != cases.c.version,
    )
    .values(planned_version=cases.c.version)
    .returning(cases)
)


async def unplanned(c: AsyncConnection, limit: int) -> list[Row]:
    """Cases that have changed since their steps were written, of every team, team by team."""
    query = select(cases).where(cases.c.planned_version != cases.c.version).order_by(cases.c.id).limit(limit)
    return await all_rows(c, query)


async def write_steps(c: AsyncConnection, team_id: int, steps: Mapping[int, Mapping[StepKey, datetime]]) -> None:
    """Case id → its steps: make the undone ones these; done ones stay done."""
    await run(c, _FORGET_UNDONE, {"of_team": team_id, "ids": list(steps)})
    rows = [
        {"team_id": team_id, "case_id": case_id, "step": key.step, "round": key.round, "due_at": due_at}
        for case_id, of_case in steps.items()
        for key, due_at in of_case.items()
    ]
    await run_each(c, insert_or_ignore(c, reminders), rows)


async def mark_planned(c: AsyncConnection, team_id: int, case_ids: Collection[int]) -> list[Row]:
    """The cases as they are now, whose steps are about to be written: since they were seen an alert may have come.

    Those that another process has planned meanwhile are left to it.
    """
    return await all_rows(c, _PLANNED, {"of_team": team_id, "ids": list(case_ids)})


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
