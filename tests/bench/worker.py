"""A child: one inbox worker that empties the inbox when told, and says how long it took and how much CPU."""

from __future__ import annotations

import asyncio
import sys
import time

import uvloop

from bot.garbage import leave_what_stands
from followup.clock import SystemClock
from followup.teams.seal import Seal
from followup.teams.shelf import Shelf
from handlers.inbox import InboxWorker
from storage.engine import Database
from storage.inbox import counts
from tests.bench.ground import KEY, cpu_seconds, say


async def main(url: str) -> None:
    database = Database(url)
    worker = InboxWorker(database, SystemClock(), Seal(KEY), Shelf(), lambda: None)
    await worker.step()
    leave_what_stands()  # as `serve` does
    say("ready")
    while await asyncio.to_thread(sys.stdin.readline):
        began, used = time.perf_counter(), cpu_seconds()
        done = 0
        while await _is_work(database):
            done += await worker.step()
        say({"done": done, "seconds": time.perf_counter() - began, "cpu": cpu_seconds() - used})
    await database.dispose()


async def _is_work(database: Database) -> bool:
    async with database.read() as c:
        return (await counts(c))["pending"] > 0


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
