"""In order, once, and a bad row in nobody's way."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from followup.cases.tables import cases
from followup.teams.shelf import Shelf
from followup.teams.tables import connections
from handlers.inbox import InboxWorker
from storage import inbox as store
from storage.tables import inbox
from tests.stores.arrivals import NOW, call, counted, put, states


async def test_a_miss_becomes_a_case_and_the_outbox_is_woken(database, place, worker, woken):
    await put(database, place, call())
    assert await worker.step() == 1
    assert await states(database) == ["done"]
    assert await counted(database, cases, cases.c.state == "open") == 1
    assert woken == ["outbox"]
    assert await worker.step() == 0


async def test_somebody_new_who_calls_and_orders_in_one_batch_has_one_case_of_both(database, place, worker):
    """Of a client whom nobody knew nothing is looked up, unless the same batch has told more of him."""
    ordered = {"type": "order", "order_id": "o-1", "widget": "w-1", "client": "+380671234567"}
    ordered |= {"ordered_at": (NOW - timedelta(minutes=1)).isoformat()}
    await put(database, place, call(), json.dumps(ordered).encode())
    assert await worker.step() == 2
    async with database.read() as c:
        [found] = (await c.execute(select(cases.c.state, cases.c.missed, cases.c.orders))).all()
    assert tuple(found) == ("open", 1, 1)


@pytest.mark.parametrize("also", [(), ("a-2",)])
async def test_somebody_new_may_be_the_caller_of_a_call_that_was_hidden(database, place, worker, also):
    """What was stored before he was known is read, though he is new."""
    await put(database, place, call("a-1", None))
    await worker.step()
    await put(database, place, call("a-1"), *(call(key) for key in also))
    await worker.step()
    async with database.read() as c:
        query = select(cases.c.kind, cases.c.missed).where(cases.c.state == "open")
        assert [tuple(row) for row in await c.execute(query)] == [("client", 1 + len(also))]


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
    async with database.glance() as c:
        [first, _] = await store.pending(c, place[0])
    await worker.step()
    assert len(handed) == 2
    async with database.write() as c:
        await worker._take_one(c, place[0], first)
    assert len(handed) == 2


async def test_failed_rows_can_be_replayed(database, place, worker):
    await put(database, place, call())
    async with database.write() as c:
        [found] = await store.take(c, place[0], NOW)
        await store.set_aside(c, place[0], found["id"], "was bad\0")
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
