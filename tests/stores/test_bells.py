from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import asyncpg
import pytest
import pytest_asyncio

from storage import bells as bells_module
from storage.bells import Bells
from storage.engine import Database


class Process:
    """Somebody who may be woken."""

    def __init__(self, database: Database) -> None:
        self.bells = Bells(database)
        self.woken = asyncio.Semaphore(0)
        self.times = 0
        self.pull = self.bells.rope("inbox", self._wake)

    def _wake(self) -> None:
        self.times += 1
        self.woken.release()

    @asynccontextmanager
    async def listening(self):
        """Every begin wakes: something may have been rung before."""
        task = asyncio.ensure_future(self.bells.run(listens=True))
        try:
            await self.woken.acquire()
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest_asyncio.fixture
async def pair(database, database_url):
    """Two processes on one PostgreSQL."""
    if database.is_sqlite:
        pytest.skip("an SQLite file has one process, which hears itself")
    other = Database(database_url)
    yield Process(database), Process(other)
    await other.dispose()


async def sessions_end(database_url: str) -> None:
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    here = "datname = current_database() AND pid <> pg_backend_pid()"
    await connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {here}")
    await connection.close()


async def test_what_is_the_work_of_one_process_alone_calls_nobody_else(pair):
    one, two = pair
    own = one.bells.rope("inbox", one._wake, is_mine=lambda: True)
    async with asyncio.timeout(20), one.listening(), two.listening():
        own()
        await one.woken.acquire()
        one.bells.ring("outbox")  # heard by nobody, but after it
        one.pull()
        await two.woken.acquire()
        assert two.times == 2  # its beginning, and the second ring


async def test_a_ring_is_heard_by_the_other_process_and_once_by_its_own(pair):
    one, two = pair
    async with asyncio.timeout(20), one.listening(), two.listening():
        one.pull()
        await two.woken.acquire()
        two.pull()  # comes after its own, were that to come again
        await one.woken.acquire()
        await one.woken.acquire()
    assert (one.times, two.times) == (3, 3)  # the begin, the own, the other's


async def test_rings_in_a_row_become_one(pair):
    one, two = pair
    async with asyncio.timeout(20), two.listening():
        for _ in range(100):
            one.pull()
        async with one.listening():
            await two.woken.acquire()
            one.pull()
            await two.woken.acquire()
    assert two.times == 3


async def test_a_lost_connection_is_made_anew_and_wakes(pair, database_url, monkeypatch):
    monkeypatch.setattr(bells_module, "BEAT", 0.01)
    one, two = pair
    async with asyncio.timeout(30), one.listening(), two.listening():
        await sessions_end(database_url)
        await two.woken.acquire()
        await one.woken.acquire()
        one.pull()
        await two.woken.acquire()


async def test_the_only_process_of_an_sqlite_file_wakes_itself(database):
    process = Process(database)
    process.pull()
    assert process.times == 1
    if database.is_sqlite:
        await process.bells.run(listens=True)  # returns: there is nobody to listen to
