"""Promises 5, 6 and 15: what is refused, cut off or unreadable on the way to Telegram."""

from __future__ import annotations

from datetime import timedelta

import pytest

from followup.notices import queue_store
from followup.notices.health_store import dead
from tests.messenger.mailroom import mailroom


@pytest.fixture
async def room(tmp_path):
    async with mailroom(tmp_path) as opened:
        yield opened


async def test_429_pauses_only_that_chat(room):
    chat, other = await room.group(), await room.group("Bereh")
    room.world.faults.add("429", chat_id=chat.telegram_id, retry_after=30)
    await room.card(chat)
    await room.letter(chat, "for later")
    await room.step()
    await room.card(other)
    await room.step(1)
    await room.step(28)
    assert (room.texts(chat), room.texts(other), len(room.asked())) == ([], ["case 1"], 2)
    await room.step(1)
    await room.step(1)
    assert room.texts(chat) == ["for later", "case 1"]


async def test_two_chats_refused_at_once_pause_all(room):
    first, second, third = [await room.group(name) for name in ("A", "B", "C")]
    room.world.faults.add("429", chat_id=first.telegram_id, retry_after=20)
    room.world.faults.add("429", chat_id=second.telegram_id, retry_after=5)
    for chat in (first, second):
        await room.letter(chat)
    await room.step()
    await room.letter(third)
    await room.step(19)
    assert (room.texts(third), len(room.asked())) == ([], 2)
    await room.step(1)
    assert [room.texts(chat) for chat in (first, second, third)] == [["hello"]] * 3


@pytest.mark.parametrize("kind", ["500", "502_html", "reset_before", "hang", "429_bare", "409"])
async def test_a_trouble_on_the_way_is_tried_again_with_longer_and_longer_pauses(room, kind):
    chat, other = await room.group(), await room.group("Bereh")
    fault = room.world.faults.add(kind, chat_id=chat.telegram_id, times=5, seconds=5)
    await room.card(chat)
    gaps = []
    for _ in range(5):
        await room.step()
        row = await room.card_row()
        gaps.append((row["not_before"] - room.clock.now()).total_seconds())
        await room.step(gaps[-1] - 0.01)
        assert fault.used == len(gaps)
        room.clock.forward(timedelta(seconds=0.02))
    await room.letter(other)
    await room.step()
    assert (room.texts(chat), room.texts(other), row["state"], row["tries"]) == (["case 1"], ["hello"], "live", 5)
    assert all(max(1, 0.7 * 2**n) <= gap <= 2**n for n, gap in enumerate(gaps)), gaps
    assert (await room.card_row())["tries"] == 0


async def test_a_chat_in_trouble_is_not_hammered_by_what_keeps_coming(room):
    chat = await room.group()
    fault = room.world.faults.add("500", times=1000)
    for second in range(120):
        await room.letter(chat, priority=200 - second)  # each goes before those that were tried already
        await room.step(1)
    assert 5 <= fault.used <= 10


async def test_what_was_accepted_before_the_line_broke_is_repeated_at_most_once(room):
    chat = await room.group()
    room.world.faults.add("reset_after")
    await room.card(chat)
    await room.step()
    await room.step(2)
    await room.step(10)
    assert room.texts(chat) == ["case 1", "case 1"]
    await room.change(text="closed")
    room.world.faults.add("reset_after")
    await room.step(10)
    await room.step(10)
    assert room.texts(chat) == ["case 1", "closed"]


async def test_a_refused_text_is_sent_plain_and_what_cannot_be_sent_at_all_dies(room):
    chat = await room.group()
    await room.letter(chat, "<x>Sun &amp; Co</x>")
    await room.letter(chat, " ")
    room.desk.texts[1] = " "
    await room.card(chat)
    for _ in range(6):
        await room.step(2)
    assert room.texts(chat) == ["Sun & Co"]
    states = [row["state"] for row in await room.letter_rows()]
    assert (states, (await room.card_row())["state"]) == (["sent", "dead"], "dead")
    assert len(room.asked(400)) == 5
    async with room.database.read() as c:
        given_up = [await dead(c, "cards"), await dead(c, "letters")]
        waiting = await queue_store.next_items(c, room.clock.now(), 10)
    assert (given_up, waiting) == ([1, 1], [])


async def test_a_bad_token_stops_all_and_is_told_of(room):
    first, second = await room.group(), await room.group("Bereh")
    room.world.faults.add("401")
    await room.letter(first)
    await room.step()
    assert "Unauthorized" in room.outbox.trouble
    await room.letter(second)
    await room.step(29)
    assert len(room.asked()) == 1
    await room.step(1)
    assert (room.texts(first), room.texts(second), room.outbox.trouble) == (["hello"], ["hello"], None)
