"""Clients write to the bot: the greeting, the ticket's card, what is copied, how much, and how it ends."""

from __future__ import annotations

import pytest
import pytest_asyncio

from tests.stories.clockwork import with_text
from tests.stories.letterbox_stage import (
    account_rows,
    client,
    edits,
    greeted,
    letterbox,
    sends,
    stored,
    ticket_rows,
)
from tests.stories.world import ANNA, GROUP, labels, shown_text


@pytest_asyncio.fixture
async def box(database):
    async with letterbox(database) as world:
        yield world


HELLO = {"en": "You are writing to", "ru": "Вы пишете в", "uk": "Ви пишете до", "de": "You are writing to"}


@pytest.mark.parametrize("language", HELLO)
async def test_a_client_is_greeted_in_his_own_language_once_before_his_first_message(box, language):
    marta = client(box, language=language)
    await marta.writes("Is it still for sale?")
    greeting = marta.sees_in_private(HELLO[language], "Aurora", "/stop")
    await marta.writes("Hello?")
    assert box.messages(marta.id) == [greeting]
    [account] = await account_rows(box)
    assert account["consent_at"] is not None
    assert (account["channel"], account["account"], account["telegram_id"]) == ("telegram", str(marta.id), marta.id)
    box.olga.sees("🎫", "Marta", "Is it still for sale?", "Hello?")


async def test_the_teams_own_greeting_and_consent_are_shown_as_typed(database):
    async with letterbox(database, client_greeting="Hi <friend> & co", client_consent="We keep it a year") as box:
        marta = client(box, language="ru")
        await marta.writes("/start")
        assert shown_text(marta.sees_in_private("Hi <friend> & co")) == "Hi <friend> & co\n\nWe keep it a year"
        assert await ticket_rows(box) == []


async def test_where_the_channel_is_off_a_stranger_is_told_his_id_as_ever(world):
    marta = client(world)
    await marta.writes("Is it still for sale?")
    assert world.messages(marta.id) == []
    await marta.writes("/start")
    marta.sees_in_private(str(marta.id), "not in a team")
    assert await account_rows(world) == await stored(world) == []


async def test_one_ticket_for_all_he_writes_and_another_one_after_it_was_closed(box):
    marta = client(box)
    await greeted(marta)
    await box.forward(minutes=5)
    await marta.writes("And what does it cost?")
    [ticket] = await ticket_rows(box)
    assert (ticket["kind"], ticket["channel"], ticket["state"]) == ("text", "telegram", "open")
    assert len(with_text(box, "Marta")) == 1
    card = box.olga.sees("Marta", "is it open?", "what does it cost?")
    await box.olga.says("A lot", reply_to=card)
    marta.sees_in_private("A lot")
    for button in ("Close", "Resolved", "Without a comment"):
        await box.olga.presses(button)
    await box.forward(minutes=5)
    await marta.writes("Too much")
    first, second = await ticket_rows(box)
    assert (first["state"], second["state"]) == ("closed", "open")
    assert len(with_text(box, "Too much")) == 1
    box.look_away()


async def test_an_update_that_comes_twice_is_one_message_one_greeting_and_one_copy(box):
    marta = client(box)
    pending = box.telegram.world.feed.pending
    box.telegram.world.say(marta.id, marta.id, "Hello")
    [first] = pending.values()
    box.telegram.world.send(marta.id, marta.id, "photo", caption="look")
    second = list(pending.values())[-1]
    await box.settle()
    for update, new_id in ((first, 900_001), (second, 900_002)):
        # Stored under its id it comes no second time; under another one it is the same message all the same.
        await box.works.keeper.append(update.body)
        await box.works.keeper.append(update.body | {"update_id": new_id})
    await box.settle()
    assert [row["text"] for row in await stored(box)] == ["Hello", "look"]
    assert len(box.messages(marta.id)) == 1
    assert len([m for m in box.messages() if m.get("photo")]) == 1
    marta.sees_in_private("/stop")
    box.look_away()


