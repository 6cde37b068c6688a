"""From a press to its answerCallbackQuery while thousands of messages wait for their turn."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from storage.engine import Database
from storage.inbox import counts
from tests.bench.bot_api import Asked, BotApi, bot_api, message
from tests.bench.companies import FIRST_CHAT, FIRST_MEMBER, fill, found
from tests.bench.ground import Ground, percentile
from tests.bench.pace import alerts
from tests.bench.program import serving
from tests.bench.results import Result

COMPANIES = 2_000  # 10,000 alerts: thirty a second are sent meanwhile, and 5,000 shall still wait
EVERY = 0.2
SHOWN_FIRST = 60


async def measure(ground: Ground, backend: str) -> list[Result]:
    """Members press Take on cards that their chats show, five a second."""
    count = ground.either(80, 40)
    url = await ground.new(backend)
    database = Database(url)
    rows = alerts(await found(database, COMPANIES))
    await fill(database, rows)
    async with bot_api() as api, serving(url, api.url, ground.directory):
        await _ready(database, api)
        spans = await _spans(api, count)
        waiting = len(rows) - len(api.alerts)
    await database.dispose()
    return [_result(backend, spans, waiting)]


async def _ready(database: Database, api: BotApi) -> None:
    async with asyncio.timeout(300):
        while len(api.alerts) < SHOWN_FIRST or await _pending(database):  # noqa: ASYNC110 - another process works
            await asyncio.sleep(0.5)


async def _pending(database: Database) -> int:
    async with database.read() as c:
        return (await counts(c))["pending"]


async def _spans(api: BotApi, count: int) -> list[float]:
    """Each card is pressed once."""
    began = time.perf_counter()
    presses = []
    async with asyncio.TaskGroup() as group:
        for number in range(count):
            await asyncio.sleep(max(0.0, began + number * EVERY - time.perf_counter()))
            presses.append(group.create_task(_press(api, api.alerts[number], number)))
    return [press.result() for press in presses]


async def _press(api: BotApi, card: Asked, number: int) -> float:
    answered = api.expect("answercallbackquery", f"q{number}")
    began = time.perf_counter()
    api.press(_update(card, number))
    async with asyncio.timeout(60):
        return await answered - began


def _update(card: Asked, number: int) -> dict[str, Any]:
    member = FIRST_MEMBER + FIRST_CHAT - card.chat
    take = next(press for press in card.presses if press.startswith("c:take:"))
    query = {"id": f"q{number}", "chat_instance": "1", "data": take}
    query["from"] = {"id": member, "is_bot": False, "first_name": "Member"}
    query["message"] = message(card.chat, card.message_id, card.data["text"])
    return {"update_id": 1_000 + number, "callback_query": query}


def _result(backend: str, spans: list[float], waiting: int) -> Result:
    p50, p99 = (percentile(spans, share) * 1000 for share in (0.5, 0.99))
    return Result(
        what=f"press → answer, {waiting:,} messages waiting",
        backend=backend,
        figure=f"p99 {p99:.0f} ms",
        floor=f"p50 {p50:.0f} ms",
        ratio=None,
        reach="p99 ≤ 200 ms, ≥ 5,000 waiting",
        is_reached=p99 <= 200 and waiting >= 5_000,
        more=f"{len(spans)} presses of Take",
    )
