"""Stored updates in lanes: in order for one person, and nobody waits for another's answer (promises 6 and 19)."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

from aiogram import Bot, Dispatcher
from aiogram.types import CallbackQuery

from handlers.telegram.updates import UpdateKeeper, UpdateWorker
from sandbox.clock import MovableClock
from storage.inbox import UpdateWriter

SLOW, QUICK = 1, 2


def press(update_id: int, who: int) -> dict:
    person = {"id": who, "is_bot": False, "first_name": "P"}
    message = {"message_id": 5, "date": 1, "chat": {"id": -100, "type": "group", "title": "Team"}, "text": "card"}
    query = {"id": str(update_id), "from": person, "chat_instance": "1", "message": message, "data": "x"}
    return {"update_id": update_id, "callback_query": query}


class Handled:
    """A handler that keeps SLOW waiting until it is told otherwise."""

    def __init__(self) -> None:
        self.dispatcher = Dispatcher(disable_fsm=True)
        self.dispatcher.callback_query.register(self._on_press)
        self.done: asyncio.Queue[int] = asyncio.Queue()
        self.begun: asyncio.Queue[int] = asyncio.Queue()
        self.go_on = asyncio.Event()

    async def _on_press(self, query: CallbackQuery) -> None:
        self.begun.put_nowait(int(query.id))
        if query.from_user.id == SLOW:
            await self.go_on.wait()
        self.done.put_nowait(int(query.id))


@asynccontextmanager
async def working(database, handled):
    clock = MovableClock()
    worker = UpdateWorker(database, clock, Bot("42:TEST"), handled.dispatcher)
    keeper = UpdateKeeper(UpdateWriter(database), clock, worker.wake)
    running = asyncio.create_task(worker.run())
    try:
        yield keeper
    finally:
        handled.go_on.set()
        worker.stop()
        await running


async def test_a_press_that_hangs_holds_up_nobody_else(database):
    """The second one came while the first one's answer was on its way."""
    handled = Handled()
    async with working(database, handled) as keeper:
        await keeper.append(press(1, SLOW))
        await keeper.append(press(2, QUICK))
        assert await handled.done.get() == 2
        await keeper.append(press(3, QUICK))
        assert await handled.done.get() == 3


async def test_one_persons_presses_stay_in_order(database):
    handled = Handled()
    async with working(database, handled) as keeper:
        for number in (1, 2, 3):
            await keeper.append(press(number, SLOW))
        await keeper.append(press(4, QUICK))
        assert await handled.done.get() == 4
        handled.go_on.set()
        assert [await handled.done.get() for _ in range(3)] == [1, 2, 3]


class LateReads:
    """A database whose reads, once told so, come back late: by then what they read is old."""

    def __init__(self, database) -> None:
        self._database = database
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.has_read = asyncio.Event()
        self.has_written = asyncio.Event()

    @asynccontextmanager
    async def glance(self):
        async with self._database.glance() as c:
            yield c
        self.has_read.set()
        await self.go_on.wait()

    def write_one(self):
        return self._database.write_one()

    @asynccontextmanager
    async def write_lightly(self):
        async with self._database.write_lightly() as c:
            yield c
        self.has_written.set()


async def test_a_press_done_while_its_row_was_being_read_is_not_done_again(database):
    handled, late = Handled(), LateReads(database)
    async with working(late, handled) as keeper:
        await keeper.append(press(1, SLOW))
        assert await handled.begun.get() == 1
        late.go_on.clear()
        late.has_read.clear()
        await keeper.append(press(2, QUICK))
        await late.has_read.wait()
        late.has_written.clear()
        handled.go_on.set()
        assert await handled.done.get() == 1
        await late.has_written.wait()
        late.go_on.set()
        assert await handled.done.get() == 2
        await keeper.append(press(3, QUICK))
        assert await handled.done.get() == 3
