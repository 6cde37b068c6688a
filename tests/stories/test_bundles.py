"""Promise 7: seven misses while the chat takes nothing are one message, which is kept true like a card."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from followup.notices import queue_store
from messenger.bundling import bundle_up, crowded
from messenger.limits import History, Limits
from messenger.plan import Traffic
from tests.stories.clockwork import second_process, with_text
from tests.stories.test_forget import erase
from tests.stories.world import GROUP, labels, shown_text

CLIENTS = [f"+38067100000{number}" for number in range(1, 8)]


async def crowd(world, clients=CLIENTS):
    """The group is paused by a 429 that another message meets; then they call, one a second."""
    world.telegram.world.faults.add("429", "sendMessage", chat_id=GROUP, retry_after=60)
    await world.call("+380679999999")
    for client in clients:
        world.clock.forward(timedelta(seconds=1))
        await world.call(client)
    await world.forward(seconds=61)
    world.olga.sees("Missed", "99 99")


async def test_seven_misses_are_one_message_with_a_line_a_client(world):
    await crowd(world)
    bundle = world.olga.sees("7 missed calls", "🔴 1. +380 67 ••• 00 01", "🔴 7. +380 67 ••• 00 07")
    assert labels(bundle) == ["1", "2", "3", "4", "5", "6", "7", "📋 Open queue"]
    assert len(with_text(world, "issed")) == 3  # the greeting names them too


async def test_the_bundle_tells_what_becomes_of_each(world):
    await crowd(world)
    bundle = world.olga.sees("7 missed calls")
    await world.dial(CLIENTS[0], reached=True)
    await world.call(CLIENTS[1], missed=False)
    await world.dial(CLIENTS[2], reached=False)
    edited = world.olga.sees("7 missed calls", "waiting: 5", "🔵 1.", "🟢 2.", "🟡 3.", "attempts 1", "🔴 4.")
    assert edited["message_id"] == bundle["message_id"]
    assert labels(edited) == ["3", "4", "5", "6", "7", "📋 Open queue"]


async def test_a_case_opened_from_the_bundle_gets_its_card_and_leaves(world):
    await crowd(world)
    world.olga.sees("7 missed calls")
    await world.taras.presses("4", under="7 missed calls")
    world.olga.sees("🔴 Missed", "+380 67 ••• 00 04")
    bundle = world.olga.sees("6 missed calls", "🔴 4. +380 67 ••• 00 05")
    assert "00 04" not in shown_text(bundle)
    await world.taras.presses("Take", under="00 04")
    world.olga.sees("Taras took it", "00 04")
    assert len(with_text(world, "00 04")) == 1


async def test_a_case_opened_from_the_queue_leaves_too(world):
    await crowd(world)
    world.olga.sees("7 missed calls")
    await world.olga.presses("Open queue", under="7 missed calls")
    world.olga.sees("Open", "00 01")
    await world.olga.presses("2", under=shown_text(world.messages()[-1]))
    world.olga.sees("🔴 Missed")
    world.olga.sees("6 missed calls")
    world.look_away()


async def test_when_all_are_reached_it_says_so_and_has_no_buttons(world):
    await crowd(world)
    world.look_away()
    for client in CLIENTS:
        await world.dial(client, reached=True)
    bundle = world.olga.sees("✅ 7 missed calls, all done", "🔵 7.")
    assert labels(bundle) == []


async def test_who_is_reached_before_the_bundle_is_shown_is_not_told_of(world):
    world.telegram.world.faults.add("429", "sendMessage", chat_id=GROUP, retry_after=300)
    await world.call("+380679999999")
    for client in CLIENTS:
        await world.call(client)
    await world.forward(minutes=2)
    await world.dial(CLIENTS[0], reached=True)
    await world.forward(minutes=4)
    world.olga.sees("6 missed calls", "🔴 1. +380 67 ••• 00 02")
    world.olga.sees("99 99")
    await world.forward(minutes=1)
    await world.dial(CLIENTS[1], reached=True)
    bundle = world.olga.sees("6 missed calls", "🔵 1.")
    assert "00 01" not in shown_text(bundle)


async def test_the_clocks_of_the_cases_start_with_the_bundle(world):
    await crowd(world)
    world.olga.sees("7 missed calls")
    await world.forward(minutes=16)
    world.olga.sees("8 clients are still waiting")
    await world.call(CLIENTS[5])
    assert world.olga.sees("7 missed calls", "00 06 ×2")


async def test_who_calls_again_is_told_of_in_a_reply_to_the_bundle(world):
    await crowd(world)
    bundle = world.olga.sees("7 missed calls")
    for client in CLIENTS:
        await world.dial(client, reached=False)
    await world.taras.presses("Take", under="99 99")
    world.look_away()
    await world.forward(minutes=14)
    world.look_away()
    world.clock.forward(timedelta(minutes=16))
    await world.post(world.inbound(CLIENTS[5]))
    reply = world.olga.sees("Called again", "00 06")
    assert reply["reply_to_message"]["message_id"] == bundle["message_id"]
    world.look_away()


async def test_who_is_forgotten_is_named_by_no_bundle(world):
    await crowd(world)
    world.olga.sees("7 missed calls")
    await erase(world, CLIENTS[2])
    bundle = world.olga.sees("6 missed calls", "🔴 3. +380 67 ••• 00 04")
    assert "00 03" not in shown_text(bundle)
    world.look_away()


async def test_two_processes_make_one_bundle(world):
    world.telegram.world.faults.add("429", "sendMessage", chat_id=GROUP, retry_after=60)
    await world.call("+380679999999")
    async with second_process(world) as other:
        for client in CLIENTS:
            await world.post(world.inbound(client), settle=False)
        await world.works.inbox.step()
        traffic, now = Traffic(History(Limits())), world.clock.now()

        async def gathers(works):
            async with works.database.read() as c:
                crowds = await crowded(c, await queue_store.next_items(c, now, 600), traffic, now)
            async with works.database.write() as c:
                return await bundle_up(c, crowds, now)

        assert sorted(await asyncio.gather(gathers(world.works), gathers(other))) == [False, True]
        await world.forward(seconds=61)
    world.olga.sees("7 missed calls")
    world.olga.sees("99 99")
    assert len(with_text(world, "issed")) == 3  # the greeting names them too
