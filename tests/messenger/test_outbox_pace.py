"""Promises 1 and 7: the pace that Telegram never complains of; woken, polled, drained."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from followup.notices import priorities, queue_store
from tests.messenger.mailroom import NOON, OLGA, TARAS, mailroom


@pytest.fixture
async def room(tmp_path):
    async with mailroom(tmp_path) as opened:
        yield opened


@pytest.fixture
async def running(room):
    """The outbox as the program runs it; stopped at the end, whatever happens."""
    async with asyncio.TaskGroup() as group:
        group.create_task(room.outbox.run())
        yield room
        await room.outbox.stop()


async def test_a_group_gets_its_twenty_a_minute_and_telegram_never_complains(room):
    chat = await room.group()
    for number in range(45):
        await room.letter(chat, f"said {number}", priorities.ALERT)
    delivered = []
    for second in range(125):
        await room.step(1)
        delivered += [second] * (len(room.asked()) - len(delivered))
    assert delivered == [*range(20), *range(60, 80), *range(120, 125)]
    assert room.asked(429) == []
    assert Counter(room.texts(chat)) == Counter(f"said {number}" for number in range(45))


async def test_edits_and_sends_share_the_pace(room):
    chat = await room.group()
    for number in range(10):
        await room.card(chat, number)
        await room.step(1)
    for number in range(15):
        await room.change(number % 10, f"changed {number}")
        await room.step(1)
    assert room.asked() == ["sendMessage"] * 10 + ["editMessageText"] * 10
    assert room.asked(429) == []


async def test_a_flood_in_one_group_does_not_delay_the_first_alert_of_another(room):
    flooded, other = await room.group(), await room.group("Bereh")
    for number in range(300):
        await room.letter(flooded, f"flood {number}", priorities.ALERT)
    await room.step(1)
    await room.card(other)
    await room.step()
    assert (room.texts(flooded), room.texts(other)) == (["flood 0"], ["case 1"])


async def test_forty_chats_are_written_to_within_the_bots_own_pace(room):
    chats = [await room.group(str(number)) for number in range(40)]
    for chat in chats:
        await room.letter(chat, priority=priorities.REMINDER)
    last = await room.place(TARAS)
    await room.letter(last, "answer")
    counts = []
    for _ in range(6):
        await room.step()
        counts.append(len(room.asked()))
        room.clock.forward(timedelta(seconds=0.35))
    assert counts == [10, 20, 30, 40, 41, 41]
    assert str(TARAS) in [request.chat_id for request in room.world.requests[:10]]
    assert [room.texts(chat) for chat in chats] == [["hello"]] * 40
    assert room.asked(429) == []


async def test_whoever_must_wait_for_the_bots_pace_is_rendered_before_it_is_his_turn(running):
    """Ten in a third of a second; the eleventh is ready by then, and the time of rendering is not lost."""
    rendered = []

    async def count():
        rendered.append(running.clock.now())

    running.desk.while_rendering = count
    for number in range(11):
        await running.card(await running.group(str(number)), number)
    running.outbox.wake()
    assert await running.server.wait_for(lambda: len(running.asked()) == 10)
    running.clock.forward(timedelta(seconds=0.3))
    running.outbox.wake()
    assert await running.server.wait_for(lambda: len(rendered) == 11)
    assert rendered == [NOON] * 10 + [NOON + timedelta(seconds=0.3)]
    assert await running.server.wait_for(lambda: len(running.asked(200)) == 11)


async def test_whoever_need_not_wait_is_not_rendered_before(room):
    """A round that a test asks for looks at this moment, not at the next."""
    for number in range(11):
        await room.card(await room.group(str(number)), number)
    await room.step()
    await room.step(0.3)
    assert len(room.asked()) == 10
    await room.step(0.04)
    assert len(room.asked()) == 11


async def test_one_private_chat_of_two_teams_is_one_chat_to_telegram(room):
    chat = await room.place(OLGA)
    topic = await room.place(OLGA, 7)  # any second row about the same Telegram chat
    await room.letter(chat, "first")
    await room.letter(topic, "second")
    await room.step()
    assert len(room.asked()) == 1


async def test_the_running_outbox_sends_when_it_is_woken(running):
    chat = await running.group()
    await running.card(chat)
    running.outbox.wake()
    assert await running.server.wait_for(lambda: running.texts(chat)) == ["case 1"]


async def test_what_another_process_wrote_is_found_without_a_call(running):
    await running.outbox.step()
    chat = await running.group()
    await running.card(chat)
    assert await running.server.wait_for(lambda: running.texts(chat)) == ["case 1"]


async def test_a_database_error_does_not_stop_the_outbox(running, monkeypatch):
    look, troubles = queue_store.next_items, []

    async def busy_once(*args, **options):
        if not troubles:
            troubles.append(1)
            raise OperationalError("SELECT", {}, Exception("disk I/O error"))
        return await look(*args, **options)

    monkeypatch.setattr(queue_store, "next_items", busy_once)
    chat = await running.group()
    await running.card(chat)
    running.outbox.wake()
    assert await running.server.wait_for(lambda: running.texts(chat)) == ["case 1"]
    assert troubles == [1]


async def test_stop_waits_for_what_is_on_its_way(room):
    chat, is_rendering, may_go_on = await room.group(), asyncio.Event(), asyncio.Event()

    async def wait():
        is_rendering.set()
        await may_go_on.wait()

    room.desk.while_rendering = wait
    await room.card(chat)
    async with asyncio.TaskGroup() as group:
        group.create_task(room.outbox.run())
        await is_rendering.wait()
        stopping = group.create_task(room.outbox.stop())
        await asyncio.wait([stopping], timeout=0.01)
        assert not stopping.done()
        may_go_on.set()
    row = await room.card_row()
    assert (room.texts(chat), row["shown"], row["shown_at"], row["claimed_until"]) == (["case 1"], 1, NOON, None)


async def test_an_outbox_that_never_ran_stops_at_once(room):
    await room.outbox.stop()
