"""The team answers a client by a reply in Telegram: what arrives, who may, what happens where it does not arrive."""

from __future__ import annotations

import pytest
import pytest_asyncio

from tests.stories.clockwork import start_in_private, with_text
from tests.stories.letterbox_stage import client, edits, greeted, letterbox, sends, stored, ticket_rows
from tests.stories.world import ANNA, GROUP, iso, shown_text


@pytest_asyncio.fixture
async def box(database):
    async with letterbox(database) as world:
        yield world


async def asked(box, text="Is it still for sale?", *, language="en"):
    """Marta has written; the card stands in the group."""
    marta = client(box, language=language)
    await greeted(marta, text)
    return marta, box.olga.sees("🎫", "Marta")


async def test_a_reply_to_the_card_reaches_the_client_without_a_name_and_counts_as_a_reaction(box):
    marta, card = await asked(box)
    await box.forward(minutes=3)
    await box.olga.says("It is. Come on <Monday>!", reply_to=card)
    answer = marta.sees_in_private("It is. Come on <Monday>!")
    assert shown_text(answer) == "It is. Come on <Monday>!"
    assert "forward_origin" not in answer
    [_, ours] = await stored(box)
    assert (ours["is_ours"], ours["member_id"], ours["state"]) == (True, box.olga.member_id, "done")
    assert (ours["copy_chat_id"], ours["copy_id"]) == (marta.id, answer["message_id"])
    [ticket] = await ticket_rows(box)
    assert ticket["first_reaction_at"] == ours["at"]
    assert 175 <= ticket["reaction_seconds"] <= 185
    box.olga.sees("Marta", "Come on <Monday>!")


@pytest.mark.parametrize("kind", ["photo", "document", "voice", "sticker", "video"])
async def test_what_is_no_text_goes_as_it_is_with_its_caption(box, kind):
    marta, card = await asked(box)
    caption = {"caption": "our <b> door"} if kind in ("photo", "document") else {}
    sent = await sends(box.olga, kind, chat=GROUP, reply_to=card, **caption)
    got = box.messages(marta.id)[-1]
    assert (got[kind], got.get("caption")) == (sent[kind], caption.get("caption"))
    marta.sees_in_private(caption.get("caption", ""))
    assert (await stored(box))[-1]["kind"] == kind
    box.look_away()


async def test_a_reply_to_the_copy_of_his_picture_reaches_him_too(box):
    marta, _ = await asked(box)
    await sends(marta, "photo")
    copied = box.messages()[-1]
    await box.taras.says("That is our door", reply_to=copied)
    marta.sees_in_private("That is our door")
    box.look_away()


async def test_when_he_answers_back_it_is_said_aloud_under_the_card(box):
    marta, card = await asked(box)
    await box.olga.says("Which one?", reply_to=card)
    marta.sees_in_private("Which one?")
    await marta.writes("The green one")
    said = box.messages()[-1]
    assert (shown_text(said), said["reply_to_message_id"]) == ("💬 Marta\nThe green one", card["message_id"])
    await marta.writes("With the lock")
    assert len(with_text(box, "With the lock")) == 1  # on the card alone: we have not spoken since
    box.look_away()


async def test_a_card_in_a_private_chat_is_answered_there(database):
    async with letterbox(database, ticket_fan="on") as box:
        await start_in_private(box, "Olga", "Taras")
        marta = client(box)
        await greeted(marta)
        chosen = next(person for person in (box.olga, box.taras) if with_text(box, "Marta", person.id))
        await chosen.writes("Yes", reply_to=chosen.sees_in_private("Marta"))
        marta.sees_in_private("Yes")
        box.look_away()


async def test_a_viewer_and_a_stranger_are_refused_in_words_and_nothing_is_sent(box):
    marta, card = await asked(box)
    await box.victor.says("Sure", reply_to=card)
    refused = box.victor.sees("viewer")
    assert refused["reply_to_message_id"] == card["message_id"] + 1
    await box.zoya.says("Sure", reply_to=card)
    box.zoya.sees("not yours")
    assert len(box.messages(marta.id)) == len(await stored(box)) == 1
    box.look_away()


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "has blocked the bot"), ("ru", "заблокировал бота"), ("uk", "заблокував бота")],
)
async def test_a_client_who_has_blocked_the_bot_gets_nothing_and_the_author_hears_of_it(database, language, words):
    async with letterbox(database, language=language) as box:
        marta, card = await asked(box)
        # Telegram tells the bot nothing of it until it writes.
        box.telegram.world.faults.add(method="copyMessage", chat_id=marta.id, kind="403_blocked")
        await box.olga.says("Come on Monday", reply_to=card)
        told = box.olga.sees(words)
        assert told["reply_to_message_id"] == card["message_id"] + 1
        [_, ours] = await stored(box)
        assert (ours["state"], "blocked" in ours["error"]) == ("failed", True)
        [ticket] = await ticket_rows(box)
        assert ticket["first_reaction_at"] is None
        box.olga.sees("Marta", "Come on Monday", "⚠️")
        await box.olga.says("Or on Tuesday", reply_to=card)
        assert len(with_text(box, words)) == 2
        assert len(box.messages(marta.id)) == 1
        box.look_away()


async def test_what_was_told_as_undelivered_is_not_delivered_some_other_day(box):
    marta, card = await asked(box)
    box.telegram.world.block(marta.id)
    await box.olga.says("Come on Monday", reply_to=card)
    box.olga.sees("has blocked the bot")
    box.telegram.world.block(marta.id, blocked=False)
    await marta.writes("I am back")
    assert not with_text(box, "Monday", marta.id)
    await box.olga.says("Good", reply_to=card)
    marta.sees_in_private("Good")
    box.look_away()


