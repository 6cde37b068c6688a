"""Reports over 100,000 calls of a month in a table of 2,000,000, and over twelve months, beside DuckDB on the same rows."""

from __future__ import annotations

import csv
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.reports.actions import build, listed
from followup.reports.selection import Selection, selection_of
from followup.reports.shape import Figure
from followup.teams import store
from followup.teams.actions import NewConnection, NewMember, NewTeam, add_connection, add_member, add_team
from followup.teams.desk import Desk
from followup.teams.seal import Seal
from messenger.report_pictures import draw, main_picture
from storage.engine import Database
from tests.bench.companies import Days, fill
from tests.bench.companies import found as companies
from tests.bench.ground import KEY, Ground, child, said, tell
from tests.bench.report_ground import NEWEST, PHONES, TABLES, Crowd, Owner, load_postgres, load_sqlite
from tests.bench.results import Result

_BESIDE = 0.5  # two tasks that never rest share the one core of the benchmark
KINDS = ("calls", "callbacks", "missed", "team")
ROWS_SHOWN = 50
DRAWN = ("calls", "missed")
_EXPORTED = ("team_id", "number_id", "direction", "outcome", "started_at", "contact_at", "extension", "talk_seconds")
# What the calls report asks for, said for a database that was made to count.
_FLOOR = """
    WITH of_client AS (
        SELECT calls.*, min(started_at) OVER whose AS first_at, max(contact_at) OVER whose AS last_contact_at
        FROM calls WHERE team_id = $team AND started_at < $ends WINDOW whose AS (PARTITION BY number_id)
    )
    SELECT extension, count(*), sum(talk_seconds) // 60, count(*) FILTER (direction = 'out'),
           count(*) FILTER (outcome = 'missed'), count(*) FILTER (started_at = first_at),
           count(*) FILTER (outcome = 'missed' AND last_contact_at > started_at)
    FROM of_client WHERE started_at >= $begins GROUP BY extension
"""


@dataclass(frozen=True, slots=True)
class Shape:
    """How the calls are spread: over teams, and over months."""

    name: str
    teams: int
    months: int


SHAPES = (Shape("20 teams", 20, 1), Shape("one team", 1, 20))


async def measure(found: Ground, backend: str) -> list[Result]:
    """Both shapes; the year is asked of the one team that has it."""
    results: list[Result] = []
    for shape in SHAPES:
        results += await _of_shape(found, backend, shape)
    return results


async def _of_shape(found: Ground, backend: str, shape: Shape) -> list[Result]:
    url, table = await found.new(backend), found.directory / f"{backend}-{shape.teams}.csv"
    database = Database(url)
    owners = [await _founded(database, number) for number in range(shape.teams)]
    await database.dispose()  # while it is filled nobody else may look at it
    crowd = Written(Crowd(owners, found.either(2_000_000, 200_000), shape.months), table)
    if backend == "postgres":
        await load_postgres(found.socket, url, crowd)
    else:
        load_sqlite(url, crowd)
    try:
        async with database.read() as c:
            desk = Desk(c, await store.load_book(c, owners[-1].team_id), NEWEST)
            results = await _figures(desk, backend, shape, _duck(table))
        if shape.months > 12:
            results.append(await beside(database, owners[-1].team_id, backend, found.either(6_000, 2_000)))
        return results
    finally:
        await database.dispose()
        table.unlink()


async def _founded(database: Database, number: int) -> Owner:
    settings = {"timezone": "Europe/Kyiv", "region": "UA", "language": "en", "hours": "Mo-Fr 09:00-18:00"}
    async with database.write() as c:
        team_id = await add_team(c, NewTeam(name=f"Firm {number}", settings=settings), NEWEST)
        members = [await _member(c, team_id, number * 1000 + place) for place in range(1, PHONES - 9)]
        pbx = NewConnection(provider="generic", name="pbx")
        connection_id, _ = await add_connection(c, team_id, pbx, Seal(KEY), NEWEST)
    return Owner(team_id=team_id, connection_id=connection_id, members=members)


async def _member(c: AsyncConnection, team_id: int, number: int) -> int:
    phone = str(100 + number % 1000)
    new = NewMember(name=f"Member {number}", telegram_id=number, extensions=[(phone, None)])
    return await add_member(c, team_id, new, NEWEST)


@dataclass(frozen=True, slots=True)
class Written:
    """The same rows, written down for DuckDB as they pass."""

    crowd: Crowd
    table: Path

    def batches(self) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
        places = [TABLES["calls"].index(name) for name in _EXPORTED]
        with self.table.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_EXPORTED)
            for rows in self.crowd.batches():
                writer.writerows([row[place] for place in places] for row in rows["calls"])
                yield rows