async def test_a_restart_between_hearing_and_telling_loses_nothing(box):
    marta = client(box)
    box.telegram.world.say(marta.id, marta.id, "Hello")
    sent = box.telegram.world.send(marta.id, marta.id, "voice")
    await box.works.poller.take(box.http, wait=0)
    await box.restart()
    await box.works.updates.step()
    await box.restart()
    await box.settle()
    marta.sees_in_private("/stop")
    box.olga.sees("Marta", "Hello")
    [voice] = [m for m in box.messages() if m.get("voice")]
    assert voice["voice"] == sent.media["voice"]
    box.look_away()


KINDS = ("photo", "document", "voice", "video", "sticker", "location", "audio", "animation", "video_note")


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_no_text_is_copied_under_the_card_without_his_name(box, kind):
    marta = client(box)
    await greeted(marta)
    card = box.olga.sees("Marta")
    sent = await sends(marta, kind)
    [copied] = [m for m in box.messages() if m.get(kind)]
    assert copied[kind] == sent[kind]
    assert copied["reply_to_message_id"] == card["message_id"]
    assert "forward_origin" not in copied
    assert (await stored(box))[-1]["kind"] == kind
    box.look_away()


async def test_the_very_first_message_may_be_a_picture_and_stands_under_its_card(box):
    marta = client(box)
    await sends(marta, "photo", caption="how much is <this>?")
    marta.sees_in_private("/stop")
    card = box.olga.sees("Marta", "how much is <this>?")
    copied = box.messages()[-1]
    assert (copied["caption"], copied["reply_to_message_id"]) == ("how much is <this>?", card["message_id"])
    box.look_away()


async def test_a_game_is_not_lost_silently(box):
    marta = client(box)
    await greeted(marta)
    box.olga.sees("Marta")
    await sends(marta, "dice")
    marta.sees_in_private("does not reach us")
    assert len(await stored(box)) == 1


async def test_numbers_are_masked_in_the_group_also_under_the_card(box):
    marta = client(box)
    await greeted(marta, "call me")
    await sends(marta, "photo", caption="or call +380 67 123 45 67")
    await marta.writes("x" * 90 + " my number is +380671234567")
    await sends(marta, "contact", phone=ANNA, of_user_id=777)
    said = [shown_text(m) for m in box.messages()]
    assert not [text for text in said if "1234567" in text or "123 45 67" in text]
    assert [text for text in said if "call" in text]
    box.look_away()


async def test_a_long_text_is_cut_on_the_card_and_whole_under_it(box):
    marta = client(box)
    await greeted(marta)
    body = {"message_id": 500, "date": int(box.clock.now().timestamp()), "text": "<b>&" + "ж" * 9994 + "Ω."}
    person = {"id": marta.id, "is_bot": False, "first_name": "Marta", "language_code": "en"}
    body |= {"chat": {"id": marta.id, "type": "private", "first_name": "Marta"}, "from": person}
    box.telegram.world.feed.push("message", body)
    await box.settle()
    parts = [shown_text(m) for m in box.messages() if "жжж" in shown_text(m) and "🎫" not in shown_text(m)]
    assert len(parts) == 3
    assert "".join(part.partition("Marta\n")[2] for part in parts) == body["text"]
    box.look_away()


async def test_markup_in_names_and_words_is_shown_and_breaks_nothing(box):
    marta = client(box, "<b>Marta</b> & [x](tg://user?id=1)")
    await greeted(marta, "</blockquote> <i>&amp; \u202e")
    box.olga.sees("<b>Marta</b> &", "</blockquote> <i>&amp;")


async def test_an_edit_changes_the_card_and_the_copy(box):
    marta = client(box)
    await greeted(marta, "It is blue")
    await edits(marta, "It is green")
    box.olga.sees("Marta", "It is green")
    box.olga.does_not_see("blue")
    await sends(marta, "photo", caption="my door")
    await edits(marta, "my new door")
    [copied] = [m for m in box.messages() if m.get("photo")]
    assert (copied["caption"], copied["edits"]) == ("my new door", 1)
    assert [row["text"] for row in await stored(box)] == ["It is green", "my new door"]
    assert len(with_text(box, "Marta")) == 1
    box.look_away()


