"""Promise 13: nobody is woken; at opening time the team reads in one list who called while it was closed."""

from __future__ import annotations

from tests.stories.clockwork import OFFICE_HOURS, ever_said, second_process, watched, with_text
from tests.stories.world import ANNA, BORYS, VIRA, kyiv, labels, shown_text

MORNING = "while you were closed"


async def test_misses_of_the_night_are_one_list_in_the_morning_and_its_numbers_open_cards(database):
    async with watched(database, hours=OFFICE_HOURS) as world:
        await world.until(kyiv(19 + 4, 22))  # Monday night
        world.look_away()
        for client in (ANNA, BORYS, VIRA):
            await world.call(client)
            await world.forward(minutes=5)
        assert not with_text(world, "🔴 Missed")
        await world.until(kyiv(24, 8, 59))
        assert not world.unseen()
        await world.until(kyiv(24, 9))
        letter = world.olga.sees("🌅 3 clients did not get through while you were closed", "as of 09:00")
        for row in ("1. +380 67 ••• 45 67 · ", "2. +380 50 ••• 33 44 · ", "3. +380 93 ••• 44 55 · "):
            assert row in shown_text(letter)
        assert labels(letter)[:3] == ["1", "2", "3"]
        assert any("Open queue" in label for label in labels(letter))
        assert not with_text(world, "🔴 Missed")
        await world.olga.presses("2", under=MORNING)
        world.olga.sees("🔴", "••• 33 44", "outside business hours")
        assert len(with_text(world, "🔴")) == 1
        await world.forward(minutes=15)
        world.olga.sees("3 clients are still waiting", "waiting 11 h 15 min")
        world.look_away()


async def test_a_single_miss_of_the_night_is_a_plain_card(database):
    async with watched(database, hours=OFFICE_HOURS) as world:
        await world.until(kyiv(20, 22))
        world.look_away()
        await world.call(ANNA)
        assert not world.unseen()
        await world.until(kyiv(23, 9))  # Monday
        card = world.olga.sees("🔴", "••• 45 67", "outside business hours")
        assert any("Take" in label for label in labels(card))
        assert ever_said(world, MORNING) == 0
        world.look_away()


async def test_who_was_called_back_at_night_is_not_in_the_list(database):
    async with watched(database, hours=OFFICE_HOURS) as world:
        await world.until(kyiv(23, 22))
        world.look_away()
        for client in (ANNA, BORYS, VIRA):
            await world.call(client)
        await world.forward(minutes=30)
        await world.dial(BORYS, reached=True)
        await world.forward(minutes=30)
        await world.call(VIRA, missed=False)  # got through himself
        await world.forward(minutes=30)
        await world.call(VIRA)
        assert not world.unseen()
        await world.until(kyiv(24, 9))
        letter = world.olga.sees("2 clients did not get through", "••• 45 67", "••• 44 55")
        assert "••• 33 44" not in shown_text(letter)


async def test_a_night_that_was_won_back_needs_no_morning(database):
    async with watched(database, hours=OFFICE_HOURS) as world:
        await world.until(kyiv(23, 22))
        world.look_away()
        await world.call(ANNA)
        await world.call(BORYS)
        await world.forward(minutes=5)
        await world.dial(ANNA, reached=True)
        await world.dial(BORYS, reached=True)
        await world.until(kyiv(24, 9))
        assert not world.unseen()


async def test_from_friday_evening_over_the_weekend_to_monday(database):
    async with watched(database, hours=OFFICE_HOURS) as world:
        for day in (20, 21, 22):
            await world.until(kyiv(day, 21))
            world.look_away()  # the day's digest
            await world.call({20: ANNA, 21: BORYS, 22: ANNA}[day])
            assert not world.unseen()
        await world.until(kyiv(23, 9))
        world.olga.sees("2 clients did not get through", "••• 45 67 ×2", "••• 33 44")
        world.look_away()


async def test_a_holiday_is_a_night(database):
    async with watched(database, hours=OFFICE_HOURS, holidays_country="RO", timezone="Europe/Bucharest") as world:
        await world.until(kyiv(30, 11))  # Saint Andrew's, a Monday
        world.look_away()
        await world.call(ANNA)
        await world.call(BORYS)
        assert not world.unseen()
        await world.forward(days=2)  # the 1st of December is the national day
        world.look_away()
        assert ever_said(world, MORNING) == 1


async def test_quiet_off_alerts_at_night_and_reminds_in_the_morning(database):
    async with watched(database, hours=OFFICE_HOURS, quiet="off") as world:
        await world.until(kyiv(23, 22))
        world.look_away()
        await world.call(ANNA)
        world.olga.sees("🔴", "••• 45 67")
        await world.until(kyiv(24, 9, 1))
        assert not world.unseen()
        await world.until(kyiv(24, 9, 16))
        world.olga.sees("still waiting")


