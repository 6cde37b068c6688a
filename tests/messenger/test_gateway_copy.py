"""Somebody's message sent on as it is; a message taken away, or emptied where it cannot be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from messenger.gateway import Gateway
from messenger.letterbox_copy import Copy, Removed, of_target
from messenger.outgoing import Outgoing
from messenger.results import Gone, Later, Missing, Refused, Sent
from sandbox.clock import MovableClock
from tests.messenger.mailroom import NOON, OLGA, PNG, TARAS, telegram


class Post:
    """A gateway, a group, and Olga's own chat with the bot."""

    def __init__(self, server, bot, clock) -> None:
        self.world, self.clock = server.world, clock
        server.limits = None
        self.gateway = Gateway(bot, patience=timedelta(seconds=1), upload_patience=timedelta(seconds=1))
        self.group = self.world.add_chat("group", title="Aurora", members=[OLGA, TARAS, self.world.bot.id]).id

    async def copy(self, message_id: int, chat: int = 0, source: int = OLGA, **other):
        copied = Copy("", from_chat=source, from_message=message_id, **other)
        return await self.gateway.send(chat or self.group, 0, copied)

    @property
    def last(self):
        return self.world.messages(self.group)[-1]


@pytest.fixture
async def post():
    clock = MovableClock(NOON, frozen=True)
    async with telegram(clock) as (server, bot):
        yield Post(server, bot, clock)


async def test_a_copy_is_the_same_message_without_its_author(post):
    said = post.world.send(OLGA, OLGA, "photo", caption="the <door>")
    result = await post.copy(said.id)
    assert result == Sent(post.last["message_id"])
    assert (post.last["caption"], post.last["from"]["id"]) == ("the <door>", 42)
    assert post.last["photo"] == said.media["photo"]


async def test_a_copy_may_have_another_caption_and_answer_a_message(post):
    first = await post.gateway.send(post.group, 0, Outgoing("card"))
    said = post.world.send(OLGA, OLGA, "photo", caption="call 0671234567")
    await post.copy(said.id, caption="call <b>•••</b>", reply_to=first.message_id)
    assert (post.last["caption"], post.last["reply_to_message_id"]) == ("call •••", first.message_id)
    await post.copy(said.id, caption="broken <x>")
    assert post.last["caption"] == "broken"


async def test_what_cannot_be_copied_is_refused_for_good(post):
    said = post.world.say(OLGA, OLGA, "hello")
    post.world.delete(OLGA, said.id)
    assert await post.copy(said.id) == Refused("Bad Request: message to copy not found")


async def test_a_lost_target_is_told_from_a_lost_source(post):
    said = post.world.say(OLGA, OLGA, "hello")
    post.world.faults.add(method="copyMessage", kind="403_blocked")
    assert isinstance(await post.copy(said.id, chat=OLGA, source=post.group), Gone)
    post.world.member(post.group, 42, "kick")
    assert isinstance(await post.copy(said.id), Gone)
    assert isinstance(await post.copy(1, chat=TARAS, source=-999), Gone | Refused)


@pytest.mark.parametrize(
    ("words", "chat", "is_gone"),
    [
        ("Forbidden: bot was blocked by the user", 1001, True),
        ("Forbidden: user is deactivated", 1001, True),
        ("Bad Request: chat not found", 1001, False),
        ("Forbidden: bot was kicked from the group chat", 1001, False),
        ("Forbidden: bot was kicked from the supergroup chat", -500, True),
        ("Bad Request: chat not found", -500, True),
        ("Forbidden: bot was blocked by the user", -500, False),
    ],
)
def test_of_two_chats_the_one_that_is_meant(words, chat, is_gone):
    assert of_target(Gone(words), chat) == (Gone(words) if is_gone else Refused(words))
    assert of_target(Later(3.0, words), chat) == Later(3.0, words)


async def test_what_is_to_go_is_deleted(post):
    sent = await post.gateway.send(post.group, 0, Outgoing("picture", photo=PNG))
    result = await post.gateway.edit(post.group, sent.message_id, Removed("erased"), is_photo=True)
    assert result == Sent(sent.message_id)
    assert post.last["deleted"]
    again = await post.gateway.edit(post.group, sent.message_id, Removed("erased"), is_photo=True)
    assert isinstance(again, Missing)


async def test_what_is_too_old_to_delete_loses_its_words(post):
    sent = await post.gateway.send(post.group, 0, Outgoing("my secret", photo=PNG))
    post.clock.forward(timedelta(hours=49))
    result = await post.gateway.edit(post.group, sent.message_id, Removed("erased"), is_photo=True)
    assert isinstance(result, Sent)
    assert (post.last["caption"], post.last["deleted"]) == ("erased", False)
