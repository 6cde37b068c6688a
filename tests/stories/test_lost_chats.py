"""Promise 5: who leads is told once that the team's chat takes nothing any more, whatever the refusal."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from followup.notices.tables import chats
from tests.stories.clockwork import start_in_private, with_text
from tests.stories.world import ANNA, BORYS, GROUP


async def set_chat(world, **values):
    async with world.database.write() as c:
        await c.execute(update(chats).where(chats.c.telegram_id == GROUP).values(**values))


async def is_reachable(world):
    async with world.database.read() as c:
        return await c.scalar(select(chats.c.is_reachable).where(chats.c.telegram_id == GROUP))


@pytest.mark.parametrize("kind", ["403_kicked", "403_blocked", "400_topic_closed", "400_rights"])
async def test_the_head_is_told_once_that_the_teams_chat_is_lost(world, kind):
    await start_in_private(world, "Iryna")
    fault = world.telegram.world.faults.add(kind, chat_id=GROUP, times=100)
    await world.call(ANNA)
    await world.call(BORYS)
    world.iryna.sees_in_private("I cannot write to", "Aurora")
    await world.forward(minutes=30)
    assert len(with_text(world, "I cannot write", chat=world.iryna.id)) == 1
    assert fault.used == 1
    assert await is_reachable(world) is False
    world.look_away()


async def test_a_chat_lost_again_is_told_again(world):
    await start_in_private(world, "Iryna")
    for times in (1, 2):
        world.telegram.world.faults.add("403_kicked", chat_id=GROUP, times=1)
        await world.call(ANNA)
        assert len(with_text(world, "I cannot write", chat=world.iryna.id)) == times
        await set_chat(world, is_reachable=True, trouble=None)
        await world.forward(minutes=1)
    world.look_away()


async def test_a_closed_topic_is_told_once_and_the_group_goes_on(world):
    await start_in_private(world, "Iryna")
    await set_chat(world, thread_id=77)
    world.telegram.world.faults.add("400_thread_not_found", chat_id=GROUP, times=1)
    await world.call(ANNA)
    world.iryna.sees_in_private("The topic of “Aurora” takes no messages", "in the group itself")
    world.olga.sees("🔴", "••• 45 67")
    await world.call(BORYS)
    world.olga.sees("🔴", "••• 33 44")
    assert len(with_text(world, "topic", chat=world.iryna.id)) == 1
    world.look_away()
