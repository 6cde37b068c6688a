from __future__ import annotations

import asyncio

import pytest

from storage import claims
from storage.claims import alone
from storage.engine import Database


@pytest.fixture(autouse=True)
def _asked_often(monkeypatch):
    monkeypatch.setattr(claims, "_ASK_EVERY", 0.001)


async def test_one_at_a_time_and_then_the_next(database, database_url):
    if database.is_sqlite:
        pytest.skip("an SQLite file has one process by its nature")
    other = Database(database_url)
    seen: list[str] = []

    async def second():
        async with alone(other, "send"):
            seen.append("second")

    async with asyncio.TaskGroup() as group, alone(database, "send"):
        group.create_task(second())
        async with alone(other, "poll"):  # another thing is nobody's concern
            seen.append("first")
    assert seen == ["first", "second"]
    await other.dispose()


async def test_who_is_ended_lets_the_next_one_in(database, database_url):
    if database.is_sqlite:
        pytest.skip("an SQLite file has one process by its nature")
    has_begun = asyncio.Event()

    async def forever():
        async with alone(database, "send"):
            has_begun.set()
            await asyncio.Event().wait()

    task = asyncio.ensure_future(forever())
    await has_begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    other = Database(database_url)
    async with asyncio.timeout(20), alone(other, "send"):
        pass
    await other.dispose()


async def test_sqlite_does_not_wait(database):
    if not database.is_sqlite:
        pytest.skip("PostgreSQL does")
    async with alone(database, "send"), alone(database, "send"):
        pass
