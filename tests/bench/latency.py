"""From the POST of a miss to the request at the Bot API, through the real program, beside two bare commits and a request."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime

from aiohttp import ClientSession

from storage.engine import Database
from tests.bench.bot_api import BotApi, bot_api
from tests.bench.companies import Company, found, miss, signed
from tests.bench.ground import Ground, child, percentile, said
from tests.bench.program import serving
from tests.bench.results import Result

COMPANIES = 100  # at 20 a second each chat hears something every five: no limit is near
EVERY = 0.05
WARM_UP = COMPANIES  # their books are read


async def measure(ground: Ground, backend: str) -> list[Result]:
    """Twenty a second, whether or not the one before has arrived."""
    count = ground.either(400, 120)
    url = await ground.new(backend)
    database = Database(url)
    companies = await found(database, COMPANIES)
    await database.dispose()
    async with bot_api() as api:
        own = (companies[0].team_id, companies[0].connection_id)
        with child("hook_server", "relay", url, *own, api.url) as bare:
            port = (await said(bare))["port"]
            floor = await _spans(api, companies, port, count // 2)
        async with serving(url, api.url, ground.directory) as program:
            used = program.cpu
            spans = await _spans(api, companies, program.port, count)
            used = (program.cpu - used) / (count + WARM_UP)
    return [_result(backend, spans, floor, used)]


async def _spans(api: BotApi, companies: list[Company], port: int, count: int) -> list[float]:
    async with ClientSession(f"http://127.0.0.1:{port}") as http:
        began = time.perf_counter()
        posts = []
        async with asyncio.TaskGroup() as group:
            for number in range(count + WARM_UP):
                await asyncio.sleep(max(0.0, began + number * EVERY - time.perf_counter()))
                company = companies[number % len(companies)]
                posts.append(group.create_task(_post(http, api, company, number)))
    return [post.result() for post in posts[WARM_UP:]]


async def _post(http: ClientSession, api: BotApi, company: Company, number: int) -> float:
    event = miss(f"l-{number}-{time.time()}", f"+38067{number:07d}", datetime.now(UTC))
    body = json.dumps(event).encode()
    heard = api.expect("sendmessage", company.chat)
    headers = {"X-Perezvon-Signature": signed(body, int(time.time())), "X-Chat": str(company.chat)}
    began = time.perf_counter()
    async with http.post(f"/hooks/{company.token}", data=body, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
    async with asyncio.timeout(30):
        return await heard - began


def _result(backend: str, spans: list[float], floor: list[float], used: float) -> Result:
    p50, p99 = (percentile(spans, share) * 1000 for share in (0.5, 0.99))
    floor_p50, floor_p99 = (percentile(floor, share) * 1000 for share in (0.5, 0.99))
    return Result(
        what="POST of a miss → Bot API, 20/s",
        backend=backend,
        figure=f"p50 {p50:.1f} ms, p99 {p99:.1f} ms",
        floor=f"two commits and a request: p50 {floor_p50:.1f} ms, p99 {floor_p99:.1f} ms",
        ratio=p50 / floor_p50,
        reach="p50 ≤ 12 ms, p99 ≤ 60 ms",
        is_reached=p50 <= 12 and p99 <= 60,
        more=f"{len(spans)} misses, {COMPANIES} chats, {used * 1000:.1f} ms of CPU each",
    )
