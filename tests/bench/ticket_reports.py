"""The tickets report of a month of 100,000 among 1,000,000, every grouping, its picture, its table and its lists."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from followup.reports.actions import build, listed
from followup.reports.selection import Selection, selection_of
from followup.reports.shape import Figure
from followup.teams import store
from followup.teams.desk import Desk
from followup.teams.directory_store import add_entry
from followup.teams.tables import topics
from messenger.report_pictures import draw
from storage.engine import Database
from tests.bench.ground import Ground
from tests.bench.report_ground import NEWEST
from tests.bench.reports import _founded
from tests.bench.results import Result
from tests.bench.ticket_ground import TicketCrowd, load_postgres, load_sqlite

_MONTH = ("2026-11-01", "2026-11-30")
_TITLES = ("Prices", "Delivery", "Complaints", "Other")
_REACH = 1.0


async def measure(found: Ground, backend: str) -> list[Result]:
    """The report within a second, a page of a list within a tenth."""
    url = await found.new(backend)
    database = Database(url)
    owner = await _founded(database, 0)
    async with database.write() as c:
        known = [await add_entry(c, topics, owner.team_id, {"title": title}) for title in _TITLES]
    crowd = TicketCrowd(owner, known, found.either(1_000_000, 100_000))
    if backend == "postgres":
        await load_postgres(found.socket, url, crowd)
    else:
        load_sqlite(url, crowd)
    try:
        async with database.read() as c:
            return await _figures(Desk(c, await store.load_book(c, owner.team_id), NEWEST), backend)
    finally:
        await database.dispose()


async def _figures(desk: Desk, backend: str) -> list[Result]:
    results = []
    for by in ("day", "hour", "employee", "topic"):
        asked = selection_of("tickets", *_MONTH, None, {"by": by})
        took, more = await _best(lambda asked=asked: _report(desk, asked))  # type: ignore[misc]
        results.append(_result(f"tickets by {by}, month", backend, (took, _REACH), more))
    calls = selection_of("calls", *_MONTH)
    took, more = await _best(lambda: _report(desk, calls))
    results.append(_result("calls with their tickets, month", backend, (took, _REACH), more))
    for column in ("created", "handling_seconds"):
        asked = selection_of("tickets", *_MONTH)
        took, more = await _best(lambda asked=asked, column=column: _page(desk, asked, column))  # type: ignore[misc]
        results.append(_result(f"tickets, page of {column}", backend, (took, 0.1), more))
    return results


async def _report(desk: Desk, asked: Selection) -> str:
    began = time.perf_counter()
    report = await build(desk, asked)
    counted = time.perf_counter() - began
    if asked.kind == "tickets":
        draw("wait", report, "en")
    number = report.total.get("created", report.total.get("tickets"))
    return f"{number:,} tickets; {counted * 1000:.0f} ms without the picture"


async def _page(desk: Desk, asked: Selection, column: str) -> str:
    return f"of {(await listed(desk, asked, Figure(row=None, column=column), 20, 10)).total:,}"


async def _best(run: Callable[[], Awaitable[str]], times: int = 3) -> tuple[float, str]:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        more = await run()
        took.append((time.perf_counter() - began, more))
    return min(took)


def _result(what: str, backend: str, took: tuple[float, float], more: str) -> Result:
    seconds, reach = took
    return Result(
        what=f"report: {what}",
        backend=backend,
        figure=f"{seconds * 1000:.0f} ms",
        floor="",
        ratio=None,
        reach=f"≤ {reach:g} s",
        is_reached=seconds <= reach,
        more=more,
    )
