"""Promises 9 and 12: the message is what the database says, and what is no longer true is not sent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from followup.notices import priorities
from tests.messenger.mailroom import NOON, mailroom


@pytest.fixture
async def room(tmp_path):
    async with mailroom(tmp_path) as opened:
        yield opened


async def test_a_card_is_sent_once_and_told_of(room):
    chat = await room.group()
    await room.card(chat)
    await room.step()
    await room.step(2)
    row = await room.card_row()
    assert (room.texts(chat), room.asked()) == (["case 1"], ["sendMessage"])
    assert (row["shown"], row["shown_at"], row["shown_in"], row["claimed_until"]) == (1, NOON, chat.telegram_id, None)
    assert room.desk.heard == [("shown", 1, NOON, True)]


async def test_ten_changes_are_one_edit(room):
    chat = await room.group()
    await room.card(chat)
    await room.step()
    for number in range(10):
        await room.change(text=f"missed ×{number}")
    await room.step(2)
    await room.step(2)
    assert (room.texts(chat), room.asked()) == (["missed ×9"], ["sendMessage", "editMessageText"])
    assert room.desk.heard[-1] == ("shown", 1, NOON + timedelta(seconds=2), False)


async def test_a_change_while_the_card_is_on_its_way_is_not_lost(room):
    chat = await room.group()
    await room.card(chat)

    async def change_once():
        room.desk.while_rendering = None
        await room.change(text="changed")

    room.desk.while_rendering = change_once
    await room.step()
    row = await room.card_row()
    assert (room.texts(chat), row["shown"], row["wanted"], row["priority"]) == (["case 1"], 1, 2, priorities.EDIT)
    await room.step(2)
    assert room.texts(chat) == ["changed"]


async def test_a_card_that_looks_the_same_needs_no_request_and_no_turn(room):
    chat = await room.group()
    await room.card(chat)
    await room.step()
    await room.change()
    await room.letter(chat, "digest", priorities.DIGEST)
    await room.step(2)
    assert (await room.card_row())["shown"] == 2
    await room.step()
    assert (room.asked(), room.texts(chat)) == (["sendMessage"] * 2, ["case 1", "digest"])


async def test_what_is_no_longer_true_is_not_sent(room):
    chat = await room.group()
    room.desk.texts[1] = None
    await room.card(chat)
    await room.letter(chat, skip=True)
    await room.step()
    await room.step()
    row, letter = await room.card_row(), (await room.letter_rows())[0]
    assert (row["shown"], row["message_id"], row["shown_at"], room.asked()) == (1, None, None, [])
    assert (letter["state"], letter["error"]) == ("skipped", "closed meanwhile")
    assert room.desk.heard == []


async def test_what_is_held_or_due_later_waits(room):
    chat = await room.group()
    await room.card(chat, 1, state="held")
    await room.card(chat, 2, not_before=NOON + timedelta(minutes=5))
    await room.step(60)
    assert room.asked() == []
    await room.step(240)
    assert room.texts(chat) == ["case 2"]


async def test_a_letter_is_said_once(room):
    chat = await room.group()
    await room.letter(chat, "<b>09:00</b> digest")
    await room.step()
    await room.step(2)
    row = (await room.letter_rows())[0]
    assert (room.texts(chat), row["state"], row["sent_at"]) == (["09:00 digest"], "sent", NOON)
    assert room.desk.heard == [("sent", row["id"], row["message_id"], NOON)]


async def test_an_answer_to_a_person_goes_before_older_alerts(room):
    chat = await room.group()
    for number in range(1, 4):
        await room.card(chat, number)
    await room.letter(chat, "your report")
    for _ in range(4):
        await room.step(1)
    assert room.texts(chat) == ["your report", "case 1", "case 2", "case 3"]


async def test_a_card_that_changes_all_the_time_does_not_starve_the_others(room):
    chat = await room.group()
    for number in (1, 2):
        await room.card(chat, number)
        await room.step(1)
    for number in range(3):
        await room.change(1, f"busy {number}")
        if number == 0:
            await room.change(2, "quiet")
        await room.step(1)
    assert room.texts(chat) == ["busy 2", "quiet"]