async def test_who_calls_again_by_day_gets_a_card_of_his_own(database):
    async with watched(database, hours=OFFICE_HOURS) as world:
        await world.until(kyiv(23, 22))
        world.look_away()
        await world.call(ANNA)
        await world.call(BORYS)
        await world.until(kyiv(24, 9))
        world.olga.sees(MORNING)
        await world.forward(minutes=10)
        await world.call(ANNA)
        world.olga.sees("🔴", "×2", "••• 45 67")
        assert len(with_text(world, "🔴")) == 1
        assert ever_said(world, "Called again") == 0


async def test_the_next_morning_names_only_the_new_night(database):
    async with watched(database, hours="Mo-Su 09:00-18:00") as world:
        await world.until(kyiv(20, 22))
        world.look_away()
        await world.call(ANNA)
        await world.call(BORYS)
        await world.until(kyiv(21, 9))
        world.olga.sees("2 clients did not get through")
        await world.until(kyiv(21, 12))  # reminded of meanwhile
        await world.until(kyiv(21, 22))
        world.look_away()
        await world.call(VIRA)
        await world.call(BORYS)  # named yesterday, and called again tonight
        await world.until(kyiv(22, 9))
        letter = world.olga.sees("2 clients did not get through", "••• 44 55", "••• 33 44 ×2")
        assert "••• 45 67" not in shown_text(letter)
        world.look_away()


async def test_who_has_a_card_and_calls_again_at_night_stands_in_the_list_too(database):
    async with watched(database, hours=OFFICE_HOURS) as world:
        await world.until(kyiv(23, 17, 59))
        await world.call(ANNA)
        world.olga.sees("🔴")
        await world.until(kyiv(23, 22))
        world.look_away()
        await world.call(ANNA)
        world.olga.sees("🔴", "×2")
        assert ever_said(world, "Called again") == 0
        await world.call(BORYS)
        await world.until(kyiv(24, 9))
        world.olga.sees("2 clients did not get through", "••• 45 67 ×2", "••• 33 44")


async def test_a_known_card_called_alone_at_night_is_answered_in_the_morning(database):
    async with watched(database, hours=OFFICE_HOURS) as world:
        await world.until(kyiv(23, 17, 59))
        await world.call(ANNA)
        card = world.olga.sees("🔴")
        await world.until(kyiv(23, 22))
        await world.call(ANNA)
        world.look_away()
        await world.until(kyiv(24, 9))
        reply = world.olga.sees("📵 Called again", "••• 45 67")
        assert reply["reply_to_message"]["message_id"] == card["message_id"]


async def test_a_hidden_caller_of_the_evening_is_over_by_the_morning_and_one_of_the_small_hours_is_counted(database):
    async with watched(database, hours=OFFICE_HOURS) as world:
        await world.until(kyiv(23, 22))
        world.look_away()
        await world.call(None)
        await world.call(ANNA)
        await world.until(kyiv(24, 2))
        await world.call(None)
        await world.call(BORYS)
        await world.until(kyiv(24, 9))
        world.olga.sees("2 clients did not get through", "and 1 call from a hidden number")


async def test_hidden_callers_alone_are_counted_in_one_line(database):
    async with watched(database, hours=OFFICE_HOURS) as world:
        await world.until(kyiv(24, 2))
        world.look_away()
        await world.call(None)
        await world.call(None)
        await world.until(kyiv(24, 9))
        letter = world.olga.sees("🌅 2 calls from hidden numbers while you were closed")
        assert "0 clients" not in shown_text(letter)
        world.look_away()


async def test_two_processes_write_one_list(database):
    async with watched(database, hours=OFFICE_HOURS) as world, second_process(world) as other:
        await world.until(kyiv(23, 22))
        world.look_away()
        await world.call(ANNA)
        await world.call(BORYS)
        world.clock.forward(kyiv(24, 9) - world.clock.now())
        await other.ticker.step()
        await world.works.ticker.step()
        await other.outbox.step()
        await world.settle()
        world.olga.sees(MORNING)
        assert ever_said(world, MORNING) == 1


async def test_the_clocks_of_the_list_start_when_it_stands_in_the_chat(database):
    async with watched(database, hours=OFFICE_HOURS) as world:
        await world.until(kyiv(23, 22))
        world.look_away()
        await world.call(ANNA)
        await world.call(BORYS)
        world.telegram.world.faults.add("429", "sendMessage", chat_id=-500, times=1, retry_after=600)
        await world.until(kyiv(24, 9))
        assert ever_said(world, MORNING) == 0
        await world.until(kyiv(24, 9, 10))
        await world.forward(seconds=5)
        world.olga.sees(MORNING)
        await world.until(kyiv(24, 9, 24))
        world.olga.does_not_see("still waiting")
        await world.until(kyiv(24, 9, 26))
        world.olga.sees("still waiting")


async def test_nobody_waits_for_an_opening_that_never_comes(database):
    async with watched(database, hours="off") as world:
        await world.call(ANNA)
        world.olga.sees("🔴", "••• 45 67")
