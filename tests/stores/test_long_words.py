"""The longest ids that the generic format takes fit their columns: PostgreSQL would refuse them, and the miss with them."""

from __future__ import annotations

from storage import inbox
from tests.stories.world import ANNA, BORYS, new_world


async def test_no_id_is_too_long_for_its_column(database):
    long = "9" * 200
    async with new_world(database) as world:
        order = {"type": "order", "order_id": long, "widget": long, "client": BORYS, "topic": "x" * 4000}
        legs = [{"extension": long, "rang_at": world.clock.now().isoformat(), "result": "no_answer"}]
        call = world.inbound(ANNA, call_id=long, extension=long, line=long, legs=legs)
        await world.post([call, {**order, "ordered_at": world.clock.now().isoformat()}])
        async with world.database.read() as c:
            assert await inbox.counts(c) == {"pending": 0, "failed": 0}
        world.olga.sees("+380 67 ••• 45 67")
        world.olga.sees("+380 50 ••• 33 44")
