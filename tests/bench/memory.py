"""What the process holds: after its imports, with a thousand teams, after a hundred thousand events."""

from __future__ import annotations

import asyncio

from storage.engine import Database
from storage.inbox import counts
from tests.bench.bot_api import bot_api
from tests.bench.companies import Days, fill, found
from tests.bench.ground import Ground, child, said
from tests.bench.program import serving
from tests.bench.results import Result

COMPANIES = 1_000
_CHUNK = 5_000


async def measure(ground: Ground, backend: str) -> list[Result]:
    """The whole program, as the kernel sees it."""
    events = ground.either(100_000, 20_000)
    url = await ground.new(backend)
    database = Database(url)
    days = Days(await found(database, COMPANIES), clients=50)
    with child("imports") as bare:
        imported = float((await said(bare))["megabytes"])
    async with bot_api() as api, serving(url, api.url, ground.directory) as program:
        await _apply(database, days, COMPANIES)
        with_teams = program.megabytes
        for _ in range(events // _CHUNK):
            await _apply(database, days, _CHUNK)
        after = program.megabytes
    await database.dispose()
    return [_of_teams(backend, imported, with_teams), _of_events(backend, with_teams, after, events)]


async def _apply(database: Database, days: Days, count: int) -> None:
    await fill(database, days.rows(count))
    async with asyncio.timeout(300):
        while await _pending(database):  # noqa: ASYNC110 - another process works
            await asyncio.sleep(0.5)


async def _pending(database: Database) -> int:
    async with database.read() as c:
        return (await counts(c))["pending"]


def _of_teams(backend: str, imported: float, with_teams: float) -> Result:
    return Result(
        what=f"memory with {COMPANIES:,} teams at work",
        backend=backend,
        figure=f"{with_teams:.0f} MB",
        floor=f"after the imports {imported:.0f} MB",
        ratio=with_teams / imported,
        reach="≤ 60 MB more",
        is_reached=with_teams - imported <= 60,
        more=f"{with_teams - imported:+.0f} MB, an event of each team applied",
    )


def _of_events(backend: str, before: float, after: float, events: int) -> Result:
    return Result(
        what=f"memory after {events:,} events",
        backend=backend,
        figure=f"{after:.0f} MB",
        floor=f"before them {before:.0f} MB",
        ratio=after / before,
        reach="growth ≤ 10 %",
        is_reached=after <= 1.1 * before,
        more=f"{after / before - 1:+.1%}",
    )
