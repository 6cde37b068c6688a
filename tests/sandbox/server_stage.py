"""The stage of the look-alike's tests: a real aiogram bot over real HTTP, Olga and Taras in a team chat."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Update

from sandbox.clock import MovableClock
from sandbox.telegram_server import TelegramServer
from sandbox.world import World
from tests.hanging_up import hang_up

TOKEN = "42:sandbox"
BOT, OLGA, TARAS = 42, 1001, 1002
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@dataclass
class Stage:
    server: TelegramServer
    bot: Bot
    clock: MovableClock
    team: int

    @property
    def world(self) -> World:
        return self.server.world

    async def updates(self, offset: int | None = None) -> list[Update]:
        """What the bot has not confirmed yet."""
        return await self.bot.get_updates(offset=offset)

    async def forget(self) -> None:
        """Confirm everything so far."""
        for update in await self.updates():
            await self.bot.get_updates(offset=update.update_id + 1, timeout=0)

    async def refusal(self, call: Awaitable[object]) -> str:
        """The words of a 400."""
        with pytest.raises(TelegramBadRequest) as caught:
            await call
        return caught.value.message

    async def barred(self, call: Awaitable[object]) -> str:
        """The words of a 403."""
        with pytest.raises(TelegramForbiddenError) as caught:
            await call
        return caught.value.message


def keyboard(*labels: str) -> InlineKeyboardMarkup:
    """One row; the data of a button is its label in small letters."""
    return InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text=label, callback_data=label.lower()) for label in labels]]
    )


def make_bot(url: str, token: str = TOKEN) -> Bot:
    session = AiohttpSession(api=TelegramAPIServer.from_base(url))
    return Bot(token, session=session, default=DefaultBotProperties(parse_mode="HTML"))


@asynccontextmanager
async def open_stage(kind: str = "group", *, limits: bool = False, is_forum: bool = False) -> AsyncIterator[Stage]:
    clock = MovableClock(NOON, frozen=True)
    limits_clock = lambda: clock.now().timestamp()  # noqa: E731
    server = TelegramServer(clock, token=TOKEN, limits=limits, limits_clock=limits_clock)
    await server.start()
    server.world.add_user("Olga", id=OLGA, username="olga", language_code="ru")
    server.world.add_user("Taras", id=TARAS, username="taras", language_code="uk")
    team = server.world.add_chat(kind, title="Sales", is_forum=is_forum, members=[OLGA, TARAS, BOT])
    bot = make_bot(server.url)
    try:
        yield Stage(server, bot, clock, team.id)
    finally:
        await hang_up(bot)
        await server.stop()
