"""What a team's tables lose by age, and what they must not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from followup.cases.queue_store import queue_rows
from followup.cases.reconcile import Touched, reconcile
from followup.cases.views import QueueFilter
from followup.clients.store import clients_of_numbers, number_ids
from followup.digests.figures import day_figures
from followup.hours import local_day
from followup.retention.tidying import tidy
from followup.teams.actions import set_team
from followup.teams.desk import Desk
from followup.tickets.acting import act_row
from followup.tickets.follow import follow
from followup.tickets.reconcile import rederive
from followup.tickets.store import add_act, stored_tickets
from jobs.office import Office
from jobs.tidying import forget_old
from tests.stories.clockwork import watched
from tests.stories.world import ANNA, BORYS, VIRA

ALL = ("calls", "cases", "actions", "cards", "letters", "screens", "inbox", "updates")


async def counts(world):
    async with world.database.read() as c:
        return {name: (await c.exec_driver_sql(f"SELECT count(*) FROM {name}")).scalar() for name in ALL}


async def desk_of(world, c):
    return Desk(c, await world.works.shelf.book(c, world.team_id), world.clock.now())


async def tidied(world):
    async with world.database.write() as c:
        await tidy(await desk_of(world, c))


async def seen(world):
    """What people read of the recent past: both tabs of the queue, and this week's days."""
    async with world.database.read() as c:
        desk = await desk_of(world, c)
        tabs = [await queue_rows(c, desk.book, QueueFilter(tab=tab), desk.now) for tab in ("open", "processed")]
        days = [world.clock.now().date() - timedelta(days=back) for back in range(3)]
        return tabs, [await day_figures(desk, local_day(day, "Europe/Kyiv")) for day in days]


async def a_long_story(world):
    """Three old episodes of Anna's and one of Borys's, then a recent one of each, and Vira's single call of old."""
    await world.call(VIRA, missed=False)
    for _ in range(3):
        await world.call(ANNA)
        await world.olga.presses("Take")
        await world.forward(minutes=2)
        await world.dial(ANNA, reached=False)
        await world.forward(minutes=2)
        await world.dial(ANNA, reached=True)
        await world.call(ANNA, missed=False)
        await world.forward(days=2)
    await world.call(BORYS)
    await world.forward(minutes=2)
    await world.dial(BORYS, reached=True)
    await world.call(None)
    await world.forward(days=100)
    await world.call(ANNA)
    await world.call(BORYS)
    await world.forward(minutes=2)
    await world.dial(BORYS, reached=True)
    world.look_away()


async def sixty_days(world):
    """From now on old calls are deleted; time does not move, so only that can change anything."""
    async with world.database.write() as c:
        await set_team(c, world.team_id, {"keep_calls_days": "60"}, world.clock.now())
    await tidied(world)


async def test_old_calls_go_and_neither_open_cases_nor_recent_numbers_change(database):
    async with watched(database) as world:
        await a_long_story(world)
        before, had = await seen(world), await counts(world)
        await sixty_days(world)
        left = await counts(world)
        assert await seen(world) == before
        assert left["cases"] < had["cases"]
        assert left["calls"] < had["calls"]
        async with world.database.write() as c:
            ids = {row[0] for row in await c.exec_driver_sql("SELECT id FROM clients")}
            assert await reconcile(await desk_of(world, c), Touched(clients=ids)) == []
        assert await seen(world) == before
        world.look_away()


async def close_tickets_of(world, number):
    async with world.database.write() as c:
        desk = await desk_of(world, c)
        (number_id,) = (await number_ids(c, world.team_id, [number], desk.now)).values()
        (client_id,) = (await clients_of_numbers(c, world.team_id, [number_id])).values()
        for ticket in await stored_tickets(c, world.team_id, [client_id]):
            if ticket["state"] == "open":
                row = act_row(desk, ticket, "close", {}, (world.olga.member_id, f"close:{ticket['id']}"))
                await add_act(c, row)
                await follow(desk, [client_id], None)
    await world.settle()


