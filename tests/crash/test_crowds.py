"""Promises 4 and 18: many at once are one case; more than the disk can take are asked to come again."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest
from sqlalchemy import text

from storage.inbox import LARGEST_BATCH, MOST_WAITING
from tests.crash.tales import ANNAS, MISS, is_quiet, sent
from tests.crash.telling import ALIVE, order
from tests.stories.doors import listening, stored_cases
from tests.stories.world import ANNA, new_world


async def statuses(address: str, bodies: list[bytes]) -> list[tuple[int, str | None]]:
    """Status and Retry-After of requests that are under way all at the same time."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as http:

        async def ask(body: bytes) -> tuple[int, str | None]:
            async with http.post(address, data=body) as answer:
                return answer.status, answer.headers.get("Retry-After")

        return await asyncio.gather(*(ask(body) for body in bodies))


async def test_fifty_parallel_misses_of_a_client_are_one_case_and_one_message(database, forge):
    async with new_world(database) as world:
        misses = [json.dumps(world.inbound(ANNA)).encode() for _ in range(50)]
        async with forge.child(**order(MISS, world, ALIVE)) as child:
            assert await child.is_ready()
            assert await statuses(f"http://{child.address}{world.hook}", misses) == [(200, None)] * 50
            await child.until(lambda: is_quiet(world))
        (case,) = await stored_cases(world)
        assert (case["state"], case["missed"]) == ("open", 50)
        world.olga.sees(ANNAS, "×50")
        assert await sent(world, MISS) == 1


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_what_waits_for_a_stalled_disk_is_counted_and_the_rest_is_told_to_come_again(database):
    async with new_world(database) as world, listening(world):
        writer = world.works.inbox_writer
        flood = [json.dumps(world.inbound(ANNA)).encode() for _ in range(40)]
        async with asyncio.TaskGroup() as group, database.write():  # nobody else writes until this ends
            first = group.create_task(writer.append(_row(world)))
            await asyncio.sleep(0)  # it writes, the others wait for it
            waiting = [group.create_task(writer.append(_row(world))) for _ in range(MOST_WAITING)]
            assert await statuses(world.hook, flood) == [(503, "2")] * len(flood)
            assert len(writer._waiting) == MOST_WAITING
            assert not first.done()
            assert not any(task.done() for task in waiting)
        assert await statuses(world.hook, flood[:1]) == [(200, None)]
        async with database.read() as c:
            stored = await c.scalar(text("SELECT count(*) FROM inbox"))
        assert stored == 1 + MOST_WAITING + 1
        assert MOST_WAITING + LARGEST_BATCH < 5000  # requests in memory, however many come


def _row(world):
    about = {"team_id": world.team_id, "connection_id": world.connection_id, "received_at": world.clock.now()}
    return about | {"method": "POST", "path": "", "query": {}, "headers": {}, "body": b"{}", "state": "pending"}