async def beside(database: Database, team_id: int, backend: str, size: int) -> Result:
    """Reports never slow intake: events applied with and without a year's report beside them in the same process."""
    days = Days(await companies(database, 20))
    rates: dict[str, list[float]] = {"alone": [], "report": []}
    busy: dict[str, list[float]] = {"alone": [], "report": []}
    with child("beside", database.url.render_as_string(hide_password=False), team_id) as worker:
        await said(worker)
        for word in ("alone", "report") * 3:
            await fill(database, days.rows(size))
            tell(worker, word)
            told = await said(worker)
            rates[word].append(told["rate"])
            busy[word].append(told["cpu"])
    alone, with_report = max(rates["alone"]), max(rates["report"])
    return Result(
        what="report: events applied beside a year's report",
        backend=backend,
        figure=f"{with_report:,.0f}/s",
        floor=f"alone {alone:,.0f}/s",
        ratio=with_report / alone,
        reach=f"≥ {_BESIDE:g} × alone, on one core",
        is_reached=with_report >= _BESIDE * alone,
        more=f"the process used {max(busy['alone']):.2f} of the core alone, {max(busy['report']):.2f} with the report",
    )


def _duck(table: Path) -> duckdb.DuckDBPyConnection:
    duck = duckdb.connect()
    types = "{'started_at': 'TIMESTAMPTZ', 'contact_at': 'TIMESTAMPTZ', 'extension': 'VARCHAR'}"
    duck.execute(f"CREATE TABLE calls AS SELECT * FROM read_csv('{table}', types = {types})")
    return duck


async def _figures(desk: Desk, backend: str, shape: Shape, duck: duckdb.DuckDBPyConnection) -> list[Result]:
    month = ("2026-11-01", "2026-11-30")
    periods = {"month": (month, 1.0)} | (
        {"12 months": (("2025-12-01", "2026-11-30"), 3.0)} if shape.months > 12 else {}
    )
    results = []
    for period, (days, reach) in periods.items():
        for kind in KINDS:
            asked = selection_of(kind, *days)
            floor = _floor(duck, desk, asked) if kind == "calls" else None
            took, more = await _best(lambda asked=asked: _report(desk, asked))  # type: ignore[misc]
            results.append(_result(f"{kind}, {period}, {shape.name}", backend, (took, floor, reach), more))
    for column in ("total", "target_missed", "called_back", "first_unique_target"):
        figure = Figure(row=None, column=column)
        page = selection_of("calls", *month)
        took, more = await _best(lambda page=page, figure=figure: _page(desk, page, figure))  # type: ignore[misc]
        results.append(_result(f"page of {column}, {shape.name}", backend, (took, None, 0.1), more))
    return results


async def _report(desk: Desk, asked: Selection) -> str:
    began = time.perf_counter()
    report = await build(desk, asked, most_rows=ROWS_SHOWN)
    counted = time.perf_counter() - began
    if asked.kind in DRAWN:
        draw(main_picture(report), report, "en")
        return f"of it {counted * 1000:.0f} ms without the picture"
    return ""


async def _page(desk: Desk, asked: Selection, figure: Figure) -> str:
    return f"of {(await listed(desk, asked, figure, 20, 10)).total:,}"


async def _best(run: Callable[[], Awaitable[str]], times: int = 3) -> tuple[float, str]:
    """The first one warms the caches, as the report before it does for a head at work."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        more = await run()
        took.append((time.perf_counter() - began, more))
    return min(took)


def _floor(duck: duckdb.DuckDBPyConnection, desk: Desk, asked: Selection) -> float:
    begins, ends = asked.span(desk.book.policy.timezone)
    took = []
    for _ in range(3):
        began = time.perf_counter()
        duck.execute(_FLOOR, {"team": desk.book.id, "begins": begins, "ends": ends}).fetchall()
        took.append(time.perf_counter() - began)
    return min(took)


def _result(what: str, backend: str, took: tuple[float, float | None, float], more: str) -> Result:
    seconds, floor, reach = took
    return Result(
        what=f"report: {what}",
        backend=backend,
        figure=f"{seconds * 1000:.0f} ms",
        floor="" if floor is None else f"DuckDB {floor * 1000:.0f} ms",
        ratio=None if floor is None else seconds / floor,
        reach=f"≤ {reach:g} s",
        is_reached=seconds <= reach,
        more=more,
    )
