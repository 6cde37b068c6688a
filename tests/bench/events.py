"""Events applied to cases and cards by the real worker, beside the bare writes of the same rows."""

from __future__ import annotations

import time
from contextlib import ExitStack
from statistics import median
from typing import Any

from sqlalchemy import func, select

from followup.calls.tables import calls
from followup.cases.tables import cases
from storage.engine import Database
from tests.bench.companies import Days, fill, found
from tests.bench.ground import OURS, THEIRS, Ground, child, said, tell
from tests.bench.results import Result

COMPANIES = 100


async def measure(ground: Ground, backend: str) -> list[Result]:
    """Rate of one worker against the floor; on PostgreSQL the CPU of two against that of one."""
    rounds, size = ground.either((3, 6_000), (2, 3_000))
    database = Database(await ground.new(backend))
    days = Days(await found(database, COMPANIES))
    results = [await _one(database, days, rounds, size, backend)]
    if backend == "postgres":
        results.append(await _two(ground, database, days, ground.either(7, 2), size))
    await database.dispose()
    return results


async def _one(database: Database, days: Days, rounds: int, size: int, backend: str) -> Result:
    ours, floors = [], []
    with child("worker", _address(database)) as worker:
        await said(worker)
        for _ in range(rounds):
            await fill(database, days.rows(size))
            ours.append(await _emptied(worker))
            floors.append(await _floor(database, days, size))
    made = await _made(database)
    reach = 2000 if backend == "sqlite" else 1500
    best = max(ours)
    floor = max(floors)
    return Result(
        what="events applied, one worker",
        backend=backend,
        figure=f"{best:,.0f}/s",
        floor=f"bare rows {floor:,.0f}/s",
        ratio=best / floor,
        reach=f"≥ {reach:,}/s",
        is_reached=best >= reach,
        more=f"median {median(ours):,.0f}/s of {rounds} × {size:,} events, {COMPANIES} teams, {made}",
    )


async def _emptied(worker: Any) -> float:
    tell(worker)
    told = await said(worker)
    return float(told["done"] / told["seconds"])


async def _floor(database: Database, days: Days, size: int) -> float:
    """The same requests read and written as bare calls, a transaction a team: what no thinking at all would cost."""
    with child("floor", _address(database), core=OURS) as process:
        await said(process)
        await fill(database, days.rows(size))
        tell(process)
        return float((await said(process))["rate"])


async def _two(ground: Ground, database: Database, days: Days, rounds: int, size: int) -> Result:
    """CPU a row, the server's own included: on two cores a second worker cannot double the rate, but must not waste."""
    ratios, rates = [], []
    with ExitStack() as stack:
        workers = [stack.enter_context(child("worker", _address(database), core=core)) for core in (OURS, THEIRS)]
        for worker in workers:
            await said(worker)
        for _ in range(rounds):
            alone, _rate = await _cpu(ground, database, days.rows(size), workers[:1])
            both, rate = await _cpu(ground, database, days.rows(size), workers)
            ratios.append(both / alone)
            rates.append(rate)
    middle = median(ratios)  # both sides of a ratio are noisy: the best one would only be the luckiest
    return Result(
        what="two workers: CPU an event",
        backend="postgres",
        figure=f"{middle:.2f} × one",
        floor="one worker 1.00",
        ratio=middle,
        reach="≤ 1.1 × one",
        is_reached=middle <= 1.1,
        more=f"median of {rounds} rounds, {min(ratios):.2f} to {max(ratios):.2f}; both together {max(rates):,.0f}/s",
    )


async def _cpu(
    ground: Ground, database: Database, rows: list[dict[str, Any]], workers: list[Any]
) -> tuple[float, float]:
    await fill(database, rows)
    used, began = ground.postgres_cpu(), time.perf_counter()
    for worker in workers:
        tell(worker)
    told = [await said(worker) for worker in workers]
    seconds = time.perf_counter() - began
    done = sum(each["done"] for each in told)
    return (ground.postgres_cpu() - used + sum(each["cpu"] for each in told)) / done, done / seconds


async def _made(database: Database) -> str:
    async with database.read() as c:
        count = [await c.scalar(select(func.count()).select_from(table)) for table in (calls, cases)]
    return f"{count[0]:,} calls, {count[1]:,} cases"


def _address(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)
