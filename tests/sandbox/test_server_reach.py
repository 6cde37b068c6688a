"""Whom the bot reaches and whom it hears: membership, blocking, privacy, topics and migration."""

from datetime import timedelta

import pytest
from aiogram.exceptions import TelegramMigrateToChat

from sandbox.people import NotPossible
from tests.sandbox.server_stage import BOT, OLGA, TARAS, keyboard, open_stage


@pytest.fixture
async def stage():
    async with open_stage() as opened:
        yield opened


@pytest.fixture
async def forum():
    async with open_stage("supergroup", is_forum=True) as opened:
        yield opened


async def test_a_bot_cannot_write_first(stage):
    words = await stage.barred(stage.bot.send_message(OLGA, "hi"))
    assert "bot can't initiate conversation with a user" in words
    stage.world.say(OLGA, OLGA, "/start")
    assert (await stage.bot.send_message(OLGA, "hi")).chat.type == "private"


async def test_being_blocked_is_told_and_refused(stage):
    stage.world.say(OLGA, OLGA, "/start")
    await stage.forget()
    stage.world.block(OLGA)
    change = (await stage.updates())[-1].my_chat_member
    assert (change.old_chat_member.status, change.new_chat_member.status) == ("member", "kicked")
    assert "bot was blocked by the user" in await stage.barred(stage.bot.send_message(OLGA, "hi"))
    stage.world.block(OLGA, blocked=False)
    assert await stage.bot.send_message(OLGA, "hi")


async def test_a_deactivated_person_is_forbidden(stage):
    stage.world.say(OLGA, OLGA, "/start")
    stage.world.users[OLGA].is_deactivated = True
    assert "user is deactivated" in await stage.barred(stage.bot.send_message(OLGA, "hi"))


async def test_joining_kicking_and_promoting_the_bot_are_told(stage):
    first = await stage.updates()
    assert first[0].my_chat_member.new_chat_member.status == "member"
    assert first[1].message.new_chat_members[0].id == BOT
    await stage.forget()
    stage.world.member(stage.team, BOT, "promote")
    stage.world.member(stage.team, BOT, "kick")
    changes = [u.my_chat_member.new_chat_member.status for u in await stage.updates()]
    assert changes == ["administrator", "kicked"]
    assert "bot was kicked from the group chat" in await stage.barred(stage.bot.send_message(stage.team, "x"))
    stage.world.member(stage.team, BOT, "add")
    assert await stage.bot.send_message(stage.team, "x")
    await stage.bot.leave_chat(stage.team)
    assert "bot is not a member of the group chat" in await stage.barred(stage.bot.send_message(stage.team, "x"))


async def test_a_bot_without_rights_or_without_a_group(stage):
    stage.world.chat(stage.team).may_bot_write = False
    assert "not enough rights to send text messages" in await stage.refusal(stage.bot.send_message(stage.team, "x"))
    stage.world.chat(stage.team).is_group_deleted = True
    assert "the group chat was deleted" in await stage.barred(stage.bot.send_message(stage.team, "x"))


async def test_who_is_who_in_a_chat(stage):
    owner = await stage.bot.get_chat_member(stage.team, OLGA)
    assert (owner.status, (await stage.bot.get_chat_member(stage.team, TARAS)).status) == ("creator", "member")
    stage.world.member(stage.team, TARAS, "leave")
    assert (await stage.bot.get_chat_member(stage.team, TARAS)).status == "left"
    stage.world.member(stage.team, BOT, "promote")
    admins = await stage.bot.get_chat_administrators(stage.team)
    assert [admin.user.id for admin in admins] == [OLGA, BOT]
    assert "user not found" in await stage.refusal(stage.bot.get_chat_member(stage.team, 5))
    assert (await stage.bot.get_chat(stage.team)).title == "Sales"


@pytest.mark.parametrize(
    ("text", "is_heard"),
    [
        ("good morning", False),
        ("/missed", True),
        ("/missed@perezvon_sandbox_bot today", True),
        ("/missed@other_bot", False),
        ("ask @Perezvon_Sandbox_Bot", True),
        ("ask @olga", False),
    ],
)
async def test_privacy_mode(stage, text, is_heard):
    await stage.forget()
    stage.world.say(TARAS, stage.team, text)
    assert [u.message.text for u in await stage.updates()] == ([text] if is_heard else [])


