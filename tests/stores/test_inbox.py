"""On disk before "received", and one commit for all who wait."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from storage import inbox as store
from storage.inbox import InboxFull, InboxRefused, InboxWriter, UpdateWriter
from storage.tables import inbox, updates
from tests.stores.arrivals import NOW, counted, row


class Watched:
    """A database whose transactions are counted, and held until told; nothing else about it is changed."""

    def __init__(self, database):
        self.database = database
        self.is_sqlite = database.is_sqlite
        self.transactions = 0
        self.trouble = None
        self.may_write = asyncio.Event()
        self.may_write.set()

    @asynccontextmanager
    async def write_one(self):
        self.transactions += 1
        await self.may_write.wait()
        if self.trouble is not None:
            raise self.trouble
        async with self.database.write_one() as c:
            yield c


@pytest.fixture
def watched(database):
    return Watched(database)


async def test_a_row_is_on_disk_when_append_returns(database, place):
    await InboxWriter(database).append(row(*place, body=b"\x00\xff raw"))
    async with database.read() as c:
        [kept] = await store.listed(c, ["pending"], 10)
    assert (kept["body"], kept["received_at"], kept["state"]) == (b"\x00\xff raw", NOW, "pending")


async def test_all_who_wait_share_a_commit(watched, database, place):
    writer = InboxWriter(watched)
    watched.may_write.clear()
    async with asyncio.TaskGroup() as group:
        for number in range(600):
            group.create_task(writer.append(row(*place, body=str(number).encode())))
        await asyncio.sleep(0)  # let each of them come in
        watched.may_write.set()
    assert await counted(database, inbox) == 600
    assert watched.transactions == 4  # the first alone, then 256 + 256 + 87


async def test_rows_keep_the_order_they_came_in(watched, database, place):
    writer = InboxWriter(watched)
    watched.may_write.clear()
    async with asyncio.TaskGroup() as group:
        for number in range(300):
            group.create_task(writer.append(row(*place, body=str(number).encode())))
        await asyncio.sleep(0)
        watched.may_write.set()
    async with database.read() as c:
        bodies = list(await c.scalars(select(inbox.c.body).order_by(inbox.c.id)))
    assert bodies == [str(number).encode() for number in range(300)]


async def test_what_the_database_refuses_is_refused_to_everyone_who_waited(watched, database, place):
    writer = InboxWriter(watched)
    watched.may_write.clear()
    watched.trouble = OperationalError("INSERT", {}, Exception("disk full"))
    waiting = [asyncio.ensure_future(writer.append(row(*place))) for _ in range(10)]
    await asyncio.sleep(0)
    watched.may_write.set()
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(answer) for answer in answers} == {InboxRefused}
    watched.trouble = None
    await writer.append(row(*place))
    assert await counted(database, inbox) == 1


async def test_too_many_who_wait_are_sent_away(watched, place, monkeypatch):
    monkeypatch.setattr(store, "MOST_WAITING", 3)
    writer = InboxWriter(watched)
    watched.may_write.clear()
    waiting = [asyncio.ensure_future(writer.append(row(*place))) for _ in range(4)]  # one writes, three wait
    await asyncio.sleep(0)
    with pytest.raises(InboxFull):
        await writer.append(row(*place))
    watched.may_write.set()
    await asyncio.gather(*waiting)


@pytest.mark.parametrize("gone", [0, 1, 5])
async def test_whoever_goes_away_does_not_take_the_others_along(watched, database, place, gone):
    """The writer himself (0), the next one (1), one in the middle: the rest is stored or told that it is not."""
    writer = InboxWriter(watched)
    watched.may_write.clear()
    waiting = [asyncio.ensure_future(writer.append(row(*place))) for _ in range(8)]
    await asyncio.sleep(0)
    waiting[gone].cancel()
    await asyncio.sleep(0)
    watched.may_write.set()
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    stored = [answer for answer in answers if answer is None]
    assert isinstance(answers[gone], asyncio.CancelledError)
    assert len(stored) == 7
    assert await counted(database, inbox) == 7


async def test_an_update_that_comes_twice_is_kept_once(database):
    writer = UpdateWriter(database)
    update = {"update_id": 7, "received_at": NOW, "body": {"update_id": 7}, "state": "pending", "tries": 0}
    await asyncio.gather(*(writer.append(update) for _ in range(5)))
    await writer.append(update | {"body": {"update_id": 7, "other": True}})
    async with database.read() as c:
        assert list(await c.scalars(select(updates.c.body))) == [{"update_id": 7}]
