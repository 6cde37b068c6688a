"""Promise 7: what crowds in one chat becomes one message, once, whoever sends."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from followup.notices import bundles_store, priorities, store
from followup.notices.tables import cards
from messenger.bundling import bundle_up
from messenger.gateway import Gateway
from messenger.outbox import Outbox
from tests.messenger.listing import list_bundles
from tests.messenger.mailroom import NOON, mailroom


@pytest.fixture
async def room(tmp_path):
    async with mailroom(tmp_path) as opened:
        list_bundles(opened)
        yield opened


def line(*numbers: int) -> str:
    return " | ".join(f"case {number}" for number in numbers)


async def bundles(room):
    return await room.rows(cards, cards.c.subject == "bundle")


async def crowd(room, chat, numbers):
    for number in numbers:
        await room.card(chat, number)


async def test_five_are_five_cards(room):
    chat = await room.group()
    await crowd(room, chat, range(1, 6))
    for _ in range(6):
        await room.step(1)
    assert room.texts(chat) == [f"case {number}" for number in range(1, 6)]


async def test_seven_are_one_message_that_counts_as_shown(room):
    chat, other = await room.group(), await room.group("Bereh")
    await crowd(room, chat, range(1, 8))
    await room.card(other, 9)
    await room.step()
    assert (room.texts(chat), room.texts(other)) == ([line(*range(1, 8))], ["case 9"])
    assert ("listed", tuple(range(1, 8)), NOON, True) in room.desk.heard
    for _ in range(3):
        await room.step(60)
    assert len(room.asked()) == 2


async def test_a_change_of_one_case_is_one_edit_of_the_bundle(room):
    chat = await room.group()
    await crowd(room, chat, range(1, 8))
    await room.step()
    await room.change(3, "case 3 taken")
    await room.change(4, "case 4 closed")
    await room.step(2)
    await room.step(2)
    assert room.texts(chat) == ["case 1 | case 2 | case 3 taken | case 4 closed | case 5 | case 6 | case 7"]
    assert room.asked() == ["sendMessage", "editMessageText"]
    assert [row["priority"] for row in await bundles(room)] == [priorities.EDIT]


async def test_forty_five_are_three_messages_in_three_seconds(room):
    chat = await room.group()
    await crowd(room, chat, range(45))
    for _ in range(4):
        await room.step(1)
    assert room.texts(chat) == [line(*range(15)), line(*range(15, 30)), line(*range(30, 45))]


async def test_what_comes_while_a_paused_chat_waits_joins_the_bundle(room):
    chat = await room.group()
    room.world.faults.add("429", chat_id=chat.telegram_id, retry_after=30)
    await room.letter(chat, "menu")
    await room.step()
    await crowd(room, chat, range(1, 8))
    await room.step(1)
    await room.card(chat, 8)
    await room.step(1)
    await room.step(28)
    await room.step(1)
    assert room.texts(chat) == ["menu", line(*range(1, 9))]


async def test_a_few_more_join_the_shown_bundle_only_while_its_edit_waits(room):
    chat = await room.group()
    await crowd(room, chat, range(1, 8))
    await room.step()
    await room.card(chat, 8)
    await room.step(1)
    assert room.texts(chat) == [line(*range(1, 8)), "case 8"]
    for number in range(18):  # the group has had its twenty
        await room.letter(chat, f"said {number}")
        await room.step(1)
    await room.change(1, "case 1 taken")
    await room.card(chat, 9)
    await room.step(1)
    await room.step(60)
    assert room.texts(chat)[0] == "case 1 taken | " + line(*range(2, 8), 9)
    assert room.desk.heard[-1] == ("listed", (*range(1, 8), 9), room.clock.now(), False)


async def test_a_full_bundle_takes_no_more(room):
    chat = await room.group()
    room.world.faults.add("429", chat_id=chat.telegram_id, retry_after=30)
    await room.letter(chat, "menu")
    await room.step()
    await crowd(room, chat, range(18))
    await room.step(1)
    await crowd(room, chat, range(18, 27))
    await room.step(1)
    assert sorted([await _lines(room, row) for row in await bundles(room)]) == [7, 20]


async def _lines(room, row):
    async with room.database.read() as c:
        return len(await bundles_store.bundled_cases(c, room.team_id, row["id"]))


async def test_a_case_opened_by_itself_leaves_the_bundle(room):
    chat = await room.group()
    await crowd(room, chat, range(1, 8))
    await room.step()
    async with room.database.write() as c:
        card = await store.card_of(c, room.team_id, chat.id, "case", 2)
        await store.renew_card(c, room.team_id, card["id"], room.clock.now())
        await bundles_store.raise_bundle(c, room.team_id, card["bundle_id"])
    for _ in range(3):
        await room.step(1)
    assert room.texts(chat) == [line(1, 3, 4, 5, 6, 7), "case 2"]
    await room.change(2, "case 2 taken")
    for _ in range(3):
        await room.step(1)
    assert (room.texts(chat), len(room.asked())) == ([line(1, 3, 4, 5, 6, 7), "case 2 taken"], 4)


async def test_cards_of_the_night_and_cards_asked_for_are_not_bundled(room):
    chat = await room.group()
    for number in range(1, 8):
        await room.card(chat, number, state="held")
    for number in range(11, 18):
        await room.card(chat, number, priority=priorities.ANSWER)
    for _ in range(8):
        await room.step(1)
    assert room.texts(chat) == [f"case {number}" for number in range(11, 18)]


async def test_a_bundle_with_a_bug_in_it_falls_apart_and_holds_only_the_bug(room):
    chat = await room.group()
    room.desk.texts[4] = "bug"
    await crowd(room, chat, range(1, 8))
    for _ in range(30):
        await room.step(2)
    assert room.texts(chat) == [f"case {number}" for number in (1, 2, 3, 5, 6, 7)]
    assert [row["state"] for row in await bundles(room)] == ["dead"]


async def test_a_bundle_that_telegram_refuses_falls_apart_and_is_not_made_again(room):
    chat = await room.group()
    room.world.faults.add("400", times=2, description="Bad Request: something is wrong with it")
    await crowd(room, chat, range(1, 8))
    for _ in range(12):
        await room.step(1)
    assert room.texts(chat) == [f"case {number}" for number in range(1, 8)]
    assert len(room.asked()) == 9


async def test_two_senders_make_one_bundle(room):
    chat = await room.group()
    await crowd(room, chat, range(1, 8))
    crowded = bundles_store.Crowd(team_id=room.team_id, chat_id=chat.id, alerts=7, bundles=0)

    async def gathers():
        async with room.database.write() as c:
            return await bundle_up(c, [crowded], NOON)

    assert sorted(await asyncio.gather(gathers(), gathers(), gathers())) == [False, False, True]
    assert [await _lines(room, row) for row in await bundles(room)] == [7]


async def test_two_outboxes_show_it_once(room):
    chat = await room.group()
    await crowd(room, chat, range(1, 8))
    other = Outbox(room.database, room.clock, Gateway(room.outbox._delivery._gateway._bot), room.desk)
    await asyncio.gather(room.outbox.step(), other.step())
    for _ in range(3):
        room.clock.forward(timedelta(seconds=1))
        await asyncio.gather(room.outbox.step(), other.step())
    assert room.texts(chat) == [line(*range(1, 8))]


async def test_a_card_on_its_way_is_no_line_of_a_bundle(room):
    chat = await room.group()
    await room.card(chat, 1)

    async def more_come():
        room.desk.while_rendering = None
        await crowd(room, chat, range(2, 9))
        async with room.database.write() as c:
            await bundle_up(c, [bundles_store.Crowd(team_id=1, chat_id=chat.id, alerts=8, bundles=0)], NOON)

    room.desk.while_rendering = more_come
    await room.step()
    await room.step(1)
    assert room.texts(chat) == ["case 1", line(*range(2, 9))]


async def test_a_card_that_was_tried_already_goes_by_itself(room):
    chat = await room.group()
    room.desk.texts[1] = "bug"
    await room.card(chat, 1)
    await room.step()
    room.clock.forward(timedelta(seconds=2))
    await crowd(room, chat, range(2, 9))
    await room.step()
    await room.step(1)
    assert room.texts(chat) == [line(*range(2, 9))]


async def test_a_card_that_a_person_asked_for_is_an_edit_like_others_afterwards(room):
    chat = await room.group()
    await room.card(chat, priority=priorities.ANSWER)

    async def changes():
        room.desk.while_rendering = None
        await room.change(text="changed")

    room.desk.while_rendering = changes
    await room.step()
    await room.step(2)
    row = await room.card_row()
    assert (room.texts(chat), row["priority"]) == (["changed"], priorities.EDIT)


async def test_a_bundle_on_its_way_takes_no_more_lines(room):
    chat = await room.group()
    await crowd(room, chat, range(1, 8))

    async def more_come():
        room.desk.while_rendering = None
        await crowd(room, chat, range(8, 15))
        async with room.database.write() as c:
            await bundle_up(c, [bundles_store.Crowd(team_id=1, chat_id=chat.id, alerts=14, bundles=1)], NOON)

    room.desk.while_rendering = more_come
    await room.step()
    for _ in range(3):
        await room.step(1)
    assert room.texts(chat) == [line(*range(1, 8)), line(*range(8, 15))]
