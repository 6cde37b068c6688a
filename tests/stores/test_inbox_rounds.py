"""Who is asked for work when, and who is called: one worker's rounds, and two workers on one database."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import func, select, text

from followup.calls.tables import calls
from followup.cases.tables import cases
from followup.teams.shelf import Shelf
from followup.teams.turn_store import lock_team, take_turn
from handlers.inbox import POLL, InboxWorker
from storage import inbox as store
from tests.stores.arrivals import NOW, call, counted, put, states


@pytest.fixture
async def other_place(new_team, new_connection):
    team_id = await new_team("Quiet")
    return team_id, (await new_connection(team_id))[0]


async def test_nobody_waits_behind_those_whose_rows_are_announced(database, place, other_place, worker, clock):
    """Other processes store rows, too: twice a second the database is asked whose."""
    assert await worker.step() == 0
    await put(database, other_place, call())
    for number in range(3):
        await put(database, place, call(f"loud-{number}"))
        worker.expect(place[0])
        assert await worker.step() == 1
    assert await states(database) == ["pending", "done", "done", "done"]
    clock.forward(POLL)
    worker.expect(place[0])
    await worker.step()
    assert await states(database) == ["done", "done", "done", "done"]


async def test_a_ring_of_another_process_is_answered_at_once(database, place, worker):
    """Though its row is not announced and the next look is far."""
    assert await worker.step() == 0
    await put(database, place, call())
    worker.expect(-1)
    worker.wake()
    assert await worker.step() == 1


class Watched(asyncio.Event):
    """Says when somebody begins to wait for it."""

    def __init__(self):
        super().__init__()
        self.is_waited_for = asyncio.Event()

    async def wait(self):
        self.is_waited_for.set()
        return await super().wait()


async def test_who_is_at_work_lets_others_be_called(place, worker):
    """A worker that rests begins at once; until it has, the next row is one for somebody else."""
    assert not worker.expect(place[0])  # it does not run here
    worker._something_came = bell = Watched()
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        group.create_task(worker.run())
        await bell.is_waited_for.wait()
        assert worker.expect(place[0])
        assert not worker.expect(place[0])
        worker.stop()


async def test_more_than_a_batch_of_one_team_is_done_without_being_asked_for(database, place, worker, monkeypatch):
    monkeypatch.setattr(store, "LARGEST_BATCH", 2)
    monkeypatch.setattr(store.take, "__defaults__", (2,))
    assert await worker.step() == 0
    await put(database, place, *(call(f"a-{number}") for number in range(3)))
    worker.expect(place[0])
    assert [await worker.step(), await worker.step()] == [2, 1]


async def test_a_team_that_another_process_works_on_is_left_to_it(database, place, worker):
    if database.is_sqlite:
        pytest.skip("one process works on an SQLite file")
    await put(database, place, call())
    async with database.write() as c:
        assert len((await take_turn(c, place[0], NOW))[1]) == 1
        assert await worker.step() == 0
    assert await states(database) == ["done"]


WAITING = select(func.count()).select_from(text("pg_stat_activity")).where(text("wait_event_type = 'Lock'"))


async def test_what_is_done_while_a_worker_waits_for_the_team_is_not_taken(database, place):
    """The question that takes the rows has begun before the other's transaction ended."""
    if database.is_sqlite:
        pytest.skip("one process works on an SQLite file")
    await put(database, place, call("a-1"), call("a-2"))

    async def take() -> list[int]:
        async with database.write() as c:
            return [row["id"] for row in (await take_turn(c, place[0], NOW))[1]]

    async with database.glance() as c:
        first, second = await store.pending(c, place[0])
    async with asyncio.timeout(30), database.glance() as watcher:
        async with database.write() as c:
            await lock_team(c, place[0])
            assert await store.take_one(c, place[0], first, NOW)
            taking = asyncio.create_task(take())
            while not await watcher.scalar(WAITING):
                pass
        assert await taking == [second]


async def test_two_workers_do_each_row_once(database, place, seal, clock):
    workers = [InboxWorker(database, clock, seal, Shelf(), lambda: None) for _ in range(2)]
    await put(database, place, *(call(f"a-{number}") for number in range(30)))
    while sum(await asyncio.gather(*(worker.step() for worker in workers))):
        pass
    assert await states(database) == ["done"] * 30
    assert await counted(database, calls) == 30
    assert await counted(database, cases, cases.c.state == "open") == 1
