"""SQLite keeps no statistics of its own accord: the index of a team looks as good to it as that of a client."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

import pytest
from sqlalchemy import Executable, text
from sqlalchemy.dialects.sqlite.aiosqlite import dialect
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.sql.visitors import iterate

import followup
import storage
from storage.columns import metadata
from storage.many import among
from storage.vast import counted_anew


def _of_lists() -> Iterator[tuple[str, Executable]]:
    """Every statement of a module that is asked for a list of keys."""
    for package in (followup, storage):
        for found in walk_packages(package.__path__, f"{package.__name__}."):
            for name, value in vars(import_module(found.name)).items():
                if isinstance(value, Executable) and any(isinstance(part, among) for part in iterate(value)):
                    yield f"{found.name}.{name}", value


SQLITE = dialect()
STATEMENTS = dict(_of_lists())


@pytest.fixture(scope="module")
def empty():
    """The tables without a row and without statistics."""
    connection = sqlite3.connect(":memory:")
    for table in metadata.sorted_tables:
        for part in (CreateTable(table), *map(CreateIndex, table.indexes)):
            connection.execute(str(part.compile(dialect=SQLITE)))
    yield connection
    connection.close()


def _steps(connection: sqlite3.Connection, statement: Executable) -> list[str]:
    compiled = statement.compile(dialect=SQLITE)
    nothing = {name: None for name, bind in compiled.binds.items() if bind.required}
    written = compiled.construct_expanded_state(nothing)
    found = connection.execute(f"EXPLAIN QUERY PLAN {written.statement}", [None] * len(written.positiontup))
    return [row[3] for row in found if " VIRTUAL TABLE " not in row[3]]


def test_there_are_such_statements():
    assert len(STATEMENTS) > 20


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_list_of_keys_is_found_by_these_keys_however_large_the_team(name, empty):
    reads = [step for step in _steps(empty, STATEMENTS[name]) if step.startswith(("SCAN", "SEARCH"))]
    assert reads
    for step in reads:
        equal = set(re.findall(r"(\w+)=\?", step)) - {"team_id"}
        assert equal, f"every row of the team is read: {step}"


async def test_rows_are_counted_when_they_are_told_to_be(database, new_team):
    """PostgreSQL counts by itself, but not at once."""
    counted = (
        "SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'teams'"
        if database.is_sqlite
        else "SELECT count(*) FROM pg_class WHERE relname = 'teams' AND reltuples = 1"
    )
    await new_team()
    async with database.write() as c:
        await counted_anew(c, "teams")
    async with database.read() as c:
        assert await c.scalar(text(counted)) > 0