async def test_whoever_writes_too_fast_is_told_once_and_the_team_keeps_what_was_taken(box):
    marta = client(box)
    for number in range(25):
        await marta.writes(f"message {number}")
    marta.sees_in_private("You are writing to")
    assert len(with_text(box, "Too many messages", marta.id)) == 1
    marta.sees_in_private("Too many messages")
    assert [row["text"] for row in await stored(box)] == [f"message {number}" for number in range(20)]
    async with box.database.read() as c:
        dropped = (await c.exec_driver_sql("SELECT count(*) FROM ledger WHERE kind = 'message_dropped'")).scalar()
    assert dropped == 5
    await box.forward(minutes=2)
    await marta.writes("again")
    assert len(await stored(box)) == 21
    box.olga.sees("Marta", "again")
    box.look_away()


@pytest.mark.parametrize("table", ["accounts", "clients"])
async def test_whoever_is_on_the_blacklist_is_not_heard_and_not_answered(box, table):
    marta = client(box)
    await greeted(marta)
    box.olga.sees("Marta", "is it open?")
    async with box.database.write() as c:
        await c.exec_driver_sql(f"UPDATE {table} SET is_blocked = true")
    await marta.writes("Hello again")
    await marta.writes("/start")
    await sends(marta, "dice")
    assert len(await stored(box)) == len(box.messages(marta.id)) == 1


async def test_stop_ends_the_greetings_until_he_writes_again(box):
    marta = client(box)
    await greeted(marta)
    await marta.writes("/stop")
    marta.sees_in_private("no more messages from Aurora")
    await marta.writes("It is me again")
    assert len(box.messages(marta.id)) == 2
    box.olga.sees("Marta", "It is me again")
    assert len(await stored(box)) == 2


async def test_a_shared_number_is_the_clients_own_and_his_calls_are_the_same_persons(box):
    await box.call(ANNA)
    box.olga.sees("🔴")
    marta = client(box)
    await greeted(marta)
    await sends(marta, "contact", phone=ANNA.removeprefix("+"), of_user_id=marta.id)
    [account] = await account_rows(box)
    async with box.database.read() as c:
        owner = (await c.exec_driver_sql("SELECT client_id FROM numbers")).scalar()
    assert account["client_id"] == owner
    tickets = [row for row in await ticket_rows(box) if row["state"] == "open"]
    assert {row["client_id"] for row in tickets} == {owner}
    [written] = [row for row in tickets if row["kind"] == "text"]
    assert written["number_id"] is not None
    assert ANNA[-4:] not in shown_text(box.olga.sees("🎫"))
    box.look_away()


async def test_somebody_elses_contact_joins_nobody(box):
    await box.call(ANNA)
    marta = client(box)
    await greeted(marta)
    await sends(marta, "contact", phone=ANNA, of_user_id=None)
    await sends(marta, "contact", phone=ANNA, of_user_id=box.olga.id)
    [account] = await account_rows(box)
    async with box.database.read() as c:
        owner = (await c.exec_driver_sql("SELECT client_id FROM numbers")).scalar()
    assert account["client_id"] != owner
    box.look_away()


async def test_commands_of_a_client_are_words_and_open_nothing(box):
    marta = client(box)
    await greeted(marta)
    for text in ("/missed", "/settings", "/forget +380671234567", "/start t_1"):
        await marta.writes(text)
    shown = box.messages(marta.id)
    assert [shown_text(m)[:2] for m in shown] == ["👋 ", "👋 "]
    assert not [label for m in shown for label in labels(m)]
    assert [row["text"] for row in await stored(box)][1:] == ["/missed", "/settings", "/forget +380671234567"]
    box.olga.sees("Marta", chat=GROUP)
    box.look_away()
