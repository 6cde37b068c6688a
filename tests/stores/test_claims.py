from __future__ import annotations

import asyncio

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy.exc import DBAPIError

from storage import claims
from storage.claims import Duty
from storage.engine import Database
from storage.session import TROUBLES


@pytest.fixture(autouse=True)
def _asked_often(monkeypatch):
    monkeypatch.setattr(claims, "_ASK_EVERY", 0.001)


@pytest_asyncio.fixture
async def other(database, database_url):
    """Another process, as far as PostgreSQL can tell."""
    if database.is_sqlite:
        pytest.skip("an SQLite file has one process by its nature")
    opened = Database(database_url)
    yield opened
    await opened.dispose()


class Worker:
    """Who has a duty, and what he did."""

    def __init__(self, database: Database, what: str = "send", *, is_deaf: bool = False) -> None:
        self.duty = Duty(database, what, self.work, self.finish)
        self.begun = asyncio.Semaphore(0)
        self.is_working = False
        self.is_deaf = is_deaf
        self._finished = asyncio.Event()

    async def work(self) -> None:
        self._finished.clear()
        self.is_working = True
        self.begun.release()
        try:
            await (asyncio.Event() if self.is_deaf else self._finished).wait()
        finally:
            self.is_working = False

    async def finish(self) -> None:
        self._finished.set()


async def hang_up(database_url: str) -> None:
    """What an administrator or a restart of PostgreSQL does to who holds the lock."""
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    here = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    # Others test on the same server.
    pids = await connection.fetch(f"SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND {here}")
    for row in pids:
        await connection.execute("SELECT pg_terminate_backend($1)", row["pid"])
    await connection.close()
    assert pids


async def test_one_at_a_time_and_then_the_next(database, other):
    first, second, third = Worker(database), Worker(other), Worker(other, "poll")
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        group.create_task(first.duty.run())
        await first.begun.acquire()
        group.create_task(second.duty.run())
        group.create_task(third.duty.run())  # another thing is nobody's concern
        await third.begun.acquire()
        assert (first.is_working, second.is_working) == (True, False)
        await first.duty.stop()
        await second.begun.acquire()
        assert not first.is_working
        await second.duty.stop()
        await third.duty.stop()


async def test_who_is_ended_lets_the_next_one_in(database, other):
    first, second = Worker(database), Worker(other)
    task = asyncio.ensure_future(first.duty.run())
    await first.begun.acquire()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        group.create_task(second.duty.run())
        await second.begun.acquire()
        await second.duty.stop()


@pytest.mark.parametrize("is_deaf", [False, True])
async def test_who_loses_the_connection_lets_go_and_stands_by(database, database_url, other, monkeypatch, is_deaf):
    """Whoever is quicker has it then; `other` is asked for SQLite's sake only."""
    monkeypatch.setattr(claims, "TO_END", 0.05)
    worker = Worker(database, is_deaf=is_deaf)
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        running = group.create_task(worker.duty.run())
        for _ in range(3):
            await worker.begun.acquire()
            assert worker.is_working
            await hang_up(database_url)
        await worker.begun.acquire()
        running.cancel()
    assert not worker.is_working


async def test_who_stands_by_can_be_told_to_stop(database, other):
    first, second = Worker(database), Worker(other)
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        group.create_task(first.duty.run())
        await first.begun.acquire()
        waiting = group.create_task(second.duty.run())
        await second.duty.stop()
        await waiting
        assert first.is_working
        await first.duty.stop()


async def test_work_that_loses_the_database_is_begun_anew(database, other):
    tries = []

    async def work() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise DBAPIError("SELECT", {}, Exception("hung up"), connection_invalidated=True)

    await Duty(database, "send", work).run()
    assert len(tries) == 2


async def test_a_connection_cut_in_the_middle_of_a_question_is_trouble_not_a_bug():
    assert issubclass(asyncpg.InternalClientError, TROUBLES)


async def test_a_bug_in_the_work_is_not_mistaken_for_a_lost_database(database):
    async def breaks() -> None:
        raise OSError("no trouble of the lock")

    with pytest.raises((OSError, ExceptionGroup)) as told:
        await Duty(database, "send", breaks).run()
    assert "no trouble of the lock" in repr(told.value)


async def test_sqlite_does_not_wait(database):
    if not database.is_sqlite:
        pytest.skip("PostgreSQL does")
    first, second = Worker(database), Worker(database)
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        for each in (first, second):
            group.create_task(each.duty.run())
            await each.begun.acquire()
        await first.duty.stop()
        await second.duty.stop()
