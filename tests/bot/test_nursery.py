from __future__ import annotations

import asyncio

from bot.nursery import Nursery


async def test_work_that_dies_of_a_bug_is_told_and_seen(caplog):
    async def dies():
        raise ZeroDivisionError

    nursery = Nursery()
    nursery.start("the inbox", dies())
    await asyncio.wait_for(nursery.broken.wait(), 5)
    assert nursery.is_broken
    assert "the inbox died of a bug" in caplog.text


async def test_finish_waits_for_what_stops_and_cancels_what_does_not():
    seen = []
    told = asyncio.Event()

    async def stops():
        await told.wait()
        seen.append("finished")

    async def never():
        try:
            await asyncio.Event().wait()
        finally:
            seen.append("cancelled")

    nursery = Nursery()
    nursery.start("stops", stops())
    nursery.start("never", never())
    await asyncio.sleep(0)
    told.set()
    await nursery.finish(0.05)
    assert seen == ["finished", "cancelled"]
    assert not nursery.is_broken


async def test_one_may_be_ended_by_name():
    nursery = Nursery()
    nursery.start("polling", asyncio.Event().wait())
    nursery.cancel("polling")
    await nursery.finish(5)
    assert not nursery.is_broken
