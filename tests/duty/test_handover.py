"""What somebody has in hand goes as a whole: cases by their own rules, tickets by theirs."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from followup.cases.tables import cases
from followup.errors import FollowupError
from followup.notices import screens_store as screens
from followup.notices import store as notices
from followup.notices.tables import letters
from followup.notices.tables import screens as screens_table
from followup.teams.desk import Desk
from followup.teams.store import load_book
from followup.tickets.availability import available_now
from handlers.telegram.duty_handover import OpenTicket, ask_handover, hand_over
from handlers.telegram.front import Caller
from handlers.telegram.visits import Visit
from tests.stories.clockwork import start_in_private
from tests.stories.conftest import world
from tests.stories.world import ANNA, BORYS, GROUP, World

__all__ = ["world"]


class Tickets:
    """Two tickets of a lane of their own, and what became of them."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.told: list[tuple[str, int | None, str]] = []
        self.refuses = refuses

    async def of(self, desk, member_id):
        return [OpenTicket(release=self.release, transfer=self.transfer)] * 2

    async def release(self, desk, by, key) -> None:
        self.told.append(("release", None, key))

    async def transfer(self, desk, by, to, key) -> None:
        if self.refuses:
            raise FollowupError("ticket_closed")
        self.told.append(("transfer", to, key))


async def olga_has_two(world: World) -> None:
    await start_in_private(world, "Olga", "Taras")
    for client in (ANNA, BORYS):
        await world.call(client)
        await world.olga.presses("Take")
    world.look_away()


async def handed(world: World, to: int | None, tickets: Tickets) -> int:
    """Olga's question is answered; the transaction is the caller's."""
    async with world.database.write() as c:
        desk = await desk_of(world, c)
        olga = desk.book.members[world.olga.member_id]
        chat = (await notices.chats_of(c, world.team_id, "team"))[0]
        place = await ask_handover(desk, chat, olga, olga.id, tickets.of)
        assert place is not None
        newest = await c.scalar(select(screens_table.c.id).order_by(screens_table.c.id.desc()).limit(1))
        screen = await screens.screen(c, newest, [world.team_id])
        caller = Caller(
            telegram_id=world.olga.id,
            name="Olga",
            language="en",
            chat_id=GROUP,
            thread_id=0,
            is_private=False,
            update_id=77,
            memberships=((world.team_id, olga.id),),
            chats=(chat,),
        )
        visit = Visit(desk=desk, caller=caller, member=olga, chat=place, screen=screen, arg="")
        return await hand_over(visit, to, tickets.of)


async def desk_of(world: World, c):

    return Desk(c, await load_book(c, world.team_id), world.clock.now())


async def owners(world: World) -> list[int | None]:
    async with world.database.read() as c:
        return list(await c.scalars(select(cases.c.owner_id).order_by(cases.c.id)))


async def test_tickets_go_with_the_cases(world):
    await olga_has_two(world)
    tickets = Tickets()
    assert await handed(world, world.taras.member_id, tickets) == 4
    to = world.taras.member_id
    assert tickets.told == [("transfer", to, "u:77:t0"), ("transfer", to, "u:77:t1")]
    assert await owners(world) == [to, to]
    async with world.database.read() as c:
        told = list(await c.scalars(select(letters.c.case_id).where(letters.c.kind == "transferred")))
    assert len(set(told)) == 2
    await world.settle()
    world.look_away()


async def test_back_to_the_queue_is_a_release_of_each(world):
    await olga_has_two(world)
    tickets = Tickets()
    assert await handed(world, None, tickets) == 4
    assert [what for what, _, _ in tickets.told] == ["release", "release"]
    assert await owners(world) == [None, None]
    await world.settle()
    world.look_away()


async def test_one_refusal_leaves_everything_as_it_was(world):
    await olga_has_two(world)
    with pytest.raises(FollowupError):
        await handed(world, world.taras.member_id, Tickets(refuses=True))
    assert await owners(world) == [world.olga.member_id] * 2
    await world.settle()
    assert world.unseen() == []


async def test_tickets_alone_are_worth_the_question(world):
    tickets = Tickets()
    assert await handed(world, None, tickets) == 2
    await world.settle()
    world.look_away()


async def test_who_is_forgotten_is_not_named_in_the_question_either(world):
    await olga_has_two(world)
    await world.olga.writes("/duty off")
    world.olga.sees_in_private("still in hand: 2", "+380 67 123 45 67")
    await world.iryna.writes(f"/forget {ANNA}")
    await world.iryna.presses("Erase for good", chat=world.iryna.id)
    world.olga.sees_in_private("still in hand: 1", "+380 50 222 33 44")
    world.olga.does_not_see("67 123", chat=world.olga.id)
    world.look_away()


async def test_the_fan_gives_nothing_to_who_is_off(world):
    assert await there(world) == {"Olga", "Taras", "Iryna"}
    await world.taras.says("/duty on")
    assert await there(world) == {"Taras"}
    await world.taras.says("/duty away 15m")
    assert await there(world) == set()
    await world.forward(minutes=15)
    assert await there(world) == {"Taras"}
    world.look_away()


async def there(world: World) -> set[str]:
    async with world.database.read() as c:
        desk = await desk_of(world, c)
        workers = [member for member in desk.book.members.values() if member.may_work]
        return {member.name for member in await available_now(desk, workers)}
