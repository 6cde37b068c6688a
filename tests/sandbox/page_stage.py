"""A small theatre for the page: a sandbox with three people, a bot of forty lines, and a real Chromium before it."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, async_playwright

from sandbox.clock import MovableClock
from sandbox.days.exchange import PhoneExchange, add_exchange_routes
from sandbox.days.ordinary_day import ordinary_day
from sandbox.pbx import SimulatedPbx
from sandbox.telegram_server import TelegramServer

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NEEDS_CHROMIUM = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium on this machine: the page cannot be looked at"
)
# 10:26 in Kyiv, in the middle of the planted day
MORNING = datetime(2026, 11, 20, 8, 26, tzinfo=UTC)
OLGA, TARAS, IRYNA = 101, 102, 103


@dataclass
class TinyBot:
    """Long-polls the look-alike, remembers every update and answers presses and commands from its script."""

    url: str
    token: str
    presses: dict[str, dict[str, Any]] = field(default_factory=dict)
    replies: dict[str, dict[str, Any]] = field(default_factory=dict)
    texts: list[dict[str, Any]] = field(default_factory=list)
    pressed: list[dict[str, Any]] = field(default_factory=list)
    session: aiohttp.ClientSession | None = None

    async def call(self, method: str, **params: Any) -> Any:
        assert self.session
        form = aiohttp.FormData()
        for name, value in params.items():
            if isinstance(value, tuple):
                form.add_field(name, value[1], filename=value[0])
            else:
                form.add_field(name, value if isinstance(value, str) else json.dumps(value))
        async with self.session.post(f"{self.url}/bot{self.token}/{method}", data=form) as answer:
            body = await answer.json()
        assert body["ok"], body
        return body["result"]

    async def run(self) -> None:
        offset = 0
        while True:
            for update in await self.call("getUpdates", offset=offset, timeout=30):
                offset = update["update_id"] + 1
                await self.take(update)

    async def take(self, update: dict[str, Any]) -> None:
        if query := update.get("callback_query"):
            self.pressed.append(query)
            await self.call("answerCallbackQuery", callback_query_id=query["id"], **self.presses.get(query["data"], {}))
        if message := update.get("message"):
            self.texts.append(message)
            if answer := self.replies.get(message.get("text", "")):
                await self.call("sendMessage", chat_id=message["chat"]["id"], **answer)


@dataclass
class Stage:
    """Everything a test of the page touches."""

    server: TelegramServer
    bot: TinyBot
    group: int
    exchange: PhoneExchange
    posts: list[dict[str, Any]]

    async def heard(self, text: str) -> dict[str, Any]:
        """The message with this text, once it has reached the bot."""

        def found() -> dict[str, Any] | None:
            return next((each for each in self.bot.texts if each.get("text") == text), None)

        return await self.server.wait_for(found, 30)


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    clock = MovableClock(MORNING, frozen=True)
    server = TelegramServer(clock, limits=False)
    world = server.world
    for number, name, role in ((OLGA, "Olga", "manager"), (TARAS, "Taras", "manager"), (IRYNA, "Iryna", "head")):
        world.add_user(name, id=number, role_note=role, language_code="uk")
        world.add_chat("private", id=number, members=[number, world.bot.id])
    group = world.add_chat("group", title="Aurora Windows", members=[OLGA, TARAS, IRYNA, world.bot.id]).id
    posts: list[dict[str, Any]] = []

    async def post(body: bytes, _: dict[str, str]) -> int:
        posts.append(json.loads(body))
        return 200

    async def numbers() -> dict[str, int | None]:
        # An honest bot but for one number, so that both marks are seen.
        truth = exchange.view({})["truth"]
        return {**truth, "missed": (truth["missed"] or 0) + 1, "by_hand": 0}

    exchange = PhoneExchange(SimulatedPbx(clock, post), clock, ordinary_day(date(2026, 11, 20)))
    add_exchange_routes(server.app, exchange, numbers)
    await server.start()
    bot = TinyBot(server.url, server.token)
    async with aiohttp.ClientSession() as bot.session:
        polling = asyncio.get_running_loop().create_task(bot.run())
        yield Stage(server, bot, group, exchange, posts)
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
        await server.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def play() -> AsyncIterator[Stage]:
    async with stage() as it:
        yield it


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as driver:
        chromium = await driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        await chromium.close()


async def opened(browser: Browser, play: Stage, *, width: int = 1600, **context: Any) -> Page:
    wanted: dict[str, Any] = {"locale": "en-GB", "color_scheme": "light", **context}
    place = await browser.new_context(viewport={"width": width, "height": 844}, **wanted)
    page = await place.new_page()
    await page.goto(play.server.url)
    await page.wait_for_selector("body[data-ready]")
    return page


def chat(page: Page, title: str) -> Locator:
    return page.locator("section.column", has=page.get_by_role("heading", name=title, exact=True))


def keys(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}
