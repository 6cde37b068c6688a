"""How updates travel: long polling with its 409s, and the webhook with its queues and repeats."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from aiogram.exceptions import TelegramConflictError
from aiohttp import web

from tests.hanging_up import hang_up
from tests.sandbox.server_stage import OLGA, TARAS, keyboard, make_bot, open_stage


@pytest.fixture
async def stage():
    async with open_stage() as opened:
        await opened.forget()
        yield opened


class Hook:
    """A webhook of a bot: remembers what came and answers what it is told to."""

    def __init__(self, server):
        self.server = server
        self.bodies, self.secrets, self.answers = [], [], []
        self.gate = asyncio.Event()
        self.gate.set()
        self.url = ""

    async def take(self, request):
        self.bodies.append(await request.json())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        answer = self.answers.pop(0) if self.answers else web.Response()
        self.server.world.journal.pulse.ring()
        await self.gate.wait()
        return answer

    async def came(self, count):
        await self.server.wait_for(lambda: len(self.bodies) >= count)

    async def settled(self):
        await self.server.wait_for(lambda: not self.server.world.feed.pending)


@asynccontextmanager
async def open_hook(server):
    hook = Hook(server)
    server.courier.first_delay = 0.001
    app = web.Application()
    app.router.add_post("/tg", hook.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/tg"
    try:
        yield hook
    finally:
        hook.gate.set()
        await runner.cleanup()


async def test_a_long_poll_returns_as_soon_as_somebody_speaks(stage):
    poll = asyncio.create_task(stage.bot.get_updates(timeout=50))
    await stage.server.wait_for(lambda: stage.server.site.poller)
    stage.world.say(OLGA, OLGA, "/start")
    assert [u.message.text for u in await poll] == ["/start"]


async def test_an_offset_confirms_and_ids_grow_by_one(stage):
    for text in ("/a", "/b", "/c"):
        stage.world.say(OLGA, OLGA, text)
    first, second, third = await stage.updates()
    assert (second.update_id, third.update_id) == (first.update_id + 1, first.update_id + 2)
    assert [u.message.text for u in await stage.updates(second.update_id)] == ["/b", "/c"]
    assert [u.message.text for u in await stage.bot.get_updates(limit=1)] == ["/b"]
    assert [u.message.text for u in await stage.updates(-1)] == ["/c"]


async def test_only_wanted_kinds_come_and_the_list_is_remembered(stage):
    sent = await stage.bot.send_message(stage.team, "x", reply_markup=keyboard("Take"))
    await stage.bot.get_updates(allowed_updates=["callback_query"])
    stage.world.say(OLGA, OLGA, "/start")
    stage.world.press(OLGA, stage.team, sent.message_id, data="take")
    assert [u.event_type for u in await stage.updates()] == ["callback_query"]


async def test_chat_member_comes_only_if_asked_for(stage):
    stage.world.member(stage.team, 42, "promote")
    await stage.forget()
    stage.world.member(stage.team, TARAS, "promote")
    assert await stage.updates() == []
    await stage.bot.get_updates(allowed_updates=["chat_member"])
    stage.world.member(stage.team, TARAS, "leave")
    assert (await stage.updates())[0].chat_member.new_chat_member.status == "left"


async def test_a_second_poller_ends_the_first(stage):
    other = make_bot(stage.server.url)
    first = asyncio.create_task(stage.bot.get_updates(timeout=50))
    await stage.server.wait_for(lambda: stage.server.site.poller)
    await other.get_updates(timeout=0)
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
        await first
    await hang_up(other)


async def test_polling_and_webhook_exclude_each_other(stage):
    poll = asyncio.create_task(stage.bot.get_updates(timeout=50))
    await stage.server.wait_for(lambda: stage.server.site.poller)
    await stage.bot.set_webhook("https://bot.example/hook", max_connections=1)
    with pytest.raises(TelegramConflictError, match="terminated by setWebhook"):
        await poll
    with pytest.raises(TelegramConflictError, match="while webhook is active"):
        await stage.bot.get_updates()
    await stage.bot.delete_webhook()
    assert await stage.updates() == []


@pytest.mark.parametrize(
    ("url", "secret", "words"),
    [
        ("http://bot.example/hook", None, "An HTTPS URL must be provided"),
        ("https://bot.example:8081/hook", None, "only on ports 80, 88, 443 or 8443"),
        ("https://bot.example/hook", "a b", "unallowed characters"),
        ("https://bot.example/hook", "a" * 257, "secret token is too long"),
    ],
)
async def test_webhooks_that_are_refused(stage, url, secret, words):
    assert words in await stage.refusal(stage.bot.set_webhook(url, secret_token=secret))


async def test_the_webhook_gets_updates_with_the_secret(stage):
    async with open_hook(stage.server) as hook:
        await stage.bot.set_webhook(hook.url, secret_token="s3cret")
        stage.world.say(OLGA, OLGA, "/start")
        await hook.settled()
        assert [body["message"]["text"] for body in hook.bodies] == ["/start"]
        assert hook.secrets == ["s3cret"]
        assert (await stage.bot.get_webhook_info()).pending_update_count == 0


async def test_a_refused_update_is_repeated_and_holds_back_only_its_own_queue(stage):
    async with open_hook(stage.server) as hook:
        hook.answers = [web.Response(status=500), web.Response(status=502), web.Response()]
        await stage.bot.set_webhook(hook.url)
        stage.world.say(OLGA, OLGA, "/one")
        stage.world.say(OLGA, OLGA, "/two")
        await hook.settled()
        assert [body["message"]["text"] for body in hook.bodies] == ["/one", "/one", "/one", "/two"]
        assert "502" in (await stage.bot.get_webhook_info()).last_error_message


async def test_one_chat_has_one_update_under_way_but_two_people_press_at_once(stage):
    sent = await stage.bot.send_message(stage.team, "x", reply_markup=keyboard("Take"))
    async with open_hook(stage.server) as hook:
        hook.gate.clear()
        await stage.bot.set_webhook(hook.url)
        stage.world.say(OLGA, stage.team, "/one")
        stage.world.say(TARAS, stage.team, "/two")
        stage.world.press(OLGA, stage.team, sent.message_id, data="take")
        stage.world.press(TARAS, stage.team, sent.message_id, data="take")
        await hook.came(3)
        assert sorted(next(k for k in body if k != "update_id") for body in hook.bodies) == [
            "callback_query",
            "callback_query",
            "message",
        ]
        hook.gate.set()
        await hook.settled()
        assert hook.bodies[-1]["message"]["text"] == "/two"


async def test_a_method_in_the_answer_is_carried_out(stage):
    async with open_hook(stage.server) as hook:
        hook.answers = [web.json_response({"method": "sendMessage", "chat_id": OLGA, "text": "hello"})]
        await stage.bot.set_webhook(hook.url)
        stage.world.say(OLGA, OLGA, "/start")
        await stage.server.wait_for(lambda: len(stage.world.messages(OLGA)) == 2)
        assert stage.world.messages(OLGA)[-1]["text"] == "hello"


async def test_updates_of_a_dead_hook_wait_for_the_next_poll(stage):
    await stage.bot.set_webhook("http://127.0.0.1:9/dead")
    stage.world.say(OLGA, OLGA, "/start")
    await stage.server.wait_for(lambda: "last_error_message" in stage.server.courier.info())
    await stage.bot.delete_webhook()
    assert [u.message.text for u in await stage.updates()] == ["/start"]
