"""Connections of PostgreSQL that the server has ended while they rested are not given out."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import asyncpg
import pytest
from sqlalchemy import Integer, bindparam, func, select
from sqlalchemy.exc import DBAPIError

from storage.engine import Database
from storage.inbox import is_outage
from storage.prepared import fetch
from storage.rows import one_value
from tests.fixtures_db import drop_postgres_database, make_postgres_database

pytestmark = pytest.mark.postgres
WAYS = ("read", "write", "write_one", "glance", "write_lightly", "jot")


@pytest.fixture
async def database(postgres_server):
    url = await make_postgres_database(postgres_server)
    database = Database(url)
    yield database
    await database.dispose()
    await drop_postgres_database(postgres_server, url)


@pytest.fixture
async def other_side(database):
    """Somebody with the right to end connections."""
    connection = await asyncpg.connect(database.url.set(drivername="postgresql").render_as_string(False))
    yield connection
    await connection.close()


async def used(database: Database, way: str) -> list[int]:
    """Process ids of two connections that rest in the pool afterwards."""
    lent = getattr(database, way)
    async with lent() as first, lent() as second:
        return [(await c.exec_driver_sql("SELECT pg_backend_pid()")).scalar() for c in (first, second)]


async def ended(admin, pids) -> None:
    for pid in pids:
        # With a time to wait for, the server says when the connection is gone.
        assert await admin.fetchval("SELECT pg_terminate_backend($1, 10000)", pid)
    # Its last words came before the end of the line: another answer later both have been heard.
    for _ in range(3):
        await admin.fetchval("SELECT 1")


def test_a_line_about_to_end_is_the_database_being_away_not_a_bad_row():
    last_words = Exception("cannot switch to state 12; another operation (2) is in progress")
    last_words.__cause__ = asyncpg.InternalClientError(str(last_words))
    assert is_outage(DBAPIError("SELECT 1", {}, last_words))
    assert not is_outage(DBAPIError("SELECT 1", {}, Exception("value too long")))


@pytest.mark.parametrize("way", WAYS)
async def test_who_was_hung_up_on_does_not_hear_of_it(database, other_side, way):
    gone = await used(database, way)
    await ended(other_side, gone)
    async with getattr(database, way)() as c:
        assert (await c.exec_driver_sql("SELECT pg_backend_pid()")).scalar() not in gone


@pytest.mark.parametrize("way", WAYS)
async def test_what_rested_long_is_asked_whether_it_lives(database, other_side, monkeypatch, way):
    """A line that is dead without a word looks open from here."""
    monkeypatch.setattr("storage.engine._REST", -1.0)
    monkeypatch.setattr("storage.kept._KEPT_FOR", -1.0)
    gone = await used(database, way)
    monkeypatch.setattr(asyncpg.Connection, "is_closed", lambda _self: False)
    await ended(other_side, gone)
    async with getattr(database, way)() as c:
        assert (await c.exec_driver_sql("SELECT pg_backend_pid()")).scalar() not in gone


@pytest.mark.parametrize("way", ["write", "write_one", "glance", "jot"])
async def test_a_few_connections_are_kept_at_hand(database, way):
    """The last one used is the next one lent, and no more of them are kept from the pool than a few."""
    lent = getattr(database, way)
    async with lent() as c:
        first = await one_value(c, WHO, {})
    for _ in range(3):
        async with lent() as c:
            assert await one_value(c, WHO, {}) == first
    async with AsyncExitStack() as many:
        for c in [await many.enter_async_context(lent()) for _ in range(5)]:
            await one_value(c, WHO, {})
    async with lent() as one, lent() as two, lent() as three:
        assert len({await one_value(c, WHO, {}) for c in (one, two, three)}) == 3


async def test_what_a_glance_left_begun_is_over_for_the_next(database):
    """SQLAlchemy begins with a statement of its own; its end is seen to before the connection is lent again."""
    async with database.glance() as c:
        await c.exec_driver_sql("SELECT 1")
    async with database.glance() as c:
        assert not c.in_transaction()


async def test_a_write_after_a_glance_is_one_transaction_again(database):
    """A glance commits each statement by itself; the connection it used serves light writers next."""
    async with database.glance() as c:
        await c.exec_driver_sql("SELECT 1")
    with pytest.raises(LookupError):
        await _write_and_fail(database)
    async with database.read() as c:
        assert (await c.exec_driver_sql("SELECT to_regclass('noted')")).scalar() is None


async def _write_and_fail(database: Database) -> None:
    async with database.write_lightly() as c:
        await c.exec_driver_sql("CREATE TABLE noted (at INTEGER)")
        raise LookupError


NAP = select(func.pg_sleep(bindparam("seconds", type_=Integer)))
WHO = select(func.pg_backend_pid())
NAPPING = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND state = 'active' AND pid = $1"


@pytest.mark.parametrize("way", WAYS)
async def test_who_is_cancelled_in_the_middle_leaves_no_connection_behind(database, other_side, way):
    """Whoever got it next would be given the answer to what was asked before."""
    pids: list[int] = []

    async def nap() -> None:
        async with getattr(database, way)() as c:
            pids.append(await one_value(c, WHO, {}))
            await fetch(c, NAP, {"seconds": 60})

    napping = asyncio.create_task(nap())
    async with asyncio.timeout(30):
        while not await other_side.fetchval(NAPPING, pids[0] if pids else 0):
            pass
    napping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await napping
    async with getattr(database, way)() as c:
        assert await one_value(c, WHO, {}) != pids[0]
