"""A thousand alerts over two hundred chats against a server that enforces Telegram's limits."""

from __future__ import annotations

import asyncio
import math
import time
from datetime import UTC, datetime
from typing import Any

from storage.engine import Database
from tests.bench.bot_api import BotApi, bot_api
from tests.bench.companies import Company, fill, found, miss, stored
from tests.bench.ground import Ground
from tests.bench.program import serving
from tests.bench.results import Result

EACH = 5  # a chat with more waiting gets a bundle instead
A_SECOND = 30


async def measure(ground: Ground, backend: str) -> list[Result]:
    """The misses wait in the inbox when the program starts; real limits, real seconds."""
    url = await ground.new(backend)
    database = Database(url)
    rows = alerts(await found(database, ground.either(200, 60)))
    await fill(database, rows)
    await database.dispose()
    async with bot_api(has_limits=True) as api:
        async with serving(url, api.url, ground.directory):
            await _all_sent(api, len(rows))
        return [_result(backend, api, len(rows))]


def alerts(companies: list[Company]) -> list[dict[str, Any]]:
    """So many misses of so many clients, for every company as many as are shown one by one."""
    now = datetime.now(UTC)
    return [
        stored(company, miss(f"p-{number}", f"+38067{number:07d}", now), now)
        for number in range(EACH)
        for company in companies
    ]


async def _all_sent(api: BotApi, count: int) -> None:
    """And two seconds more, in which a repeated one would come."""
    give_up_at = time.monotonic() + 60 + 3 * count / A_SECOND
    while len(api.alerts) < count and time.monotonic() < give_up_at:  # noqa: ASYNC110 - it is another process's doing
        await asyncio.sleep(0.2)
    await asyncio.sleep(2)


def _result(backend: str, api: BotApi, count: int) -> Result:
    taken = api.alerts
    cases = {each.case for each in taken}
    took = taken[-1].at - taken[0].at
    allowed = math.ceil(count / A_SECOND) - 1
    share = api.refused / (len(api.taken) + api.refused)
    is_whole = len(cases) == count == len(taken)
    return Result(
        what=f"{count:,} alerts, {count // EACH} chats, enforced limits",
        backend=backend,
        figure=f"{took:.1f} s",
        floor=f"the limits allow {allowed} s",
        ratio=took / allowed,
        reach="all, none twice, ≤ 1.05 ×, 429 < 1 %",
        is_reached=is_whole and took <= 1.05 * allowed and share < 0.01,
        more=f"{len(cases):,} cases in {len(taken):,} alerts, {len(api.taken) - len(taken)} other messages, {share:.1%} 429",
    )
