"""Promises 5 and 15: every refusal is a value, a refused text is sent plain."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiogram.types import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup

from messenger.gateway import Gateway
from messenger.outgoing import Outgoing
from messenger.results import Broken, Gone, Later, Missing, Moved, Refused, Sent, TopicGone, Unchanged
from sandbox.clock import MovableClock
from tests.messenger.mailroom import NOON, OLGA, PNG, TARAS, telegram

TAKE = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Take", callback_data="take")]])


class Counter:
    """A gateway beside the Telegram it speaks to."""

    def __init__(self, server, bot) -> None:
        self.server, self.world, self.bot = server, server.world, bot
        self.server.limits = None
        self.gateway = Gateway(bot, patience=timedelta(seconds=1), upload_patience=timedelta(seconds=1))
        self.group = self.world.add_chat("group", title="Aurora", members=[OLGA, TARAS, self.world.bot.id]).id

    async def send(self, text: str = "one", chat: int = 0, thread: int = 0, **content):
        return await self.gateway.send(chat or self.group, thread, Outgoing(text, **content))

    async def edit(self, message_id: int, text: str, *, is_photo: bool = False, **content):
        return await self.gateway.edit(self.group, message_id, Outgoing(text, **content), is_photo=is_photo)

    @property
    def last(self):
        return self.world.messages(self.group)[-1]

    @property
    def methods(self) -> list[str]:
        return [request.method for request in self.world.requests]


@pytest.fixture
async def counter():
    async with telegram(MovableClock(NOON, frozen=True)) as (server, bot):
        yield Counter(server, bot)


async def test_a_text_is_html_without_link_preview(counter):
    result = await counter.send("<b>Missed</b> https://example.org", keyboard=TAKE)
    assert result == Sent(counter.last["message_id"])
    assert (counter.last["text"], counter.last["entities"][0]["type"]) == ("Missed https://example.org", "bold")
    assert counter.last["reply_markup"]["inline_keyboard"][0][0]["text"] == "Take"
    assert counter.world.requests[-1].params["link_preview_options"] == {"is_disabled": True}


async def test_a_text_refused_with_its_mark_up_is_sent_plain(counter):
    result = await counter.send("<x>Sun &amp; Co</x> <b>late", keyboard=TAKE)
    assert isinstance(result, Sent)
    assert (counter.last["text"], counter.last.get("entities")) == ("Sun & Co late", None)
    assert counter.last["reply_markup"]["inline_keyboard"]
    assert [r.status for r in counter.world.requests] == [400, 200]


async def test_a_text_too_long_is_cut_when_sent_plain(counter):
    assert isinstance(await counter.send("y" * 5000), Sent)
    assert counter.last["text"] == "y" * 4096


async def test_what_is_refused_plain_too_is_refused(counter):
    assert isinstance(await counter.send(" "), Refused)


async def test_an_answer_to_a_message_that_vanished_is_sent_all_the_same(counter):
    said = counter.world.say(OLGA, counter.group, "/report")
    await counter.send("here", reply_to=said.id)
    assert counter.last["reply_to_message"]["message_id"] == said.id
    counter.world.delete(counter.group, said.id)
    assert isinstance(await counter.send("here", reply_to=said.id), Sent)


async def test_a_picture_carries_a_short_text(counter):
    assert await counter.send("<b>7</b> missed", photo=PNG, keyboard=TAKE) == Sent(counter.last["message_id"], True)
    assert (counter.last["caption"], bool(counter.last["photo"])) == ("7 missed", True)
    assert counter.last["reply_markup"]["inline_keyboard"]


async def test_a_long_text_goes_before_its_picture_and_is_the_message(counter):
    result = await counter.send("y" * 1025, photo=PNG, keyboard=TAKE)
    text, picture = counter.world.messages(counter.group)[-2:]
    assert result == Sent(text["message_id"])
    assert text["reply_markup"]["inline_keyboard"]
    assert (picture.get("caption"), picture.get("reply_markup")) == (None, None)
    assert picture["photo"]


async def test_a_picture_that_is_refused_leaves_its_text(counter):
    result = await counter.send("<b>7</b> missed", photo=b"not a picture")
    assert result == Sent(counter.last["message_id"])
    assert counter.last["text"] == "7 missed"


async def test_a_file_keeps_its_name(counter):
    assert isinstance(await counter.send("All of November", document=("calls.csv", b"a;b")), Sent)
    assert (counter.last["document"]["file_name"], counter.last["caption"]) == ("calls.csv", "All of November")


async def test_a_file_that_did_not_come_is_sent_again_with_its_text(counter):
    counter.world.faults.add("500", "sendDocument")
    assert isinstance(await counter.send("y" * 1025, document=("calls.csv", b"a;b")), Later)


async def test_an_edit_changes_text_and_buttons(counter):
    sent = await counter.send("one", keyboard=TAKE)
    assert await counter.edit(sent.message_id, "<i>two</i>") == sent
    assert (counter.last["text"], counter.last.get("reply_markup"), counter.last["edits"]) == ("two", None, 1)
    assert await counter.edit(sent.message_id, "<i>two</i>") == Unchanged()
    assert await counter.edit(sent.message_id, "<x>three</x>") == sent
    assert counter.last["text"] == "three"


async def test_a_picture_is_edited_as_a_picture(counter):
    sent = await counter.send("one", photo=PNG)
    assert await counter.edit(sent.message_id, "two", is_photo=True) == sent
    assert counter.last["caption"] == "two"
    assert await counter.edit(sent.message_id, "three", is_photo=True, photo=PNG + b"\0") == sent
    assert counter.last["caption"] == "three"
    assert counter.methods[-2:] == ["editMessageCaption", "editMessageMedia"]


async def test_what_cannot_be_edited(counter):
    sent, asked = await counter.send("one"), await counter.send("why?", keyboard=ForceReply(selective=True))
    counter.world.delete(counter.group, sent.message_id)
    assert await counter.edit(sent.message_id, "two") == Missing()
    before = len(counter.methods)
    assert isinstance(await counter.edit(asked.message_id, "two"), Refused)
    assert len(counter.methods) == before + 1  # without mark-up it could not be edited either


async def test_a_message_is_deleted_once(counter):
    sent = await counter.send("one")
    assert await counter.gateway.delete(counter.group, sent.message_id) == sent
    assert await counter.gateway.delete(counter.group, sent.message_id) == Missing()


FAULTS = [
    ("500", Later),
    ("502_html", Later),
    ("500_restart", Later),
    ("reset_before", Later),
    ("reset_after", Later),
    ("hang", Later),
    ("429_bare", Later),
    ("409", Later),
    ("403_kicked", Gone),
    ("403_blocked", Gone),
    ("403_deactivated", Gone),
    ("403_deleted", Gone),
    ("400_chat_not_found", Gone),
    ("400_rights", Gone),
    ("400_thread_not_found", TopicGone),
    ("400_topic_closed", TopicGone),
    ("413", Refused),
    ("401", Broken),
    ("404", Broken),
]


@pytest.mark.parametrize(("kind", "result"), FAULTS)
async def test_every_trouble_is_a_value(counter, kind, result):
    counter.world.faults.add(kind, times=2, seconds=5)
    assert type(await counter.send()) is result
    assert await counter.gateway.answer("7", "hello") is False


async def test_429_says_how_long(counter):
    counter.world.faults.add("429", retry_after=17)
    result = await counter.send()
    assert (type(result), result.seconds) == (Later, 17)


async def test_an_unreachable_telegram_is_later(counter):
    await counter.server.stop()
    assert isinstance(await counter.send(), Later)


async def test_a_group_that_moved_says_where_to(counter):
    new_id = counter.world.migrate(counter.group).id
    assert await counter.send() == Moved(new_id)


async def test_a_message_goes_to_its_topic(counter):
    forum = counter.world.add_chat("supergroup", title="F", is_forum=True, members=[OLGA, counter.world.bot.id]).id
    topic = counter.world.add_topic(forum, "Misses")
    assert isinstance(await counter.send(chat=forum, thread=topic), Sent)
    assert counter.world.messages(forum)[-1]["message_thread_id"] == topic
    counter.world.close_topic(forum, topic)
    assert isinstance(await counter.send(chat=forum, thread=topic), TopicGone)


async def test_a_press_is_answered_once_and_a_late_one_is_no_error(counter):
    sent = await counter.send("card", keyboard=TAKE)
    query = counter.world.press(TARAS, counter.group, sent.message_id, data="take")
    assert await counter.gateway.answer(query, "y" * 300, alert=True) is True
    answer = counter.world.answers(user_id=TARAS)[0]
    assert (len(answer.text), answer.show_alert) == (200, True)
    assert await counter.gateway.answer(query, "again") is False
