"""SQLite asked directly: a cancelled wait must not be met by a second thread."""

from __future__ import annotations

import asyncio
import sqlite3

import pytest
from sqlalchemy import func, insert, select

from storage.engine import Database
from storage.tables import updates

pytestmark = pytest.mark.asyncio


def row(number: int) -> dict:
    return {"update_id": number, "body": {}, "received_at": None}


@pytest.fixture
async def sqlite(sqlite_template, tmp_path):
    path = tmp_path / "near.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite+aiosqlite:///{path}")
    yield database, path
    await database.dispose()


async def count(database) -> int:
    async with database.glance() as c:
        return await c.scalar(select(func.count()).select_from(updates))


async def test_a_writer_cancelled_while_another_process_holds_the_file_leaves_the_loop_free(sqlite):
    database, path = sqlite
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def write() -> None:
        async with database.write():
            pytest.fail("the file was held by another process")

    waiting = asyncio.create_task(write())
    await asyncio.wait([waiting], timeout=0.05)
    waiting.cancel()
    assert await count(database) == 0  # the loop goes on and readers are served
    other.execute("ROLLBACK")
    with pytest.raises(asyncio.CancelledError):
        await waiting
    async with database.write() as c:
        assert await c.scalar(select(1)) == 1
    other.close()


async def test_what_a_statement_found_outlives_the_transaction(sqlite):
    database, _ = sqlite
    async with database.write() as c:
        found = await c.execute(select(func.count()).select_from(updates))
    assert found.scalar_one() == 0


async def test_a_failing_statement_undoes_its_transaction_only(sqlite):
    database, _ = sqlite
    with pytest.raises(Exception, match="NOT NULL"):
        async with database.write() as c:
            await c.execute(insert(updates), [row(1)])
    assert await count(database) == 0


async def test_only_a_light_write_does_not_wait_for_the_disk(database):
    """The next full one makes what it wrote last, too: both are in one log."""
    asked = "PRAGMA synchronous" if database.is_sqlite else "SHOW synchronous_commit"
    full, light = (2, 1) if database.is_sqlite else ("on", "off")
    for _ in range(2):
        async with database.write() as c:
            assert (await c.exec_driver_sql(asked)).scalar() == full
        async with database.write_lightly() as c:
            assert (await c.exec_driver_sql(asked)).scalar() == light
    async with database.write_lightly() as c:
        await c.exec_driver_sql("CREATE TABLE noted (at INTEGER)")
    async with database.read() as c:
        assert (await c.exec_driver_sql("SELECT count(*) FROM noted")).scalar() == 0