async def test_whoever_blocks_while_the_answer_waits_gets_it_never(box):
    marta, card = await asked(box)
    box.telegram.world.faults.add(method="copyMessage", chat_id=marta.id, kind="429", retry_after=600)
    await box.olga.says("Come on Monday", reply_to=card)
    assert (await stored(box))[-1]["state"] == "sending"
    box.telegram.world.block(marta.id)
    await box.settle()
    box.olga.sees("has blocked the bot")
    assert (await stored(box))[-1]["state"] == "failed"
    box.telegram.world.block(marta.id, blocked=False)
    await box.forward(minutes=20)
    assert not with_text(box, "Monday", marta.id)
    box.look_away()


async def test_a_client_who_stopped_is_not_written_to(box):
    marta, card = await asked(box)
    await marta.writes("/stop")
    marta.sees_in_private("no more messages")
    await box.olga.says("Come on Monday", reply_to=card)
    box.olga.sees("has stopped the conversation")
    assert not with_text(box, "Monday", marta.id)
    box.look_away()


async def test_a_message_that_is_gone_before_it_leaves_is_said_too(box):
    marta, card = await asked(box)
    box.telegram.world.faults.add(method="copyMessage", chat_id=marta.id, kind="429", retry_after=60)
    await box.olga.says("Come on Monday", reply_to=card)
    own = box.telegram.world.messages(GROUP)[-1]
    box.telegram.world.delete(GROUP, own["message_id"])
    await box.forward(minutes=2)
    box.olga.sees("Telegram does not take this message\nBad Request: message to copy not found")
    assert (await stored(box))[-1]["state"] == "failed"
    assert box.messages(marta.id)[1:] == []
    box.look_away()


async def test_an_edit_of_the_answer_edits_what_the_client_has(box):
    marta, card = await asked(box)
    await box.olga.says("Come on Monday", reply_to=card)
    await edits(box.olga, "Come on <Tuesday>", chat=GROUP)
    got = marta.sees_in_private("Come on <Tuesday>")
    assert (got["edits"], len(box.messages(marta.id))) == (1, 2)
    await sends(box.olga, "photo", chat=GROUP, reply_to=card, caption="our door")
    await edits(box.olga, "our green door", chat=GROUP)
    marta.sees_in_private("our green door")
    assert [row["text"] for row in await stored(box)][1:] == ["Come on <Tuesday>", "our green door"]
    box.look_away()


async def test_an_edit_before_it_has_left_is_what_leaves(box):
    marta, card = await asked(box)
    box.telegram.world.faults.add(method="copyMessage", chat_id=marta.id, kind="429", retry_after=60)
    await box.olga.says("Come on Monday", reply_to=card)
    await edits(box.olga, "Come on Tuesday", chat=GROUP)
    await box.forward(minutes=2)
    assert (marta.sees_in_private("Come on Tuesday"))["edits"] == 0
    assert not with_text(box, "Monday", marta.id)
    box.look_away()


async def test_nobody_edits_a_colleagues_answer_and_a_clients_edit_is_no_answer(box):
    marta, card = await asked(box)
    await box.olga.says("Come on Monday", reply_to=card)
    await edits(marta, "Is it sold?")
    assert shown_text(marta.sees_in_private("Monday")) == "Come on Monday"
    assert [row["text"] for row in await stored(box)] == ["Is it sold?", "Come on Monday"]
    box.look_away()


async def test_the_update_of_an_answer_that_comes_twice_and_a_restart_between_send_it_once(box):
    marta, card = await asked(box)
    box.telegram.world.say(box.olga.id, GROUP, "Come on Monday", reply_to_message_id=card["message_id"])
    [update] = box.telegram.world.feed.pending.values()
    await box.works.poller.take(box.http, wait=0)
    await box.works.updates.step()
    await box.restart()
    await box.works.keeper.append(update.body | {"update_id": 900_001})
    await box.settle()
    assert len(with_text(box, "Monday", marta.id)) == 1
    marta.sees_in_private("Monday")
    assert len(await stored(box)) == 2
    box.look_away()


async def test_whoever_wrote_by_a_form_cannot_be_answered_here_and_his_number_is_shown(box):
    posted = {"type": "message", "message_id": "m-1", "channel": "webform", "entry_point": "site", "text": "Hi"}
    await box.post(posted | {"client": ANNA, "client_name": "Anna", "at": iso(box.clock.now())})
    await box.olga.says("Hello", reply_to=box.olga.sees("🎫", "Anna"))
    told = shown_text(box.olga.sees("did not write in Telegram", "\nHis number: +380"))
    assert ANNA[-7:] not in told.replace(" ", "")
    assert len(await stored(box)) == 1
    box.look_away()


async def test_a_ticket_of_calls_has_no_way_back_either(box):
    await box.call(ANNA)
    box.olga.sees("🔴")
    await box.olga.presses("⋯")
    await box.olga.presses("Ticket")
    await box.olga.says("We call you", reply_to=box.olga.sees("🎫"))
    box.olga.sees("did not write in Telegram", "\nHis number: +380")
    box.look_away()


async def test_a_reply_to_the_card_of_a_case_is_what_it_was(box):
    await box.call(ANNA)
    before = len(box.messages())
    await box.olga.says("I call her", reply_to=box.olga.sees("🔴"))
    assert len(box.messages()) == before
    assert await stored(box) == []


async def test_commands_under_a_card_are_commands(box):
    marta, card = await asked(box)
    await box.olga.says("/help", reply_to=card)
    await box.olga.says("/unknown", reply_to=card)
    assert len(box.messages(marta.id)) == len(await stored(box)) == 1
    box.look_away()
