"""Hooks accepted and on disk: the program's door against a bare aiohttp handler in front of the same group commit."""

from __future__ import annotations

from statistics import median
from typing import Any

from sqlalchemy import func, select

from storage.engine import Database
from storage.tables import inbox
from tests.bench.companies import Company, found
from tests.bench.ground import THEIRS, Ground, child, said
from tests.bench.results import Result

CONNECTIONS = 64


async def measure(ground: Ground, backend: str) -> list[Result]:
    """Both in turn, several rounds; the server on one core, the callers on another."""
    rounds, seconds = ground.either((8, 2.0), (2, 2.0))
    url = await ground.new(backend)
    database = Database(url)
    [company] = await found(database, 1)
    own = (company.team_id, company.connection_id)
    with child("hook_server", "ours", url, *own) as ours, child("hook_server", "bare", url, *own) as bare:
        ports = [(await said(server))["port"] for server in (ours, bare)]
        told: list[list[Any]] = [[], []]
        for _ in range(rounds):
            for kind, port in enumerate(ports):
                told[kind].append(await _load(port, company, seconds))
    await _check(database, told)
    await database.dispose()
    return [_result(backend, told)]


async def _load(port: int, company: Company, seconds: float) -> Any:
    with child("load", port, company.token, seconds, CONNECTIONS, core=THEIRS) as callers:
        return await said(callers)


async def _check(database: Database, told: list[list[Any]]) -> None:
    """What was answered 200 is in the table."""
    async with database.read() as c:
        stored = await c.scalar(select(func.count()).select_from(inbox))
    answered = sum(each["count"] for kind in told for each in kind)
    if any(each["refused"] for kind in told for each in kind) or stored < answered:
        raise RuntimeError(f"{answered} answered, {stored} stored: {told}")


def _result(backend: str, told: list[list[Any]]) -> Result:
    ours, bare = ([each["rate"] for each in kind] for kind in told)
    ratio = median(mine / floor for mine, floor in zip(ours, bare, strict=True))
    best = max(mine / floor for mine, floor in zip(ours, bare, strict=True))
    p99 = min(each["p99"] for each in told[0]) * 1000
    return Result(
        what=f"hooks on disk, {CONNECTIONS} connections",
        backend=backend,
        figure=f"{max(ours):,.0f}/s",
        floor=f"bare aiohttp {max(bare):,.0f}/s",
        ratio=ratio,
        reach="≥ 0.6 × floor, ≥ 5,000/s",
        is_reached=ratio >= 0.6 and max(ours) >= 5000,
        more=f"median of {len(ours)} rounds, best ratio {best:.2f}, p99 {p99:.1f} ms",
    )
