"""The same stories where Telegram posts updates to us instead of being asked for them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from handlers.web.metrics import Metrics
from handlers.web.server import start_site
from handlers.web.telegram import UpdateDoor
from tests.stories.touch import press_now, toasts
from tests.stories.world import ANNA, World

PATH, SECRET = "unguessable", "word"


@asynccontextmanager
async def webhook(world: World) -> AsyncIterator[str]:
    """The address Telegram posts to, over a real socket."""
    door = UpdateDoor(path=PATH, secret=SECRET, keeper=world.works.keeper, metrics=Metrics())
    app = web.Application()
    app.add_routes(door.routes())
    runner = await start_site(app, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/telegram/{PATH}"
    await runner.cleanup()


async def carried(world: World, url: str, secret: str | None) -> list[int]:
    """Telegram posts everything that waits; what was taken (2xx) is not sent again. The statuses."""
    feed, found = world.telegram.world.feed, []
    for update in feed.waiting():
        headers: dict[str, Any] = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
        async with world.http.post(url, json=update.body, headers=headers) as answer:
            found.append(answer.status)
        if found[-1] == 200:
            feed.confirm(update.id)
    return found


async def test_a_press_comes_by_webhook_and_only_with_the_secret(world):
    await world.call(ANNA)
    world.olga.sees("🔴")
    query = press_now(world.olga, "Take")
    async with webhook(world) as url:
        for secret in (None, "", "wrong"):
            assert await carried(world, url, secret) == [401]
        await world.works.updates.step()
        assert toasts(world, query) == []
        assert await carried(world, url, SECRET) == [200]
    await world.settle()
    assert toasts(world, query) == ["✋ It is yours now"]
    world.olga.sees("Olga took it")


async def test_what_telegram_posts_twice_is_done_once(world):
    """Promise 19: the answer was lost on the way, so the update comes again; a poll brings it a third time."""
    await world.call(ANNA)
    world.olga.sees("🔴")
    query = press_now(world.olga, "Take")
    (update,) = world.telegram.world.feed.waiting()
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    async with webhook(world) as url:
        for _ in range(2):
            async with world.http.post(url, json=update.body, headers=headers) as answer:
                assert answer.status == 200
    await world.settle()
    assert toasts(world, query) == ["✋ It is yours now"]
    assert world.olga.sees("Olga took it")["edits"] == 1
