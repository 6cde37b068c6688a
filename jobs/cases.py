"""Cases as time passes: steps are planned, due ones done, old cases expire, forgotten menus close."""

from __future__ import annotations

from collections import defaultdict

from followup.cases import store as cases
from followup.cases.reconcile import Touched, reconcile
from followup.notices import store as notices
from followup.reminders import store as reminders
from followup.reminders.actions import plan_steps, speak_up, tell_morning
from followup.teams import store as teams
from jobs.office import Office
from storage.rows import Row

_BATCH = 200


async def plan_reminders(office: Office) -> None:
    """Write the due steps of every case that has changed since the last look."""
    async with office.database.glance() as c:
        changed = await reminders.unplanned(c, _BATCH)
    by_team: dict[int, list[Row]] = defaultdict(list)
    for row in changed:
        by_team[row["team_id"]].append(row)
    for team_id, rows in by_team.items():
        async with office.desk(team_id, is_light=True) as desk:
            await plan_steps(desk, rows)


async def do_due_steps(office: Office) -> None:
    """Remind, escalate, nudge, give back, wake."""
    async with office.database.glance() as c:
        due = await reminders.teams_with_due(c, office.clock.now())
    for team_id in due:
        async with office.desk(team_id) as desk:
            await speak_up(desk)


async def tell_mornings(office: Office) -> None:
    """At opening time the team reads what the night brought."""
    now = office.clock.now()
    async with office.database.glance() as c:
        due = await teams.take_due(c, "morning_at", now)
    for team_id, due_at in due:
        async with office.desk(team_id) as desk:
            if await teams.move_moment(desk.c, team_id, "morning_at", due_at, None):
                await tell_morning(desk)


async def expire_cases(office: Office) -> None:
    """R4, D2: what nobody can win back any more is closed, and counted as lost."""
    async with office.database.glance() as c:
        due = await cases.due_to_expire(c, office.clock.now())
    for team_id, case_id, client_id in due:
        async with office.desk(team_id) as desk:
            case = await cases.case_by_id(desk.c, team_id, case_id)
            if case is None:
                continue
            touched = Touched(since=case["opened_at"], linked={case_id})
            if client_id is not None:
                touched.clients.add(client_id)
            else:
                touched.hidden_calls.update(int(key[2:]) for key in case["fact_keys"] if key.startswith("c:"))
            await reconcile(desk, touched)


async def close_menus(office: Office) -> None:
    """A menu that nobody used gives the buttons back."""
    async with office.database.glance() as c:
        due = await notices.expired_menus(c, office.clock.now())
    for team_id, card_id in due:
        async with office.desk(team_id) as desk:
            await notices.close_menu(desk.c, team_id, card_id)
