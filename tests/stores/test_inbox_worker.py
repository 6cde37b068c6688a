"""In order, once, and a bad row in nobody's way."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from followup.calls.tables import calls
from followup.cases.tables import cases
from followup.clock import Clock
from followup.teams.shelf import Shelf
from followup.teams.tables import connections
from handlers.inbox import POLL, InboxWorker
from sandbox.clock import MovableClock
from storage import inbox as store
from storage.inbox import InboxWriter
from storage.tables import inbox
from tests.stores.arrivals import NOW, call, counted, row


@pytest.fixture
def clock() -> Clock:
    return MovableClock(NOW, frozen=True)


@pytest.fixture
def woken() -> list[str]:
    return []


@pytest.fixture
def worker(database, clock, seal, woken) -> InboxWorker:
    return InboxWorker(database, clock, seal, Shelf(), lambda: woken.append("outbox"))


async def put(database, place, *bodies):
    writer = InboxWriter(database)
    for body in bodies:
        await writer.append(row(*place, body=body))


async def states(database) -> list[str]:
    async with database.read() as c:
        return list(await c.scalars(select(inbox.c.state).order_by(inbox.c.id)))


async def test_a_miss_becomes_a_case_and_the_outbox_is_woken(database, place, worker, woken):
    await put(database, place, call())
    assert await worker.step() == 1
    assert await states(database) == ["done"]
    assert await counted(database, cases, cases.c.state == "open") == 1
    assert woken == ["outbox"]
    assert await worker.step() == 0


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
    monkeypatch.setattr(store.pending, "__defaults__", (2,))
    assert await worker.step() == 0
    await put(database, place, *(call(f"a-{number}") for number in range(3)))
    worker.expect(place[0])
    assert [await worker.step(), await worker.step()] == [2, 1]


async def test_somebody_new_who_calls_and_orders_in_one_batch_has_one_case_of_both(database, place, worker):
    """Of a client whom nobody knew nothing is looked up, unless the same batch has told more of him."""
    ordered = {"type": "order", "order_id": "o-1", "widget": "w-1", "client": "+380671234567"}
    ordered |= {"ordered_at": (NOW - timedelta(minutes=1)).isoformat()}
    await put(database, place, call(), json.dumps(ordered).encode())
    assert await worker.step() == 2
    async with database.read() as c:
        [found] = (await c.execute(select(cases.c.state, cases.c.missed, cases.c.orders))).all()
    assert tuple(found) == ("open", 1, 1)


async def test_a_poison_row_is_set_aside_and_the_others_are_done(database, place, worker, monkeypatch):
    """One that cannot be read, and one that the business stumbles over."""
    from handlers import inbox as room

    honest = room.take_in

    async def stumbles(desk, events):
        if any(event.call_key == "poison" for _, event in events):
            raise ZeroDivisionError("a bug")
        return await honest(desk, events)

    monkeypatch.setattr(room, "take_in", stumbles)
    numbers = [f"+38067123456{digit}" for digit in range(4)]
    await put(
        database,
        place,
        *(call("a-0", numbers[0]), b"{not json", call("a-1", numbers[1]), call("poison", numbers[2])),
        call("a-3", numbers[3]),
    )
    assert await worker.step() == 5
    assert await states(database) == ["done", "failed", "done", "failed", "done"]
    assert await counted(database, cases, cases.c.state == "open") == 3
    async with database.read() as c:
        told = list(await c.scalars(select(inbox.c.error).where(inbox.c.state == "failed").order_by(inbox.c.id)))
    assert "JSON" in told[0]
    assert told[1] == "ZeroDivisionError: a bug"


async def test_a_team_in_trouble_does_not_stop_another(database, new_team, new_connection, worker):
    alpha, beta = await new_team("Alpha"), await new_team("Beta")
    of_alpha, of_beta = (await new_connection(alpha))[0], (await new_connection(beta))[0]
    await put(database, (alpha, of_alpha), b"[[[", b"{")
    await put(database, (beta, of_beta), call())
    assert await worker.step() == 3
    assert await states(database) == ["failed", "failed", "done"]


async def test_rows_of_a_team_are_handed_over_in_order(database, place, worker, monkeypatch):
    from handlers import inbox as room

    seen = []

    async def listen(desk, events):
        seen.extend(event.call_key for _, event in events)
        return []

    monkeypatch.setattr(room, "take_in", listen)
    await put(database, place, *(call(f"a-{number}") for number in range(20)))
    await worker.step()
    assert seen == [f"a-{number}" for number in range(20)]


async def test_an_outage_blames_no_row(database, place, worker, monkeypatch):
    from handlers import inbox as room

    honest = room.take_in

    async def away(desk, events):
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    await put(database, place, call())
    monkeypatch.setattr(room, "take_in", away)
    with pytest.raises(OperationalError):
        await worker.step()
    assert await states(database) == ["pending"]
    monkeypatch.setattr(room, "take_in", honest)
    assert await worker.step() == 1


async def test_what_another_process_has_done_is_not_done_again(database, place, worker, clock, monkeypatch):
    """Between reading and writing another worker was faster."""
    from handlers import inbox as room

    handed = []

    async def listen(desk, events):
        handed.extend(events)
        return []

    monkeypatch.setattr(room, "take_in", listen)
    await put(database, place, call("a-1"), call("a-2"))
    async with database.write() as c:
        [first, _] = await store.pending(c, place[0])
    await worker.step()
    assert len(handed) == 2
    async with database.write() as c:
        await worker._apply(c, place[0], [first])
    assert len(handed) == 2


async def test_a_team_that_another_process_works_on_is_left_to_it(database, place, worker):
    if database.is_sqlite:
        pytest.skip("one process works on an SQLite file")
    await put(database, place, call())
    async with database.write() as c:
        [_] = await store.pending(c, place[0])
        assert await worker.step() == 0
    assert await worker.step() == 1


async def test_two_workers_do_each_row_once(database, place, seal, clock):
    workers = [InboxWorker(database, clock, seal, Shelf(), lambda: None) for _ in range(2)]
    await put(database, place, *(call(f"a-{number}") for number in range(30)))
    while sum(await asyncio.gather(*(worker.step() for worker in workers))):
        pass
    assert await states(database) == ["done"] * 30
    assert await counted(database, calls) == 30
    assert await counted(database, cases, cases.c.state == "open") == 1


async def test_failed_rows_can_be_replayed(database, place, worker):
    await put(database, place, call())
    async with database.write() as c:
        [found] = await store.pending(c, place[0])
        await store.set_aside(c, place[0], found["id"], "was bad\0", NOW)
    async with database.read() as c:
        assert await store.counts(c) == {"pending": 0, "failed": 1}
        assert [each["error"] for each in await store.listed(c, ["failed"], 10)] == ["was bad"]
    async with database.write() as c:
        assert await store.set_pending(c, None) == [found["id"]]
    assert await worker.step() == 1
    assert await states(database) == ["done"]


async def test_a_connection_is_known_to_have_spoken(database, place, worker, clock):
    clock.forward(timedelta(minutes=5))
    await put(database, place, call())
    await worker.step()
    async with database.read() as c:
        assert await c.scalar(select(connections.c.last_event_at)) == clock.now()


async def test_a_new_connection_is_read_without_a_restart(database, place, worker, new_connection):
    await put(database, place, call("a-1"))
    await worker.step()
    other = (await new_connection(place[0]))[0]
    await put(database, (place[0], other), call("a-2"))
    await worker.step()
    assert await states(database) == ["done", "done"]


async def test_options_sealed_with_another_key_set_the_row_aside(database, place, clock):
    from cryptography.fernet import Fernet

    from followup.teams.seal import Seal

    stranger = InboxWorker(database, clock, Seal(Fernet.generate_key().decode()), Shelf(), lambda: None)
    await put(database, place, call())
    await stranger.step()
    assert await states(database) == ["failed"]


async def test_the_shelf_notices_every_change(database, new_team):
    from followup.errors import FollowupError
    from followup.teams.actions import set_team

    team_id, shelf = await new_team(), Shelf()
    async with database.write() as c:
        before = await shelf.book(c, team_id)
        assert await shelf.book(c, team_id) is before
        await set_team(c, team_id, {"sla_minutes": "7"}, NOW)
        after = await shelf.book(c, team_id)
        assert after.policy.sla == timedelta(minutes=7)
        with pytest.raises(FollowupError, match="no_such_team"):
            await shelf.book(c, 999)


async def test_run_works_on_what_comes_and_waits_out_trouble(database, clock, seal, place, monkeypatch):
    from handlers import inbox as room

    monkeypatch.setattr(room, "_PAUSE_AFTER_OUTAGE", timedelta(0))
    is_done = asyncio.Event()
    worker = InboxWorker(database, clock, seal, Shelf(), is_done.set)
    failures = iter([OperationalError("SELECT", {}, Exception("database is locked")), ValueError("a bug")])
    honest = worker.step

    async def stumbling():
        for failure in failures:
            raise failure
        return await honest()

    monkeypatch.setattr(worker, "step", stumbling)
    async with asyncio.TaskGroup() as group:
        group.create_task(worker.run())
        await put(database, place, call())
        worker.wake()
        await asyncio.wait_for(is_done.wait(), 20)
        worker.stop()
    assert await states(database) == ["done"]
