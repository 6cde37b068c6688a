"""The process that sends is killed: how long until another one sends what came afterwards (PostgreSQL)."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime

from aiohttp import ClientSession

from storage.engine import Database
from tests.bench.bot_api import BotApi, bot_api
from tests.bench.companies import Company, found, miss, signed
from tests.bench.ground import TOKEN, Ground, percentile
from tests.bench.results import Result
from tests.processes.fleet import Fleet, Process

NAMES = ("web-1", "worker-1", "worker-2")
COMPANIES = 40


async def measure(ground: Ground, backend: str) -> list[Result]:
    """An SQLite file has one process: there is nobody to take over."""
    if backend != "postgres":
        return []
    url = await ground.new(backend)
    database = Database(url)
    companies = await found(database, COMPANIES)
    await database.dispose()
    async with bot_api() as api:
        fleet = Fleet(ground.directory, url, api.url, TOKEN)
        try:
            spans = [await _round(fleet, api, companies[number]) for number in range(ground.either(8, 3))]
        finally:
            await fleet.kill_all()
    return [_result(backend, spans)]


async def _round(fleet: Fleet, api: BotApi, company: Company) -> float:
    """Everybody is well; the sender dies; a client calls in vain."""
    await fleet.whole(NAMES)
    sender = await _sender(fleet)
    port = fleet.running["web-1"].port
    async with ClientSession(f"http://127.0.0.1:{port}") as http:
        sender.process.kill()
        began = time.perf_counter()
        heard = api.expect("sendmessage", company.chat)
        body = json.dumps(miss(f"f-{company.number}", f"+38050{company.number:07d}", datetime.now(UTC))).encode()
        headers = {"X-Perezvon-Signature": signed(body, int(time.time()))}
        async with http.post(f"/hooks/{company.token}", data=body, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
        async with asyncio.timeout(60):
            span = await heard - began
    await sender.process.wait()
    return span


async def _sender(fleet: Fleet) -> Process:
    async with asyncio.timeout(60):
        while (sender := fleet.on_duty("send")) is None:  # noqa: ASYNC110 - told by its log
            await asyncio.sleep(0.1)
    return sender


def _result(backend: str, spans: list[float]) -> Result:
    worst = max(spans)
    return Result(
        what="the sender killed → the heir sends",
        backend=backend,
        figure=f"median {percentile(spans, 0.5):.1f} s, longest {worst:.1f} s",
        floor="what the law allows: 5 s",
        ratio=worst / 5,
        reach="≤ 5 s",
        is_reached=worst <= 5,
        more=f"{len(spans)} kills",
    )
