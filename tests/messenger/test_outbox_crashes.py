"""Promises 1 and 5: bugs, killed senders and a database that is busy."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from followup.notices import queue_store, store
from followup.notices.tables import cards
from tests.messenger.mailroom import NOON, mailroom


@pytest.fixture
async def room(tmp_path):
    async with mailroom(tmp_path) as opened:
        yield opened


async def test_a_bug_in_one_card_holds_nobody_else(room):
    chat = await room.group()
    room.desk.texts[1] = "bug"
    await room.card(chat, 1)
    await room.card(chat, 2)
    await room.step()
    await room.step()
    row = await room.card_row(1)
    assert (room.texts(chat), row["tries"], row["error"]) == (["case 2"], 1, "RuntimeError: bug")
    await room.change(1, "mended")
    await room.step(5)
    assert room.texts(chat) == ["case 2", "mended"]


async def test_a_card_renewed_while_it_is_being_edited_gets_its_new_message(room):
    chat = await room.group()
    await room.card(chat)
    await room.step()

    async def renew():
        room.desk.while_rendering = None
        async with room.database.write() as c:
            await store.renew_card(c, room.team_id, (await room.card_row())["id"], room.clock.now())

    room.desk.while_rendering = renew
    await room.change(text="changed")
    await room.step(2)
    await room.step(2)
    assert room.texts(chat) == ["changed", "changed"]
    assert (await room.card_row())["shown_at"] == NOON + timedelta(seconds=4)


async def test_what_a_killed_sender_had_in_hand_is_sent_after_its_deadline_or_at_the_next_start(room):
    chat, other = await room.group(), await room.group("Bereh")
    for place in (chat, other):
        await room.card(place)
    for row in await room.rows(cards, cards.c.id > 0):
        item = queue_store.Item("card", room.team_id, row["id"])
        async with room.database.write() as c:
            assert await queue_store.claim(c, item, NOON, NOON + timedelta(seconds=60))
        async with room.database.write() as c:
            assert await queue_store.claim(c, item, NOON, NOON + timedelta(seconds=60)) is None
    await room.step(59)
    assert room.asked() == []
    await room.step(1)
    assert (room.texts(chat), room.texts(other)) == (["case 1"], ["case 1"])


async def test_a_restart_sends_what_was_in_hand_as_soon_as_the_limits_let_it(room):
    """It may have reached Telegram: to the chat that counts as a message just sent."""
    chat = await room.group()
    await room.card(chat)
    item = queue_store.Item("card", room.team_id, (await room.card_row())["id"])
    async with room.database.write() as c:
        await queue_store.claim(c, item, NOON, NOON + timedelta(seconds=60))
    await room.outbox.take_over()
    await room.step(1)
    assert room.texts(chat) == ["case 1"]


async def test_what_the_business_makes_of_a_message_does_not_send_it_twice(room, monkeypatch):
    async def fails_halfway(c, row, now, *, first):
        await store.change_card(c, room.team_id, row["id"], menu={"kind": "half"})
        raise RuntimeError("bug")

    monkeypatch.setattr(room.desk, "card_shown", fails_halfway)
    chat = await room.group()
    await room.card(chat)
    await room.step()
    await room.step(120)
    row = await room.card_row()
    assert (room.texts(chat), row["shown"], row["menu"]) == (["case 1"], 1, None)


async def test_a_database_that_is_busy_for_a_moment_does_not_make_a_message_twice(room, monkeypatch):
    record, troubles = queue_store.record_card_shown, []

    async def busy_twice(*args):
        if len(troubles) < 2:
            troubles.append(1)
            raise OperationalError("UPDATE cards", {}, Exception("database is locked"))
        return await record(*args)

    monkeypatch.setattr(queue_store, "record_card_shown", busy_twice)
    chat = await room.group()
    await room.card(chat)
    await room.step()
    await room.step(120)
    assert (room.texts(chat), (await room.card_row())["shown"], len(troubles)) == (["case 1"], 1, 2)
