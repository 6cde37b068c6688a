"""One client with two numbers: joined on somebody's word, taken apart again (D3, X11, T5)."""

from __future__ import annotations

from tests.stories.world import ANNA, BORYS


async def test_t5_two_numbers_of_one_client_are_joined_and_taken_apart(world):
    """X11, T5: a miss on X, a success on Y; one case after the joining, two after the split."""
    await world.call(ANNA)
    await world.olga.presses("⋯")
    await world.olga.presses("Another number")
    asked = world.olga.sees("which other number")
    await world.olga.says("not a number", reply_to=asked)
    world.olga.sees("not a phone number")
    await world.olga.says("050 222 33 44", reply_to=asked)
    world.olga.sees("🔴", "also +380 50 ••• 33 44")
    await world.forward(minutes=2)
    await world.dial(BORYS, reached=True)
    world.olga.sees("🔵", "67 •••")
    await world.olga.forges("c:split:1:")
    world.olga.sees("🔴", "67 •••")
    world.look_away()


async def test_t5_the_other_way_round_a_miss_of_each_becomes_one_case(world):
    await world.call(ANNA)
    await world.call(BORYS)
    world.look_away()
    await world.olga.forges("c:another:1:")
    asked = world.olga.sees("which other number")
    await world.olga.says(BORYS, reply_to=asked)
    world.olga.sees("×2", "🔴")
    world.olga.sees("⚫", "Merged")
    await world.olga.says("/missed")
    world.olga.sees("did not get through: 1", "to handle: 2")
    await world.olga.presses("⋯", under="×2")
    assert "Separate clients" in await world.olga.presses("Separate numbers")
    await world.olga.says("/missed")
    world.olga.sees("did not get through: 2", "to handle: 2")
    world.look_away()
