"""What the stories of time share: a company with office hours, a second process, and a head who has started the bot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.wiring import Telegram, Works, build
from storage.engine import Database
from tests.hanging_up import hang_up
from tests.stories.world import GROUP, UNHURRIED, World, new_world, shown_text

OFFICE_HOURS = "Mo-Fr 09:00-18:00; PH off"


@asynccontextmanager
async def watched(database: Database, **settings: str) -> AsyncIterator[World]:
    """A world with settings of its own; a message that nobody looked at fails the story."""
    async with new_world(database, **settings) as world:
        yield world
        assert not world.unseen(), "\n---\n".join(["nobody looked at:", *world.unseen()])


@asynccontextmanager
async def second_process(world: World) -> AsyncIterator[Works]:
    """Another `serve` over the same database and the same Telegram."""
    address = Telegram(token="42:sandbox", api_url=world.telegram.url, limits=UNHURRIED)
    database = Database(world.database.url)
    works = build(database, world.clock, world.works.seal, address)
    try:
        yield works
    finally:
        await hang_up(works.bot)
        await database.dispose()


async def start_in_private(world: World, *names: str) -> None:
    """From now on the bot may write to them; its greeting is of no interest here."""
    for name in names:
        await world.people[name].writes("/start")
    world.look_away()


def with_text(world: World, part: str, chat: int = GROUP) -> list[dict[str, Any]]:
    """The bot's messages that contain it and still stand in the chat."""
    return [message for message in world.messages(chat) if part in shown_text(message)]


def ever_said(world: World, part: str, chat: int = GROUP) -> int:
    """How many messages with this text were sent to a chat, deleted ones too."""
    bot = world.telegram.world.bot.id
    said = [m for m in world.telegram.world.messages(chat) if m.get("from", {}).get("id") == bot]
    return sum(part in shown_text(message) for message in said)
