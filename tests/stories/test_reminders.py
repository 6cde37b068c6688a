"""Promise 11: a waiting client is spoken of again in working time, at most three times, in one message for all."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import select, update

from followup.cases.tables import cases
from followup.reminders.actions import plan_steps
from followup.reminders.store import unplanned
from followup.reminders.tables import reminders
from followup.teams.desk import Desk
from tests.stories.clockwork import OFFICE_HOURS, ever_said, second_process, watched, with_text
from tests.stories.world import ANNA, BORYS, VIRA, kyiv, labels, shown_text

WAITING = "still waiting"


async def test_after_fifteen_minutes_one_reminder_and_no_minute_earlier(world):
    await world.call(ANNA)
    card = world.olga.sees("🔴", "+380 67 ••• 45 67")
    await world.forward(minutes=14)
    world.olga.does_not_see(WAITING)
    await world.forward(minutes=1)
    reminder = world.olga.sees("⏰ 1 client is still waiting", "+380 67 ••• 45 67", "waiting 15 min", "as of 10:15")
    assert reminder["message_id"] > card["message_id"]
    assert any("Open queue" in label for label in labels(reminder))


async def test_what_two_processes_see_unplanned_is_planned_by_one(world):
    """The second one, a little later, would undo what has been moved since."""
    await world.call(ANNA)
    world.look_away()
    async with world.database.write() as c:
        await c.execute(update(cases).values(planned_version=0))
        seen = await unplanned(c, 10)
    first = (reminders.c.step == "remind") & (reminders.c.round == 1)
    moved_to = kyiv(20, 11)
    for _ in range(2):
        async with world.database.write() as c:
            await plan_steps(Desk(c, await world.works.shelf.book(c, world.team_id), world.clock.now()), seen)
            found = await c.scalar(select(reminders.c.due_at).where(first))
            await c.execute(update(reminders).where(first).values(due_at=moved_to))
    assert found == moved_to


async def test_at_most_three_reminders_a_case_each_in_place_of_the_one_before(world):
    await world.call(ANNA)
    world.look_away()
    for minutes, span in ((15, "15 min"), (30, "30 min"), (45, "45 min")):
        await world.until(kyiv(20, 10, minutes) + timedelta(seconds=1))
        world.olga.sees(WAITING, f"waiting {span}")
        assert len(with_text(world, WAITING)) == 1
        world.look_away()  # the head, told after 30 minutes, is another story
    await world.forward(hours=8)
    world.look_away()
    assert ever_said(world, WAITING) == 3


async def test_the_reminder_lists_everybody_who_is_due_and_nobody_else(world):
    await world.call(ANNA)
    await world.forward(minutes=2)
    await world.call(BORYS)
    await world.forward(minutes=10)
    await world.call(VIRA)
    world.look_away()
    await world.until(kyiv(20, 10, 18))
    reminder = world.olga.sees("2 clients are still waiting", "+380 67 ••• 45 67", "+380 50 ••• 33 44")
    assert "••• 44 55" not in shown_text(reminder)
    assert len(with_text(world, WAITING)) == 1
    await world.until(kyiv(20, 10, 28))  # between the rounds of the first two
    world.olga.sees("3 clients are still waiting", "••• 45 67", "••• 33 44", "••• 44 55")


async def test_three_hours_asleep_bring_one_reminder_and_one_word_to_the_head(world):
    for client in (ANNA, BORYS):
        await world.call(client)
    world.look_away()
    await world.forward(hours=3)
    world.olga.sees("2 clients are still waiting", "••• 45 67", "••• 33 44")
    world.iryna.sees("🚨 2 clients have been waiting too long", "Iryna")
    assert ever_said(world, WAITING) == 1
    assert ever_said(world, "too long") == 1
    await world.forward(hours=3)


async def test_only_working_time_counts(database):
    async with watched(database, hours=OFFICE_HOURS) as world:
        await world.until(kyiv(20, 17, 50))
        await world.call(ANNA)
        world.look_away()
        await world.until(kyiv(20, 19))
        world.look_away()  # the digest
        await world.until(kyiv(21, 12))  # Saturday
        await world.until(kyiv(22, 12))  # Sunday
        world.look_away()  # digests again
        await world.until(kyiv(23, 9, 4))
        world.look_away()
        world.olga.does_not_see(WAITING)
        await world.until(kyiv(23, 9, 6))  # 10 minutes on Friday and 5 on Monday
        world.olga.sees(WAITING, "••• 45 67", "as of 09:06")


async def test_a_public_holiday_waits(database):
    async with watched(database, hours=OFFICE_HOURS, timezone="Europe/Warsaw", holidays_country="PL") as world:
        await world.until(kyiv(20, 18, 55))
        await world.until(kyiv(20, 18, 59))  # 17:59 in Warsaw
        world.look_away()
        await world.call(ANNA)
        world.olga.sees("🔴")
        await world.until(kyiv(23, 10, 5))  # Monday, 09:05 there
        world.look_away()
        world.olga.does_not_see(WAITING)
        await world.until(kyiv(23, 10, 15))
        world.olga.sees(WAITING)
        world.look_away()


async def test_the_clock_starts_when_the_team_could_see_the_card(world):
    fault = world.telegram.world.faults.add("429", chat_id=-500, times=1, retry_after=600)
    await world.call(ANNA)
    assert fault.used == 1
    assert not with_text(world, "🔴")
    await world.forward(minutes=10)
    world.olga.sees("🔴", "••• 45 67")
    await world.forward(minutes=14)
    world.olga.does_not_see(WAITING)
    await world.forward(minutes=1)
    world.olga.sees(WAITING, "waiting 25 min")


async def test_who_was_taken_handled_or_called_back_is_not_listed(world):
    for client in (ANNA, BORYS, VIRA):
        await world.call(client)
    await world.forward(minutes=5)
    await world.olga.presses("Take", under="••• 45 67")
    await world.dial(BORYS, reached=True)
    world.look_away()
    await world.forward(minutes=10)
    reminder = world.olga.sees("1 client is still waiting", "••• 44 55")
    assert "••• 45 67" not in shown_text(reminder)
    assert "••• 33 44" not in shown_text(reminder)
    world.look_away()


async def test_what_changed_between_the_moment_and_the_message_is_not_said(world):
    for client in (ANNA, BORYS):
        await world.call(client)
    world.look_away()
    world.telegram.world.faults.add("429", "sendMessage", chat_id=-500, times=1, retry_after=120)
    await world.forward(minutes=15)  # written, but Telegram does not take it now
    world.olga.does_not_see(WAITING)
    await world.dial(ANNA, reached=True)
    await world.forward(minutes=3)
    reminder = world.olga.sees("1 client is still waiting", "••• 33 44")
    assert "••• 45 67" not in shown_text(reminder)
    world.look_away()


async def test_a_reminder_of_nobody_is_not_sent(world):
    await world.call(ANNA)
    world.telegram.world.faults.add("429", "sendMessage", chat_id=-500, times=1, retry_after=120)
    await world.forward(minutes=15)
    await world.dial(ANNA, reached=True)
    await world.forward(minutes=3)
    assert ever_said(world, WAITING) == 0
    world.olga.sees("🔵")


async def test_a_callback_order_waits_like_a_miss_and_a_hidden_caller_does_not(world):
    await world.call(None)
    order = {"type": "order", "order_id": "w-1", "widget": "site", "client": VIRA}
    await world.post(order | {"ordered_at": world.clock.now().isoformat()})
    world.look_away()
    await world.forward(minutes=15)
    world.olga.sees("1 client is still waiting", "••• 44 55")
    world.look_away()


async def test_two_processes_say_it_once(world):
    async with second_process(world) as other:
        await world.call(ANNA)
        world.look_away()
        world.clock.forward(timedelta(minutes=15))
        await asyncio.gather(other.ticker.step(), world.works.ticker.step())
        await asyncio.gather(other.outbox.step(), world.works.outbox.step())
        await world.settle()
        world.olga.sees(WAITING)
        assert ever_said(world, WAITING) == 1
