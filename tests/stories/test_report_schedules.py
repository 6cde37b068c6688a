"""Reports that come by themselves: once a due moment whoever ticks, by the team's wall clock, to whoever may ask for them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from followup.notices.places_store import chat_unreachable
from followup.reports.tables import report_schedules
from tests.stories.clockwork import ever_said, second_process, start_in_private, watched, with_text
from tests.stories.planted import newest, plant_calls, table
from tests.stories.world import GROUP, KYIV, kyiv, labels, shown_text

MONDAY = kyiv(23, 9)


async def test_every_monday_at_nine_of_the_days_before(world):
    await plant_calls(world)
    await world.iryna.says("/report calls week every Mon 09:00")
    told = world.iryna.sees("Calls report · 7 days up to yesterday · on Mondays at 09:00", "next 23 Nov 2026, 09:00")
    assert "✖ 1" in labels(told)
    await world.until(MONDAY - timedelta(seconds=1))
    world.look_away()
    assert not with_text(world, "16–22 Nov")
    await world.until(MONDAY)
    report = world.olga.sees("Calls report", "16–22 Nov 2026", "as of 23 Nov 2026, 09:00")
    assert table(report)["Total"][0] == "3"
    await world.olga.presses("Open numbers")  # it is a report like any other
    world.olga.sees("Whose numbers")
    world.look_away()
    await world.until(MONDAY + timedelta(days=7))
    assert ever_said(world, "23–29 Nov") == 1
    world.look_away()


@pytest.mark.parametrize(
    ("language", "said", "told"),
    [
        ("ru", "звонки неделя каждый понедельник 09:00", "7 дней по вчерашний день · по понедельникам в 09:00"),
        ("uk", "дзвінки тиждень щопонеділка 09:00", "7 днів до вчора включно · щопонеділка о 09:00"),
        ("ru", "пропущенные каждый день 18:00", "за предыдущий день · каждый день в 18:00"),
        ("uk", "команда щомісяця 1 09:00", "за минулий місяць · щомісяця 1-го числа о 09:00"),
        ("en", "callbacks weekdays 8:30", "the day before · Monday to Friday at 08:30"),
    ],
)
async def test_how_often_in_three_languages(database, language, said, told):
    async with watched(database, language=language) as world:
        await world.iryna.says(f"/report {said}")
        world.iryna.sees(told)


async def test_two_processes_send_one(world):
    async with second_process(world) as other:
        await plant_calls(world)
        await world.iryna.says("/report calls week every Mon 09:00")
        world.look_away()
        await world.until(MONDAY - timedelta(seconds=1))
        world.look_away()
        world.clock.forward(MONDAY - world.clock.now())
        await asyncio.gather(other.ticker.step(), world.works.ticker.step())
        await world.settle()
        assert ever_said(world, "16–22 Nov") == 1
        world.look_away()


async def test_by_the_wall_clock_when_the_clocks_change(world):
    await world.until(datetime(2027, 3, 27, 12, tzinfo=KYIV))
    await world.iryna.says("/report calls today every day 03:30")
    world.look_away()
    await world.until(datetime(2027, 3, 28, 1, 30, tzinfo=UTC))  # 03:30 does not exist on that day: it comes at 04:30
    world.iryna.sees("Calls report", "as of 28 Mar 2027, 04:30")
    await world.until(datetime(2027, 10, 30, 12, tzinfo=KYIV))
    world.look_away()
    for hour in (0, 1):  # 03:30 comes twice on that day, the report once
        await world.until(datetime(2027, 10, 31, hour, 30, tzinfo=UTC))
        assert ever_said(world, "📅 31 Oct 2027") == 1
    world.look_away()


async def test_what_was_slept_over_is_told_once(world):
    await plant_calls(world)
    await world.iryna.says("/report calls every day 09:00")
    world.look_away()
    await world.forward(days=9)
    reports = with_text(world, "as of 29 Nov 2026")
    assert ["📅 28 Nov 2026" in shown_text(report) for report in reports] == [True]  # before the last due moment
    world.look_away()


async def test_a_lost_chat_gets_none_and_nothing_piles_up(world):
    await plant_calls(world)
    await start_in_private(world, "Olga")
    await world.olga.writes("/report calls week every day 09:00")
    world.look_away()
    before = len(world.messages(world.olga.id))
    async with world.database.write() as c:
        await chat_unreachable(c, world.olga.id, "bot was blocked by the user")
    await world.forward(days=5)
    world.look_away()
    assert len(world.messages(world.olga.id)) == before
    assert (await _rows(world))[0]["next_at"] > world.clock.now()


async def test_who_may_schedule_and_stop(world):
    await world.olga.says("/report calls week every Mon 09:00")
    world.olga.sees("Only the head or the owner can do this")
    await start_in_private(world, "Victor")
    await world.victor.writes("/report team every Fri 17:00")
    world.victor.sees_in_private("Team report · 7 days up to yesterday · on Fridays at 17:00")
    await world.iryna.says("/report missed every day 18:00")
    world.look_away()
    assert "Only the head" in await world.olga.presses("✖ 1")
    assert len(await _rows(world)) == 2
    assert await world.iryna.presses("✖ 1") == "It comes no more"
    world.iryna.sees("No report comes to this chat by schedule yet")
    screen = world.messages()[-1]["reply_markup"]["inline_keyboard"][0][0]["callback_data"].split(":")[2]
    assert "no longer valid" in await world.iryna.forges(f"s:stop:{screen}:1")
    await world.until(kyiv(21, 19))
    assert not with_text(world, "Missed calls report")
    world.look_away()
    await world.victor.writes("/report schedules")
    await world.victor.presses("✖ 1", chat=world.victor.id)
    assert await _rows(world) == []
    world.look_away()


async def test_at_most_twenty_to_a_chat(world):
    for minute in range(20):
        await world.iryna.says(f"/report calls week every day 09:{minute:02}")
    world.look_away()
    await world.iryna.says("/report calls week every day 10:00")
    assert "At most 20 reports" in shown_text(newest(world, GROUP))
    assert len(await _rows(world)) == 20


async def _rows(world):
    async with world.database.read() as c:
        return [dict(row) for row in (await c.execute(select(report_schedules))).mappings()]
