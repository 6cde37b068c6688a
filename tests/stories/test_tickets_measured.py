"""After the upgrade to 0011: what was put off in working time is measured (X20), and names that people gave stand."""

from __future__ import annotations

from bot.migrations import schema
from tests.stories.clockwork import OFFICE_HOURS
from tests.stories.desk import all_tickets, only_ticket, writes_on_site
from tests.stories.test_orders import order
from tests.stories.test_tickets_contacts import called
from tests.stories.world import ANNA, BORYS, new_world


async def _upgraded(world) -> None:
    """As if an older program had worked until now."""
    await schema.downgrade(world.database, "0010")
    await world.restart()
    await schema.upgrade(world.database)
    await world.settle()


async def _put_off_over_the_weekend(world) -> None:
    await world.olga.presses("Take")
    await world.olga.presses("⋯")
    await world.olga.presses("Later")
    await world.olga.presses("Tomorrow at opening")
    await world.forward(days=2, hours=23, minutes=30)
    await world.olga.presses("Close")
    await world.olga.presses("Resolved")
    await world.olga.presses("Without a comment")


async def test_what_was_put_off_in_working_time_is_measured_after_the_upgrade(database):
    async with new_world(database, hours=OFFICE_HOURS) as world:
        await writes_on_site(world, "Hello")
        await _put_off_over_the_weekend(world)
        before = await only_ticket(world)
        assert 0 < before["snoozed_working"] < before["snoozed_seconds"]
        await world.call(BORYS)
        world.look_away()
        await _upgraded(world)
        put_off, never = await all_tickets(world)
        assert put_off == before, "measured from the same facts, and due no more"
        assert never["snoozed_working"] == 0
        assert not world.unseen(), "nobody is told anything"


async def test_what_the_facts_do_not_tell_any_more_stays_unknown(database):
    async with new_world(database, hours=OFFICE_HOURS) as world:
        await writes_on_site(world, "Hello")
        await _put_off_over_the_weekend(world)
        async with world.database.write() as c:
            await c.exec_driver_sql("DELETE FROM ticket_acts WHERE kind = 'snooze'")
        await _upgraded(world)
        ticket = await only_ticket(world)
        assert (ticket["snoozed_working"], ticket["next_at"], ticket["state"]) == (None, None, "closed")
        world.look_away()


async def test_who_was_named_by_a_person_before_the_upgrade_keeps_that_name(world):
    await writes_on_site(world, "Hello", client=BORYS, client_name="Borys")
    await called(world, 1, "Boris B.")
    await world.call(ANNA)
    await _upgraded(world)
    await world.post(order(world, client=BORYS, name="BORYS BORYSENKO"))
    world.olga.sees("Callback order", "Boris B.")
    await world.post(order(world, "w-2", client=ANNA, name="Anna Kovalenko"))
    world.olga.sees("Missed", "Anna Kovalenko")
    world.look_away()
