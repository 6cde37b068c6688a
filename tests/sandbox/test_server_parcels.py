"""copyMessage, what people send besides text, and what they change afterwards."""

from datetime import timedelta

import pytest
from aiogram.types import ReplyParameters

from sandbox.people import NotPossible
from tests.sandbox.server_stage import OLGA, TARAS, open_stage

KINDS = ("photo", "document", "voice", "audio", "video", "animation", "video_note", "sticker", "location", "contact")


@pytest.fixture
async def stage():
    async with open_stage() as opened:
        opened.world.add_chat("private", id=OLGA)
        await opened.forget()
        yield opened


@pytest.mark.parametrize("kind", [*KINDS, "dice"])
async def test_what_a_person_sends_is_heard_by_aiogram_and_can_be_copied(stage, kind):
    sent = stage.world.send(OLGA, OLGA, kind, phone="+380671234567")
    [heard] = await stage.updates()
    assert heard.message.content_type == kind
    copied = await stage.bot.copy_message(stage.team, OLGA, sent.id)
    shown = stage.world.messages(stage.team)[-1]
    assert (shown["message_id"], shown["from"]["id"]) == (copied.message_id, 42)
    assert shown[kind] == stage.world.messages(OLGA)[-1][kind]
    assert "forward_origin" not in shown


async def test_a_copy_keeps_the_caption_or_takes_another_one(stage):
    sent = stage.world.send(OLGA, OLGA, "photo", caption="the /door")
    await stage.bot.copy_message(stage.team, OLGA, sent.id)
    await stage.bot.copy_message(stage.team, OLGA, sent.id, caption="<b>another</b>")
    kept, changed = stage.world.messages(stage.team)[-2:]
    assert (kept["caption"], kept["caption_entities"][0]["type"]) == ("the /door", "bot_command")
    assert (changed["caption"], changed["caption_entities"][0]["type"]) == ("another", "bold")


async def test_a_copy_may_answer_a_message(stage):
    first = await stage.bot.send_message(stage.team, "card")
    sent = stage.world.say(OLGA, OLGA, "hello")
    await stage.bot.copy_message(
        stage.team, OLGA, sent.id, reply_parameters=ReplyParameters(message_id=first.message_id)
    )
    shown = stage.world.messages(stage.team)[-1]
    assert (shown["text"], shown["reply_to_message_id"]) == ("hello", first.message_id)


async def test_what_is_not_there_or_is_no_message_cannot_be_copied(stage):
    sent = stage.world.say(OLGA, OLGA, "hello")
    stage.world.delete(OLGA, sent.id)
    for chat, message in ((OLGA, sent.id), (OLGA, 99)):
        assert "message to copy not found" in await stage.refusal(stage.bot.copy_message(stage.team, chat, message))
    assert "chat not found" in await stage.refusal(stage.bot.copy_message(stage.team, -999, 1))
    stage.world.member(stage.team, TARAS, "leave")
    service = stage.world.messages(stage.team)[-1]["message_id"]
    assert "can't be copied" in await stage.refusal(stage.bot.copy_message(stage.team, stage.team, service))


async def test_a_copy_to_whoever_has_blocked_the_bot_is_forbidden(stage):
    sent = await stage.bot.send_message(stage.team, "hello")
    stage.world.block(OLGA)
    assert "blocked" in await stage.barred(stage.bot.copy_message(OLGA, stage.team, sent.message_id))


async def test_an_edit_by_a_person_comes_as_an_update_of_its_own(stage):
    said = stage.world.say(OLGA, OLGA, "one")
    photo = stage.world.send(OLGA, OLGA, "photo")
    await stage.forget()
    stage.world.edit(OLGA, OLGA, said.id, "two")
    stage.world.edit(OLGA, OLGA, photo.id, "words")
    heard = [update.edited_message for update in await stage.updates()]
    assert [(m.message_id, m.text or m.caption) for m in heard] == [(said.id, "two"), (photo.id, "words")]
    assert heard[0].edit_date is not None


async def test_nobody_changes_what_is_not_his_or_has_no_words_or_is_old(stage):
    said = stage.world.say(OLGA, OLGA, "one")
    sticker = stage.world.send(OLGA, OLGA, "sticker")
    for who, message, text in (
        (TARAS, said.id, "x"),
        (OLGA, sticker.id, "x"),
        (OLGA, said.id, " "),
        (OLGA, said.id, "one"),
    ):
        with pytest.raises(NotPossible):
            stage.world.edit(who, OLGA, message, text)
    stage.clock.forward(timedelta(hours=48))
    with pytest.raises(NotPossible):
        stage.world.edit(OLGA, OLGA, said.id, "two")


async def test_a_caption_only_stands_under_what_has_one(stage):
    sent = stage.world.send(OLGA, OLGA, "sticker")
    copied = await stage.bot.copy_message(stage.team, OLGA, sent.id)
    words = stage.bot.edit_message_caption(chat_id=stage.team, message_id=copied.message_id, caption="x")
    assert "there is no caption" in await stage.refusal(words)
    with pytest.raises(NotPossible):
        stage.world.send(OLGA, OLGA, "sticker", caption="x")


async def test_a_group_in_privacy_mode_lets_the_bot_hear_files_that_answer_it(stage):
    first = await stage.bot.send_message(stage.team, "card")
    stage.world.send(OLGA, stage.team, "photo")
    assert await stage.updates() == []
    stage.world.send(OLGA, stage.team, "voice", reply_to_message_id=first.message_id)
    [heard] = await stage.updates()
    assert heard.message.voice is not None
