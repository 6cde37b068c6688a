"""Promise 16: what nobody saw is said in the queue and in digests, by working time."""

from __future__ import annotations

from datetime import timedelta

from followup.teams import actions as teams
from tests.stories.clockwork import start_in_private, with_text
from tests.stories.test_silence import answered, heard_office, said_to
from tests.stories.world import ANNA, kyiv


async def test_the_digest_and_the_queue_say_what_nobody_saw(database):
    async with heard_office(database) as world:
        await start_in_private(world, "Iryna")
        await world.until(kyiv(20, 13, 5))
        await world.call(ANNA)
        await world.until(kyiv(20, 14, 10))
        world.look_away()
        await world.olga.says("/missed")
        world.olga.sees("no data since 13:05")
        await world.until(kyiv(20, 15, 40))
        await answered(world)
        await world.olga.says("/missed")
        assert "no data" not in with_text(world, "Missed calls")[-1]["text"]
        world.look_away()
        await world.until(kyiv(20, 16, 50))
        await world.until(kyiv(20, 18, 31))
        world.olga.sees("Digest", "🙉 no data 13:05–15:40 · no data since 15:40")
        world.look_away()


async def test_a_window_of_two_days_is_shown_on_both_by_their_working_time(database):
    async with heard_office(database) as world:
        await start_in_private(world, "Iryna")
        await world.until(kyiv(20, 16))
        await answered(world)
        await world.until(kyiv(20, 17, 1))
        await world.until(kyiv(20, 18, 31))
        world.look_away()
        await world.until(kyiv(21, 18, 31))  # Saturday: nobody works, so nothing is missing
        world.look_away()
        assert not [m for m in with_text(world, "21 November") if "no data" in m["text"]]
        await world.until(kyiv(23, 11, 10))
        await answered(world)
        for minutes in range(50, 450, 50):
            await world.until(kyiv(23, 11, 10) + timedelta(minutes=minutes))
            await answered(world)
        await world.until(kyiv(23, 18, 31))
        assert [m for m in with_text(world, "23 November") if "no data 09:00–11:10" in m["text"]]
        assert [m for m in with_text(world, "20 November") if "no data since 16:00" in m["text"]]
        world.look_away()


async def test_of_several_pbxs_the_silent_one_is_named(database):
    async with heard_office(database) as world:
        async with world.database.write() as c:
            new = teams.NewConnection(provider="generic", name="Second <PBX>", options={})
            await teams.add_connection(c, world.team_id, new, world.works.seal, world.clock.now())
        await start_in_private(world, "Iryna")
        await world.until(kyiv(20, 17))
        await answered(world)
        await world.until(kyiv(20, 17, 59))
        await world.until(kyiv(23, 9, 5))
        world.look_away()
        assert said_to(world, "Iryna", "“PBX”") == 1
        await world.until(kyiv(23, 18, 31))
        assert [m for m in with_text(world, "23 November") if "PBX: no data since 09:00" in m["text"]]
        world.look_away()
