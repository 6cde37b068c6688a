"""Promise 16: the auditor sees what is damaged, mends it, and counts it once. The damage is done here, by SQL."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from followup.calls.tables import calls
from followup.cases.tables import cases
from followup.health.tables import audits, mends
from followup.notices.tables import cards, letters
from followup.reminders.tables import reminders
from jobs.health import audit, look_through
from tests.stories.clockwork import OFFICE_HOURS, second_process, watched, with_text
from tests.stories.world import ANNA, BORYS, GROUP, VIRA, kyiv


async def damage(world, *statements):
    async with world.database.write() as c:
        for statement in statements:
            await c.execute(statement)


async def counted(world):
    async with world.database.read() as c:
        rows = await c.execute(select(mends.c.kind, mends.c.mended))
        return {row.kind: row.mended for row in rows}


async def one(world, column, *where):
    async with world.database.read() as c:
        return await c.scalar(select(column).where(*where))


async def audited(world):
    """One look at everything, what follows from it, and another look that finds nothing."""
    office = world.works.ticker._office
    await look_through(office)
    first = await counted(world)
    await world.settle()
    await look_through(office)
    assert await counted(world) == first
    return first


async def test_nothing_is_mended_where_nothing_is_wrong(world):
    for client in (ANNA, BORYS, VIRA, None):
        await world.call(client)
    await world.taras.presses("Take", under="••• 45 67")
    await world.dial(BORYS, reached=True)
    await world.forward(minutes=9)
    assert await audited(world) == {}
    await world.forward(hours=3)
    await world.forward(hours=40)
    assert await audited(world) == {}
    world.look_away()


async def test_an_open_case_without_a_card_gets_one(world):
    await world.call(ANNA)
    await damage(world, delete(cards))
    assert await audited(world) == {"no_card": 1}
    assert len(with_text(world, "🔴")) == 2
    world.look_away()


async def test_at_night_the_missing_card_waits_for_the_morning(database):
    async with watched(database, hours=OFFICE_HOURS) as world:
        await world.until(kyiv(20, 22))
        world.look_away()
        await world.call(ANNA)
        await damage(world, delete(cards))
        assert await audited(world) == {"no_card": 1}
        assert with_text(world, "🔴") == []
        await world.until(kyiv(23, 9))
        world.olga.sees("🔴", "••• 45 67")
        world.look_away()


@pytest.mark.parametrize("column", ["not_before", "claimed_until"])
async def test_a_card_that_nothing_explains_is_pushed(world, column):
    await world.call(ANNA)
    moment = world.clock.now() + timedelta(days=300)
    await damage(world, update(cards).values({"wanted": cards.c.wanted + 1, "content_hash": None, column: moment}))
    assert await audited(world) == {"stuck_card": 1}
    assert await one(world, cards.c.wanted - cards.c.shown) == 0
    assert await one(world, cards.c.error) is None
    world.look_away()


async def test_a_first_alert_that_nobody_sent_is_pushed_once(world):
    await world.call(ANNA)
    world.look_away()
    await damage(world, update(cards).values(shown=0, shown_at=None, message_id=None, content_hash=None))
    world.clock.forward(timedelta(minutes=11))
    office = world.works.ticker._office
    await look_through(office)
    await look_through(office)
    assert (await counted(world))["stuck_card"] == 1
    await world.settle()
    world.look_away()


async def test_a_card_that_telegram_refuses_for_now_is_left_to_the_outbox(world):
    fault = world.telegram.world.faults.add("429", chat_id=GROUP, times=1, retry_after=3600)
    await world.call(ANNA)
    await world.call(BORYS)
    assert fault.used == 1
    world.clock.forward(timedelta(minutes=20))
    await look_through(world.works.ticker._office)
    assert await counted(world) == {}
    await world.forward(hours=1)
    world.look_away()


async def test_a_case_whose_card_was_seen_has_its_clocks_started(world):
    await world.call(ANNA)
    shown_at = await one(world, cases.c.first_shown_at)
    await damage(world, update(cases).values(first_shown_at=None, notified_at=None), delete(reminders))
    assert await audited(world) == {"unheard": 1}
    assert await one(world, cases.c.first_shown_at) == shown_at
    await world.forward(minutes=16)
    world.olga.sees("still waiting")
    world.look_away()


async def test_steps_that_were_never_written_are(world):
    await world.call(ANNA)
    await damage(world, delete(reminders))
    assert await audited(world) == {"no_steps": 1}
    await world.forward(minutes=16)
    world.olga.sees("still waiting")
    world.look_away()


async def test_who_never_works_has_no_steps_and_that_is_no_gap(database):
    async with watched(database, hours="off", quiet="no") as world:
        await world.call(ANNA)
        world.look_away()
        assert await audited(world) == {}
        assert await one(world, func.count(reminders.c.id)) == 0


async def test_steps_long_past_due_are_done(world):
    await world.call(ANNA)
    world.look_away()
    world.clock.forward(timedelta(minutes=27))  # and nobody ticks
    assert (await audited(world))["late_steps"] == 1  # the second reminder, of 30 minutes, is not late yet
    world.olga.sees("still waiting")
    world.look_away()


async def test_steps_that_came_due_at_night_are_not_late(database):
    async with watched(database, hours=OFFICE_HOURS) as world:
        await world.until(kyiv(20, 17, 40))
        await world.call(ANNA)
        await damage(world, update(reminders).values(due_at=kyiv(20, 17, 59)))
        await world.until(kyiv(20, 17, 58))
        world.clock.forward(timedelta(days=1))
        assert await audited(world) == {}
        world.look_away()


@pytest.mark.parametrize(
    "values",
    [
        {"missed": 7},
        {"attempts": 3},
        {"state": "closed", "how": "manual", "closed_at": kyiv(20, 10, 1), "expires_at": None},
        {"owner_id": None, "taken_at": None},
    ],
    ids=["missed", "attempts", "closed", "owner"],
)
async def test_a_case_that_is_not_what_its_facts_say_is_derived_anew(world, values):
    await world.call(ANNA)
    await world.taras.presses("Take")
    world.look_away()
    names = [cases.c[name] for name in values]
    async with world.database.read() as c:
        before = tuple((await c.execute(select(*names))).one())
    await damage(world, update(cases).values(**values))
    assert await audited(world) == {"state": 1}
    async with world.database.read() as c:
        assert tuple((await c.execute(select(*names))).one()) == before
    world.look_away()


async def test_a_case_that_was_lost_is_found(world):
    await world.call(ANNA)
    await damage(world, delete(letters), delete(cards), delete(reminders), delete(cases))
    assert await audited(world) == {"state": 1}
    assert len(with_text(world, "🔴")) == 2
    world.look_away()


async def test_a_card_given_up_is_tried_once_a_day_while_its_case_is_open(world):
    fault = world.telegram.world.faults.add("400_parse", "sendMessage", chat_id=GROUP, times=50)
    await world.call(ANNA)
    assert await one(world, cards.c.state, cards.c.subject == "case") == "dead"
    tried = fault.used
    await world.forward(hours=23)
    assert await audited(world) == {}
    await world.forward(hours=2)
    assert await audited(world) == {"dead_card": 1}
    assert fault.used > tried
    assert await one(world, cards.c.state, cards.c.subject == "case") == "dead"
    world.telegram.world.faults.clear()
    await world.forward(hours=25)
    assert (await audited(world))["dead_card"] == 2
    world.olga.sees("🔴", "••• 45 67")
    world.look_away()


async def test_a_dead_card_of_a_closed_case_stays_dead(world):
    await world.call(ANNA)
    await world.forward(minutes=5)
    await world.dial(ANNA, reached=True)
    await damage(world, update(cards).values(state="dead", wanted=cards.c.wanted + 1))
    await world.forward(hours=25)
    assert await audited(world) == {}
    world.look_away()


async def test_calls_without_an_end_are_counted_and_nothing_else(world):
    event = world.inbound(ANNA, ended=world.clock.now())
    await world.post(event | {"ended_at": None, "legs": []})
    assert await one(world, calls.c.outcome) == "in_progress"
    for hours, expected in ((3, 0), (2, 1)):
        await world.forward(hours=hours)
        await world.forward(minutes=11)
        assert await one(world, audits.c.unknown_calls) == expected
    assert await counted(world) == {}
    await world.forward(hours=24)
    await world.forward(minutes=11)
    assert await one(world, audits.c.unknown_calls) == 0
    world.look_away()


async def test_it_looks_every_ten_minutes_whoever_ticks(world):
    async with second_process(world) as other:
        await world.forward(minutes=1)
        await world.call(ANNA)
        await damage(world, delete(reminders))
        await world.forward(minutes=5)
        assert await counted(world) == {}
        world.clock.forward(timedelta(minutes=5))
        offices = [works.ticker._office for works in (world.works, other, world.works, other)]
        await asyncio.gather(*(audit(office) for office in offices))
        assert await counted(world) == {"no_steps": 1}
        await damage(world, delete(reminders))
        await asyncio.gather(*(audit(office) for office in offices))
        assert await counted(world) == {"no_steps": 1}  # its time has not come again
        world.look_away()


async def test_after_a_sleep_the_ordinary_work_goes_first(world):
    await world.call(ANNA)
    world.look_away()
    world.clock.forward(timedelta(hours=3))
    await audit(world.works.ticker._office)
    assert await counted(world) == {}
    await world.settle()
    await world.forward(minutes=11)
    assert await counted(world) == {}
    world.look_away()
