"""Promises 5, 9 and 20: chats that are lost, moved or without their topic, messages that are gone."""

from __future__ import annotations

import pytest

from followup.notices import store
from followup.notices.tables import chats
from tests.messenger.mailroom import mailroom


@pytest.fixture
async def room(tmp_path):
    async with mailroom(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("kind", ["403_kicked", "403_blocked", "403_deactivated", "400_chat_not_found", "400_rights"])
async def test_a_lost_chat_is_told_of_once_and_left_alone(room, kind):
    chat, other = await room.group(), await room.group("Bereh")
    room.world.faults.add(kind, chat_id=chat.telegram_id, times=100)
    await room.card(chat)
    await room.letter(chat)
    for _ in range(5):
        await room.step(10)
    assert [heard[:2] for heard in room.desk.heard] == [("lost", chat.id)]
    row = await room.chat_row(chat)
    assert (row["is_reachable"], row["trouble"], len(room.asked())) == (False, room.desk.heard[0][2], 1)
    await room.letter(other)
    await room.step()
    assert room.texts(other) == ["hello"]


async def test_a_chat_that_lets_the_bot_in_again_gets_what_waited(room):
    chat = await room.group()
    room.world.member(chat.telegram_id, room.world.bot.id, "kick")
    await room.card(chat)
    await room.step()
    room.world.member(chat.telegram_id, room.world.bot.id, "add")
    await room.place(chat.telegram_id)
    await room.step(2)
    assert room.texts(chat) == ["case 1"]


async def test_a_group_that_becomes_a_supergroup_keeps_its_cards(room):
    chat = await room.group()
    await room.card(chat, 1)
    await room.step()
    new_id = room.world.migrate(chat.telegram_id).id
    await room.card(chat, 2)
    await room.step(2)
    await room.step()
    await room.change(1, "old card, new text")
    await room.step(2)
    assert (room.texts(chat), room.texts(new_id)) == (["old card, new text"], ["case 2"])
    row = await room.chat_row(chat)
    assert (row["telegram_id"], row["kind"], room.desk.heard[-1][0]) == (new_id, "team", "shown")


async def test_an_old_card_that_the_old_id_no_longer_gives_comes_anew_under_the_new_one(room):
    chat = await room.group()
    await room.card(chat, 1)
    await room.step()
    new_id = room.world.migrate(chat.telegram_id).id
    await room.letter(chat)
    room.world.faults.add("403_kicked_group", "editMessageText", chat_id=chat.telegram_id, times=100)
    for _ in range(2):
        await room.step(2)
    await room.change(1, "new text")
    for _ in range(3):
        await room.step(2)
    assert (room.texts(chat), room.texts(new_id)) == (["case 1"], ["hello", "new text"])
    assert ((await room.chat_row(chat))["is_reachable"], "lost" in str(room.desk.heard)) == (True, False)


async def test_a_supergroup_that_was_heard_of_before_is_taken_over(room):
    chat = await room.group()
    await room.card(chat, 1)
    await room.step()
    new_id = room.world.migrate(chat.telegram_id).id
    early = await room.place(new_id)
    await room.card(early, 1)
    await room.card(early, 2)
    await room.letter(early, "menu")
    await room.card(chat, 3)
    for _ in range(6):
        await room.step(2)
    assert (room.texts(chat), sorted(room.texts(new_id))) == (["case 1"], ["case 2", "case 3", "menu"])
    assert [row["telegram_id"] for row in await room.rows(chats, chats.c.team_id == room.team_id)] == [new_id]


async def test_a_closed_topic_is_left_for_the_group_itself(room):
    group = await room.group("Forum", "supergroup", is_forum=True)
    topic = room.world.add_topic(group.telegram_id, "Misses")
    chat = await room.place(group.telegram_id, topic)
    room.world.close_topic(group.telegram_id, topic)
    await room.card(chat)
    await room.card(group, 2)
    for _ in range(4):
        await room.step(2)
    assert sorted(room.texts(group)) == ["case 1", "case 2"]
    rows = await room.rows(chats, chats.c.team_id == room.team_id)
    assert [(row["id"], row["thread_id"], row["is_reachable"]) for row in rows] == [(chat.id, 0, True)]


async def test_a_group_whose_general_topic_is_closed_is_lost(room):
    chat = await room.group()
    room.world.faults.add("400_topic_closed", times=100)
    await room.card(chat)
    for _ in range(3):
        await room.step(2)
    assert ([heard[0] for heard in room.desk.heard], len(room.asked())) == (["lost"], 1)


async def test_a_deleted_card_comes_anew_while_its_case_is_open(room):
    chat = await room.group()
    for number in (1, 2):
        await room.card(chat, number)
        await room.step(2)
        room.world.delete(chat.telegram_id, (await room.card_row(number))["message_id"])
        await room.change(number, f"changed {number}")
    room.desk.closed.add(2)
    for _ in range(4):
        await room.step(2)
    assert (room.texts(chat), (await room.card_row(2))["shown"]) == (["changed 1"], 2)


async def test_a_card_that_cannot_be_edited_comes_anew(room):
    chat = await room.group()
    await room.card(chat)
    await room.step()
    room.world.faults.add("400", "editMessageText", times=100, description="Bad Request: message can't be edited")
    await room.change(text="new")
    for _ in range(4):
        await room.step(2)
    assert (room.texts(chat), room.asked()) == (["case 1", "new"], ["sendMessage", "editMessageText", "sendMessage"])


async def test_not_modified_is_shown(room):
    chat = await room.group()
    await room.card(chat)
    await room.step()
    async with room.database.write() as c:
        await store.change_card(c, room.team_id, (await room.card_row())["id"], content_hash="lost in a restore")
    await room.change()
    await room.step(2)
    await room.step(2)
    row = await room.card_row()
    assert (room.asked(400), row["shown"], row["error"]) == (["editMessageText"], 2, None)
    assert row["content_hash"] != "lost in a restore"
