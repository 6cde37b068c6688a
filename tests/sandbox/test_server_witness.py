"""An independent witness: what both servers model is taken or refused alike."""

import asyncio
import json
import sys
from pathlib import Path

import aiohttp
import pytest

from tests.sandbox.server_stage import OLGA, TOKEN, keyboard, open_stage

EMULATOR = Path(sys.executable).with_name("lo-bot-api-emulator")
READY = "Running on"


def buttons(count, data="d"):
    flat = [{"text": "x", "callback_data": data} for _ in range(count)]
    return json.dumps({"inline_keyboard": [flat[i : i + 5] for i in range(0, count, 5)]})


def text(length):
    return {"text": "a" * length}


PROBES = [
    ("sendMessage", text(1), True),
    ("sendMessage", text(4096), True),
    ("sendMessage", text(4097), False),
    ("sendMessage", text(0), False),
    ("sendDocument", {"caption": "c" * 1024}, True),
    ("sendDocument", {"caption": "c" * 1025}, False),
    ("sendMessage", {**text(1), "reply_markup": buttons(1, "d" * 64)}, True),
    ("sendMessage", {**text(1), "reply_markup": buttons(1, "d" * 65)}, False),
    ("sendMessage", {**text(1), "reply_markup": buttons(1, "ж" * 32)}, True),
    ("sendMessage", {**text(1), "reply_markup": buttons(1, "ж" * 33)}, False),
    ("sendMessage", {**text(1), "reply_markup": buttons(100)}, True),
    ("sendMessage", {**text(1), "reply_markup": buttons(101)}, False),
    ("sendMessage", {**text(1), "reply_markup": json.dumps({"inline_keyboard": [[{"text": "x"}]]})}, False),
    ("answerCallbackQuery", text(200), True),
    ("answerCallbackQuery", text(201), False),
]


@pytest.fixture
async def witness(unused_tcp_port):
    """The emulator, once it says that it listens."""
    options = ["--port", str(unused_tcp_port), "--enable-control", "--allow-insecure-loopback-webhooks"]
    process = await asyncio.create_subprocess_exec(
        EMULATOR, *options, stdout=asyncio.subprocess.PIPE, env={"PYTHONUNBUFFERED": "1"}
    )
    try:
        while READY not in (line := (await process.stdout.readline()).decode()):
            assert line, "the witness did not start"
        yield f"http://127.0.0.1:{unused_tcp_port}"
    finally:
        process.terminate()
        await process.communicate()


async def is_taken(http, url, method, fields):
    form = aiohttp.FormData({name: str(value) for name, value in fields.items()})
    if method == "sendDocument":
        form.add_field("document", b"x", filename="x.txt", content_type="text/plain")
    async with http.post(f"{url}/bot{TOKEN}/{method}", data=form) as response:
        answer = await response.json()
        assert (response.status == 200) == answer["ok"]
        return answer["ok"]


async def test_both_servers_take_and_refuse_the_same(witness):
    async with open_stage() as stage, aiohttp.ClientSession() as http:
        stage.world.say(OLGA, OLGA, "/start")
        card = await stage.bot.send_message(OLGA, "card", reply_markup=keyboard("Take"))
        for method, probe, expected in PROBES:
            press = stage.world.press(OLGA, OLGA, card.message_id, data="take")
            fields = {**probe, **({"callback_query_id": press} if method.startswith("answer") else {"chat_id": OLGA})}
            ours = await is_taken(http, stage.server.url, method, fields)
            theirs = await is_taken(http, witness, method, fields)
            shown = {name: str(value)[:40] for name, value in fields.items()}
            assert (ours, theirs) == (expected, expected), (method, shown)
