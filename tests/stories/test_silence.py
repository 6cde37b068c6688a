"""Promise 16: a PBX that says nothing in working time is noticed, told of once, and the reports say what nobody saw."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update

from followup.health.tables import blind_windows, watches
from followup.teams import actions as teams
from followup.teams.tables import members
from storage.tables import inbox
from tests.stories.clockwork import OFFICE_HOURS, ever_said, second_process, start_in_private, watched, with_text
from tests.stories.world import ANNA, GROUP, kyiv

SILENT, AGAIN, NEVER = "Nothing is heard from", "👂", "Not one event yet"


def heard_office(database, **settings):
    return watched(database, **({"hours": OFFICE_HOURS, "silence_minutes": "60"} | settings))


async def answered(world):
    """A sign of life that concerns nobody."""
    await world.call(ANNA, missed=False)


async def windows(world):
    async with world.database.read() as c:
        rows = await c.execute(select(blind_windows.c.begins_at, blind_windows.c.ends_at).order_by(blind_windows.c.id))
        return [tuple(row) for row in rows]


def said_to(world, name, part):
    return ever_said(world, part, chat=world.people[name].id)


async def test_the_owner_is_told_once_in_private_and_once_more_when_it_is_heard_again(database):
    async with heard_office(database) as world:
        await start_in_private(world, "Iryna")
        await world.until(kyiv(20, 13, 5))
        await answered(world)
        began = world.clock.now()
        await world.forward(minutes=59)
        assert said_to(world, "Iryna", SILENT) == 0
        await world.forward(minutes=2)
        world.iryna.sees_in_private("🙉 Nothing is heard from “PBX”", "13:05", "1 h", "Aurora")
        await world.forward(minutes=30)
        await world.forward(minutes=50)
        assert said_to(world, "Iryna", SILENT) == 1
        await world.until(kyiv(20, 15, 35))
        await answered(world)
        world.iryna.sees_in_private("👂 “PBX” is heard again", "from 13:05 to 15:35", "2 h ")
        [(begins_at, ends_at)] = await windows(world)
        assert began - timedelta(seconds=1) <= begins_at <= began
        assert kyiv(20, 15, 35) <= ends_at <= kyiv(20, 15, 36)
        await world.forward(minutes=30)
        assert (said_to(world, "Iryna", AGAIN), ever_said(world, SILENT)) == (1, 0)


async def test_who_cannot_be_reached_is_named_in_the_teams_chat(database):
    async with heard_office(database) as world:
        await answered(world)
        await world.forward(minutes=61)
        message = world.olga.sees("🙉", SILENT, "Iryna")
        assert any(entity["type"] == "text_link" or "user" in entity for entity in message["entities"])
        await world.forward(hours=1)
        assert ever_said(world, SILENT) == 1
        await answered(world)
        world.olga.sees(AGAIN, "“PBX” is heard again")


async def test_an_owner_goes_before_heads(database):
    async with heard_office(database) as world:
        async with world.database.write() as c:
            olga = members.c.id == world.olga.member_id
            await c.execute(update(members).where(olga).values(role="owner"))
            await teams.set_team(c, world.team_id, {"remind_minutes": "15"}, world.clock.now())
        await start_in_private(world, "Iryna", "Olga")
        await answered(world)
        await world.forward(minutes=61)
        world.olga.sees_in_private(SILENT)
        assert (said_to(world, "Iryna", SILENT), ever_said(world, SILENT)) == (0, 0)


async def test_nothing_is_said_at_night_and_on_holidays(database):
    async with heard_office(database, timezone="Europe/Warsaw", holidays_country="PL") as world:
        await start_in_private(world, "Iryna")
        await answered(world)
        await world.until(kyiv(20, 18, 40))  # 17:40 in Warsaw
        world.look_away()
        await answered(world)
        for moment in (kyiv(20, 20), kyiv(21, 12), kyiv(22, 12), kyiv(23, 9, 50)):
            await world.until(moment)
            assert said_to(world, "Iryna", SILENT) == 1  # of the morning
        await world.until(kyiv(23, 10, 50))  # 20 minutes on Friday, 40 on Monday
        assert said_to(world, "Iryna", SILENT) == 2
        world.look_away()


async def test_a_look_that_comes_at_night_waits_for_the_opening(database):
    async with heard_office(database) as world:
        await start_in_private(world, "Iryna")
        await world.until(kyiv(20, 16, 50))
        await answered(world)
        await world.until(kyiv(20, 22))  # the machine slept from 16:50
        assert said_to(world, "Iryna", SILENT) == 0
        world.look_away()
        await world.until(kyiv(23, 9))
        world.iryna.sees_in_private(SILENT)
        world.look_away()


async def test_heard_again_at_night_is_said_in_the_morning(database):
    async with heard_office(database) as world:
        await start_in_private(world, "Iryna")
        await answered(world)
        await world.until(kyiv(20, 11, 5))
        world.iryna.sees_in_private(SILENT)
        await world.until(kyiv(20, 23))
        world.look_away()
        await answered(world)
        assert said_to(world, "Iryna", AGAIN) == 0
        await world.until(kyiv(23, 9))
        world.iryna.sees_in_private(AGAIN, "20 Nov", "23:00")
        world.look_away()


async def test_two_processes_tell_once(database):
    async with heard_office(database) as world, second_process(world) as other:
        await start_in_private(world, "Iryna")
        await answered(world)
        world.clock.forward(timedelta(minutes=61))
        await asyncio.gather(*(works.ticker.step() for works in (world.works, other, world.works, other)))
        await world.settle()
        assert said_to(world, "Iryna", SILENT) == 1
        assert len(await windows(world)) == 1
        await world.post(world.inbound(ANNA, missed=False), settle=False)
        await world.works.inbox.step()
        await asyncio.gather(*(works.ticker.step() for works in (world.works, other, world.works, other)))
        await world.settle()
        assert said_to(world, "Iryna", AGAIN) == 1
        world.look_away()


async def test_heard_again_before_it_could_be_said_is_not_said_at_all(database):
    async with heard_office(database) as world:
        await start_in_private(world, "Iryna")
        await answered(world)
        world.telegram.world.faults.add("429", chat_id=world.iryna.id, times=1, retry_after=600)
        await world.forward(minutes=61)
        await world.forward(minutes=5)
        await answered(world)
        await world.forward(minutes=15)
        assert (said_to(world, "Iryna", SILENT), said_to(world, "Iryna", AGAIN)) == (0, 0)
        assert len(await windows(world)) == 1  # that nobody was told does not make it seen


async def test_a_connection_that_never_spoke_is_a_hint_after_a_day_of_working_time(database):
    async with heard_office(database) as world:
        await start_in_private(world, "Iryna")
        await world.until(kyiv(24, 15, 50))  # 8 hours on Friday, 9 on Monday, 6:50 on Tuesday
        world.look_away()
        assert said_to(world, "Iryna", NEVER) == 0
        await world.until(kyiv(24, 16, 2))
        world.iryna.sees_in_private("🙉 Not one event yet from “PBX”", "20 Nov 10:00")
        await world.until(kyiv(27, 12))
        world.look_away()
        assert (said_to(world, "Iryna", NEVER), said_to(world, "Iryna", SILENT)) == (1, 0)
        await answered(world)
        await world.forward(minutes=61)
        world.iryna.sees_in_private(SILENT)
        assert [begins_at >= kyiv(27, 12) for begins_at, _ in await windows(world)] == [True]


async def plant_history(world, days, hours, every):
    """What the PBX said on other days of November, as the inbox keeps it."""
    moments = [kyiv(day, hour, minute) for day in days for hour in hours for minute in range(0, 60, every)]
    row = {"team_id": world.team_id, "connection_id": world.connection_id, "method": "POST", "path": "", "body": b""}
    rest = {"query": {}, "headers": {}, "state": "done"}
    async with world.database.write() as c:
        await c.execute(insert(inbox), [row | rest | {"received_at": moment} for moment in moments])


@pytest.mark.parametrize(("lunch", "told_at"), [(False, kyiv(20, 14, 1)), (True, kyiv(20, 16, 9))])
async def test_what_is_usual_at_this_hour_is_no_alarm(database, lunch, told_at):
    async with heard_office(database) as world:
        await start_in_private(world, "Iryna")
        hours = [hour for hour in range(9, 18) if not (lunch and hour in (13, 14))]
        await plant_history(world, (9, 10, 11, 12, 13, 16, 17, 18, 19), hours, 5)
        for minute in range(0, 180, 20):
            await world.until(kyiv(20, 10) + timedelta(minutes=minute + 1))
            await answered(world)
        await world.until(kyiv(20, 13))
        await answered(world)
        await world.until(told_at - timedelta(minutes=3))
        assert said_to(world, "Iryna", SILENT) == 0
        await world.until(told_at)
        world.iryna.sees_in_private(SILENT)


async def test_what_cannot_be_read_is_no_silence(database):
    async with heard_office(database) as world:
        await start_in_private(world, "Iryna")
        await answered(world)
        for _ in range(4):
            await world.forward(minutes=30)
            await world.post("nonsense", settle=False)
            await world.settle()
        await world.forward(minutes=89)
        assert said_to(world, "Iryna", SILENT) == 0
        await world.forward(minutes=2)  # thrice the usual half hour
        world.iryna.sees_in_private(SILENT)


async def test_other_minutes_count_from_now_on(database):
    async with heard_office(database) as world:
        await start_in_private(world, "Iryna")
        await answered(world)
        await world.forward(minutes=21)
        async with world.database.write() as c:
            await teams.set_team(c, world.team_id, {"silence_minutes": "20"}, world.clock.now())
        await world.settle()
        world.iryna.sees_in_private(SILENT)


async def test_a_silence_that_lasts_is_not_told_anew_when_a_setting_changes(database):
    async with heard_office(database) as world:
        await start_in_private(world, "Iryna")
        await answered(world)
        await world.forward(minutes=61)
        world.iryna.sees_in_private(SILENT)
        async with world.database.write() as c:
            await teams.set_team(c, world.team_id, {"silence_minutes": "20"}, world.clock.now())
        await world.forward(hours=1)
        assert said_to(world, "Iryna", SILENT) == 1


async def test_one_look_an_hour_is_all_that_a_talking_pbx_costs(database):
    async with heard_office(database) as world:
        for minutes in range(0, 50, 10):
            await world.until(kyiv(20, 10, 1) + timedelta(minutes=minutes))
            await answered(world)
        async with world.database.read() as c:
            heard_at, due_at = (await c.execute(select(watches.c.heard_at, watches.c.due_at))).one()
            assert await c.scalar(select(func.count()).select_from(watches)) == 1
        assert heard_at < kyiv(20, 10, 2)
        assert due_at == heard_at + timedelta(hours=1)
        await world.until(kyiv(20, 11, 5))
        async with world.database.read() as c:
            assert await c.scalar(select(watches.c.due_at)) > kyiv(20, 11, 40)
        assert not with_text(world, SILENT, GROUP)
