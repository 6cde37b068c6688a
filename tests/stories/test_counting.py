"""T12, the counting part: what is missed and what failed is told apart from what succeeded, in both directions."""

from __future__ import annotations

from followup.digests.figures import digest_numbers, today
from followup.reports.actions import build
from followup.reports.selection import selection_of
from followup.teams.desk import Desk
from tests.stories.world import ANNA


async def test_ten_in_and_six_out_are_ten_successful_ones(world):
    """10 in (4 missed), 6 out (2 failed): without the missed and failed ones 10 calls, 6 in, 4 out."""
    inbound = [world.inbound(f"+38067000000{n}", missed=n < 4) for n in range(10)]
    outbound = [world.outbound(f"+38067000001{n}", reached=n >= 2) for n in range(6)]
    internal = world.inbound(ANNA, direction="internal")
    await world.post([*inbound, *outbound, internal])
    world.look_away()
    async with world.database.read() as c:
        desk = Desk(c, await world.works.shelf.book(c, world.team_id), world.clock.now())
        figures = (await digest_numbers(desk, today(desk))).figures
        [day] = (await build(desk, selection_of("calls", today(desk), today(desk)))).series["days"]
    assert (figures.calls, figures.incoming, figures.outgoing, figures.missed) == (16, 10, 6, 4)
    successful = {direction: day[direction]["successful"] for direction in ("in", "out")}
    assert successful == {"in": 6, "out": 4}
    assert figures.answered == successful["in"]
