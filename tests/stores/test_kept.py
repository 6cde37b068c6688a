"""A connection that is kept at hand is nobody's who waits for one."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import select

ALL = {"sqlite": 2, "postgresql": 8}  # glances at once


async def test_who_waits_for_the_pool_gets_the_next_that_is_free(database):
    kept = database._glances

    async def third() -> int:
        async with database.glance() as c:
            return await c.scalar(select(1))

    async with asyncio.timeout(20), AsyncExitStack() as others:
        for _ in range(ALL[database.url.get_backend_name()] - 1):
            await others.enter_async_context(database.glance())
        async with database.glance():
            waiting = asyncio.create_task(third())
            for _ in range(100):
                await asyncio.sleep(0)
            assert kept._waiting == 1
        assert await waiting == 1


async def test_whoever_raises_leaves_nothing_to_the_next(database):
    async def stumble() -> None:
        async with database.write() as c:
            await c.exec_driver_sql("CREATE TABLE noted (at INTEGER)")
            raise ZeroDivisionError

    for _ in range(2):  # the second would meet the table of the first
        with pytest.raises(ZeroDivisionError):
            await stumble()