async def tickets_of(world):
    async with world.database.read() as c:
        rows = await c.exec_driver_sql(
            "SELECT id, state, status, owner_id, created_at, closed_at FROM tickets ORDER BY id"
        )
        return [tuple(row) for row in rows]


async def test_tickets_stay_when_the_calls_they_were_born_of_go(database):
    """Nothing speaks for them any more, but nothing against them either: whoever derives anew leaves them alone."""
    async with watched(database) as world:
        await world.call(ANNA, missed=False)  # the first call of a number stays
        await world.call(BORYS)
        for _ in range(2):
            await world.call(ANNA)
            await world.olga.presses("Take")
            await world.dial(ANNA, reached=True)
            await close_tickets_of(world, ANNA)
            await world.forward(days=2)
        await world.dial(BORYS, reached=True)
        await world.forward(days=100)
        await world.call(ANNA)
        before, had = await tickets_of(world), await counts(world)
        assert [state for _, state, *_ in before] == ["open", "closed", "closed", "open"]
        await sixty_days(world)
        assert (await counts(world))["calls"] < had["calls"]
        async with world.database.write() as c:
            ids = {row[0] for row in await c.exec_driver_sql("SELECT id FROM clients")}
            assert await rederive(await desk_of(world, c), ids, None) == []
        assert await tickets_of(world) == before
        world.look_away()


async def first_calls(world):
    query = "SELECT n.number, min(c.started_at) FROM calls c JOIN numbers n ON n.id = c.number_id GROUP BY n.number"
    async with world.database.read() as c:
        return {row[0]: str(row[1]) for row in await c.exec_driver_sql(query)}


async def test_the_first_call_of_a_number_stays_first(database):
    async with watched(database) as world:
        await a_long_story(world)
        before = await first_calls(world)
        assert set(before) == {ANNA, BORYS, VIRA}
        await sixty_days(world)
        assert await first_calls(world) == before
        world.look_away()


async def test_without_the_setting_every_call_is_kept(world):
    await a_long_story(world)
    before = await counts(world)
    await tidied(world)
    after = await counts(world)
    assert (after["calls"], after["cases"], after["actions"]) == (before["calls"], before["cases"], before["actions"])
    world.look_away()


async def test_cards_and_letters_of_the_long_closed_go_and_a_card_that_can_change_stays(world):
    await world.call(ANNA)
    await world.call(BORYS)
    await world.forward(minutes=2)
    await world.dial(BORYS, reached=True)
    await world.olga.says("/missed")
    await world.forward(days=89)
    await tidied(world)
    assert (await counts(world))["cards"] >= 2
    await world.forward(days=95)
    await world.call(VIRA)
    await tidied(world)
    left = await counts(world)
    assert (left["cards"], left["screens"]) == (1, 0)
    await world.forward(minutes=2)
    await world.dial(VIRA, reached=True)
    world.olga.sees("🔵", "44 55")
    world.look_away()


@pytest.mark.parametrize(("days", "inbox", "updates"), [(1, 1, 1), (3, 1, 0), (29, 1, 0), (31, 0, 0)])
async def test_raw_requests_stay_thirty_days_and_updates_two(world, days, inbox, updates):
    await world.call(ANNA)
    await world.olga.says("/help")
    world.clock.forward(timedelta(days=days))
    office = Office(database=world.database, clock=world.clock, shelf=world.works.shelf, wake=lambda: None)
    await forget_old(office)
    left = await counts(world)
    assert (left["inbox"], bool(left["updates"])) == (inbox, bool(updates))
    world.look_away()


async def test_what_failed_waits_for_a_person_however_long(world):
    await world.call(ANNA)
    async with world.database.write() as c:
        await c.exec_driver_sql("UPDATE inbox SET state = 'failed'")
    world.clock.forward(timedelta(days=400))
    office = Office(database=world.database, clock=world.clock, shelf=world.works.shelf, wake=lambda: None)
    await forget_old(office)
    assert (await counts(world))["inbox"] == 1
    world.look_away()
