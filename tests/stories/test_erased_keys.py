"""What names our own rows may look like a telephone number; erasing that number leaves it alone."""

from __future__ import annotations

from followup.retention.actions import forget
from followup.teams.desk import Desk
from tests.stories.desk import only_ticket
from tests.stories.world import ANNA

LOOKS_LIKE_A_KEY = "+380999999999"


async def test_a_ticket_keeps_the_key_of_an_act_that_looks_like_an_erased_number(world):
    await world.call(ANNA)
    await world.olga.presses("Take")
    before = await only_ticket(world)
    assert any(LOOKS_LIKE_A_KEY[4:] in key for key in before["fact_keys"])
    async with world.database.write() as c:
        desk = Desk(c, await world.works.shelf.book(c, world.team_id), world.clock.now())
        await forget(desk, world.works.seal, LOOKS_LIKE_A_KEY)
    assert await only_ticket(world) == before
    await world.settle()
    world.look_away()