async def test_an_administrator_hears_everything(stage):
    stage.world.member(stage.team, BOT, "promote")
    await stage.forget()
    stage.world.say(TARAS, stage.team, "good morning")
    assert (await stage.updates())[0].message.text == "good morning"


async def test_a_command_to_the_bot_carries_its_entity(stage):
    await stage.forget()
    stage.world.say(OLGA, stage.team, "🔔 /missed@perezvon_sandbox_bot today")
    message = (await stage.updates())[0].message
    assert message.entities[0].extract_from(message.text) == "/missed@perezvon_sandbox_bot"


async def test_a_stranger_cannot_speak_in_the_chat(stage):
    stranger = stage.world.add_user("Eve")
    with pytest.raises(NotPossible, match="not in the chat"):
        stage.world.say(stranger.id, stage.team, "hi")


async def test_topics_have_ids_and_general_has_none(forum):
    topic = forum.world.add_topic(forum.team, "Calls")
    sent = await forum.bot.send_message(forum.team, "x", message_thread_id=topic)
    assert (sent.message_thread_id, sent.is_topic_message) == (topic, True)
    assert (await forum.bot.send_message(forum.team, "x")).message_thread_id is None
    for absent in (1, 999):
        words = await forum.refusal(forum.bot.send_message(forum.team, "x", message_thread_id=absent))
        assert "message thread not found" in words


async def test_a_closed_topic_takes_nobody_but_administrators(forum):
    topic = forum.world.add_topic(forum.team, "Calls")
    sent = await forum.bot.send_message(forum.team, "x", message_thread_id=topic)
    forum.world.close_topic(forum.team, topic)
    assert "TOPIC_CLOSED" in await forum.refusal(forum.bot.send_message(forum.team, "y", message_thread_id=topic))
    with pytest.raises(NotPossible, match="closed"):
        forum.world.say(TARAS, forum.team, "/missed", message_thread_id=topic)
    await forum.bot.edit_message_text("edits still work", chat_id=forum.team, message_id=sent.message_id)
    forum.world.member(forum.team, BOT, "promote")
    assert await forum.bot.send_message(forum.team, "y", message_thread_id=topic)
    forum.world.chat(forum.team).topics[topic].is_deleted = True
    assert "TOPIC_DELETED" in await forum.refusal(forum.bot.send_message(forum.team, "y", message_thread_id=topic))


async def test_words_in_a_topic_come_with_its_id(forum):
    topic = forum.world.add_topic(forum.team, "Calls")
    await forum.forget()
    said = forum.world.say(TARAS, forum.team, "/missed", message_thread_id=topic)
    heard = (await forum.updates())[0].message
    assert (heard.message_thread_id, heard.is_topic_message, heard.message_id) == (topic, True, said.id)


async def test_migration_moves_sends_and_leaves_old_cards_editable(stage):
    card = await stage.bot.send_message(stage.team, "card", reply_markup=keyboard("Take"))
    await stage.forget()
    moved = stage.world.migrate(stage.team)
    told = [u.message for u in await stage.updates()]
    assert (told[0].migrate_to_chat_id, told[1].migrate_from_chat_id) == (moved.id, stage.team)
    with pytest.raises(TelegramMigrateToChat) as caught:
        await stage.bot.send_message(stage.team, "x")
    assert caught.value.migrate_to_chat_id == moved.id
    edited = await stage.bot.edit_message_text(
        "still here", chat_id=stage.team, message_id=card.message_id, reply_markup=keyboard("Take")
    )
    assert edited.text == "still here"
    stage.world.press(OLGA, stage.team, card.message_id, data="take")
    assert (await stage.updates())[-1].callback_query.message.chat.id == stage.team
    assert (await stage.bot.send_message(moved.id, "x")).chat.type == "supergroup"
    assert await stage.bot.delete_message(stage.team, card.message_id)


async def test_updates_expire_presses_first(stage):
    sent = await stage.bot.send_message(stage.team, "x", reply_markup=keyboard("Take"))
    await stage.forget()
    stage.world.press(OLGA, stage.team, sent.message_id, data="take")
    stage.world.say(OLGA, stage.team, "/missed")
    stage.clock.forward(timedelta(seconds=151))
    assert [u.message.text for u in await stage.updates()] == ["/missed"]
    stage.clock.forward(timedelta(hours=24))
    assert await stage.updates() == []
