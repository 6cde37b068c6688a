"""A child: a year's report over and over in the worker's own process, while its inbox is emptied; or the worker alone."""

from __future__ import annotations

import asyncio
import sys
import time

import uvloop

from followup.clock import SystemClock
from followup.reports.actions import build
from followup.reports.selection import selection_of
from followup.teams.desk import Desk
from followup.teams.seal import Seal
from followup.teams.shelf import Shelf
from followup.teams.store import load_book
from handlers.inbox import InboxWorker
from storage.engine import Database
from storage.inbox import counts
from tests.bench.ground import KEY, cpu_seconds, say
from tests.bench.report_ground import NEWEST

_YEAR = ("2025-12-01", "2026-11-30")


async def main(url: str, team_id: int) -> None:
    """Each line on stdin is one emptying of the inbox: ``report`` with the reports beside it."""
    database = Database(url)
    worker = InboxWorker(database, SystemClock(), Seal(KEY), Shelf(), lambda: None)
    await worker.step()
    say("ready")
    while line := await asyncio.to_thread(sys.stdin.readline):
        beside = asyncio.create_task(_reports(database, team_id)) if line.strip() == "report" else None
        began, used, done = time.perf_counter(), cpu_seconds(), 0
        while await _is_work(database):
            done += await worker.step()
        took, used = time.perf_counter() - began, cpu_seconds() - used
        was_there = beside is not None and not beside.done()  # a report that failed would flatter the figure
        if beside is not None:
            beside.cancel()
            await asyncio.wait([beside])
        if line.strip() == "report" and not was_there:
            raise RuntimeError("no report ran beside the worker") from beside and beside.exception()
        say({"rate": done / took, "cpu": used / took})
    await database.dispose()


async def _reports(database: Database, team_id: int) -> None:
    while True:
        async with database.read() as c:
            desk = Desk(c, await load_book(c, team_id), NEWEST)
            await build(desk, selection_of("calls", *_YEAR), most_rows=50)


async def _is_work(database: Database) -> bool:
    async with database.read() as c:
        return (await counts(c))["pending"] > 0


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2])))
