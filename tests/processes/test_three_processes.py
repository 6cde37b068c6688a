"""One takes, two work, and any of them may die: promises 1, 7, 14 and 19 between real processes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from followup.notices.tables import letters
from followup.reminders.tables import reminders
from followup.teams.tables import teams
from tests.bench.companies import FIRST_MEMBER
from tests.processes.conftest import WORKERS
from tests.processes.fleet import HOLDS_A_LOCK

KINDS = ("digest", "reminder")
pytestmark = [pytest.mark.postgres, pytest.mark.timeout(500), pytest.mark.asyncio(loop_scope="session")]


async def test_a_killed_sender_has_an_heir_and_no_card_is_lost(here):
    companies = here.take(4)
    posted = [await here.post(company) for _ in range(3) for company in companies]
    await here.is_shown(companies, 2)
    await here.fleet.kill(await here.on_duty("send"))
    await here.is_shown(companies, len(posted))
    counted = here.shown(companies)
    assert len(counted) == len(posted)
    # What was on its way may have been taken without our hearing of it: one message a chat, and only once more.
    assert max(counted.values()) <= 2
    assert sum(counted.values()) <= len(posted) + len(companies)
    assert here.refused == []


async def test_whoever_loses_its_lock_stops_and_somebody_goes_on(here):
    """The process lives, and finishes what it has begun: nothing comes twice."""
    companies = here.take(3)
    posted = [await here.post(company) for _ in range(4) for company in companies]
    await here.is_shown(companies, 2)
    assert await here.fleet.hang_up(HOLDS_A_LOCK) >= 2
    await here.is_shown(companies, len(posted))
    assert set(here.shown(companies).values()) == {1}
    assert here.refused == []


async def test_a_press_is_answered_once_whoever_died(here):
    [company] = here.take(1)
    await here.post(company)
    await here.is_shown([company], 1)
    [card] = here.cards([company])
    await here.fleet.kill(await here.on_duty("updates"))
    press = here.telegram.world.press(FIRST_MEMBER + company.number, company.chat, card["message_id"], text="Take")

    def answers():
        return [each for each in here.telegram.world.requests if each.params.get("callback_query_id") == press]

    await here.telegram.wait_for(answers, 40)
    # Shown by the card, or by its repetition if the sender died before it had written the first one down.
    await here.telegram.wait_for(lambda: "Member 0" in str(here.telegram.world.messages(company.chat)), 40)
    assert len(answers()) == 1


async def test_digests_and_reminders_are_written_once_though_two_are_due_to_do_it(here):
    companies = here.take(6)
    for company in companies:
        await here.post(company)
    await here.is_shown(companies, len(companies))
    ids = [company.team_id for company in companies]
    await planned(here, ids)
    async with here.database.write() as c:
        due_at = datetime.now(UTC) - timedelta(seconds=1)
        await c.execute(update(teams).where(teams.c.id.in_(ids)).values(next_digest_at=due_at))
        first = (reminders.c.step == "remind") & (reminders.c.round == 1)
        await c.execute(update(reminders).where(reminders.c.team_id.in_(ids), first).values(due_at=due_at))
    await all_written(here, ids)
    # Both have had the chance, and neither writes any more.
    assert [await here.fleet.stop(here.fleet.running[name]) for name in WORKERS] == [0, 0]
    assert await written(here, ids) == {(team_id, kind): 1 for team_id in ids for kind in KINDS}


async def planned(here, ids) -> None:
    """Somebody has written the steps of every case."""
    query = select(func.count(func.distinct(reminders.c.team_id))).where(reminders.c.team_id.in_(ids))
    for _ in range(400):
        async with here.database.read() as c:
            if await c.scalar(query.where(reminders.c.step == "remind")) == len(ids):
                return
            await c.execute(select(func.pg_sleep(0.1)))  # another process's doing
    raise AssertionError("the steps of new cases were not written")


async def all_written(here, ids) -> None:
    """Each company has its digest and its reminder; after a death it takes a while until somebody else is on duty."""
    for _ in range(1000):
        told = await written(here, ids)
        if len(told) == len(KINDS) * len(ids):
            return
        async with here.database.read() as c:
            await c.execute(select(func.pg_sleep(0.1)))  # another process's doing
    raise AssertionError(f"not everything was written, only {told}")


async def written(here, ids) -> dict[tuple[int, str], int]:
    query = select(letters.c.team_id, letters.c.kind, func.count())
    query = query.where(letters.c.team_id.in_(ids), letters.c.kind.in_(KINDS))
    async with here.database.read() as c:
        return {(row[0], row[1]): row[2] for row in await c.execute(query.group_by(letters.c.team_id, letters.c.kind))}
