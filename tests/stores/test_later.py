"""Writes that wait: nobody can tell, but by the number of questions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from followup.clients.tables import clients, numbers
from storage.many import insert_many
from storage.prepared import fetch, run, run_each, run_later
from storage.rows import all_values, one_value

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NAMED = update(clients).where(clients.c.id == bindparam("of_id")).values(name=bindparam("new_name"))
NAMES = select(clients.c.name).order_by(clients.c.id)
KNOWN = select(func.count()).select_from(numbers)
NUMBERED = insert(numbers)


@pytest.fixture
async def anna(database, new_team):
    """(team id, client id)"""
    team_id = await new_team()
    async with database.write() as c:
        [(client_id,)] = await insert_many(c, clients, [person(team_id)])
    return team_id, client_id


def person(team_id, name="Anna") -> dict:
    return {"team_id": team_id, "name": name, "created_at": NOON, "is_blocked": False}


def number(anna, text="+380671234567") -> dict:
    return {"team_id": anna[0], "client_id": anna[1], "number": text}


async def asked(c) -> list[str]:
    """Whatever PostgreSQL is asked from now on."""
    told: list[str] = []
    driver = (await c.get_raw_connection()).driver_connection
    driver.add_query_logger(lambda query: told.append(query.query))
    return told


async def names(database) -> list[str]:
    async with database.glance() as c:
        return await all_values(c, NAMES, {})


@pytest.mark.postgres
async def test_a_new_row_takes_along_what_waits(database, anna):
    if database.is_sqlite:
        pytest.skip("SQLite is asked in the same process: nothing waits there")
    async with database.write() as c:
        told = await asked(c)
        await run_later(c, NAMED, {"of_id": anna[1], "new_name": "Ганна"})
        assert await one_value(c, select(func.now()), {}) is not None
        [(first,)] = await insert_many(c, numbers, [number(anna)])
        await run_later(c, NUMBERED, number(anna, "+380671234568"))
    questions = [each for each in told if "now()" not in each and not each.startswith(("BEGIN", "COMMIT"))]
    assert len(questions) == 2
    assert first > 0
    assert await names(database) == ["Ганна"]
    async with database.glance() as c:
        assert await one_value(c, KNOWN, {}) == 2


async def test_a_change_that_makes_room_for_a_new_row_comes_before_it(database, anna):
    """A unique key is looked at row by row: in one statement the new row might be the first."""
    async with database.write() as c:
        [(old,)] = await insert_many(c, numbers, [number(anna)])
        moved = update(numbers).where(numbers.c.id == bindparam("of_id")).values(number="+380670000000")
        await run_later(c, moved, {"of_id": old})
        await insert_many(c, numbers, [number(anna)])
        await run_later(c, moved.values(number="+380670000001"), {"of_id": old})
        await run_later(c, NUMBERED, number(anna, "+380670000000"))
    async with database.glance() as c:
        assert await one_value(c, KNOWN, {}) == 3


async def test_who_looks_finds_it_written(database, anna):
    async with database.write() as c:
        await run_later(c, NAMED, {"of_id": anna[1], "new_name": "first"})
        assert await all_values(c, NAMES, {}) == ["first"]
        await run_later(c, NAMED, {"of_id": anna[1], "new_name": "second"})
        assert list(await c.scalars(NAMES)) == ["second"]
        await run_later(c, NAMED, {"of_id": anna[1], "new_name": "third"})
        await run_later(c, NAMED, {"of_id": anna[1], "new_name": "fourth"})
        await run_each(c, NAMED, [{"of_id": anna[1], "new_name": "fifth"}])
        assert await all_values(c, NAMES, {}) == ["fifth"]
        await run_later(c, NAMED, {"of_id": anna[1], "new_name": "sixth"})
        assert await run(c, update(clients).where(clients.c.name == bindparam("x")).values(name="last"), {"x": "sixth"})
    assert await names(database) == ["last"]


async def test_the_end_of_the_transaction_is_its_end_too(database, anna):
    async with database.write() as c:
        await run_later(c, NAMED, {"of_id": anna[1], "new_name": "kept"})
    assert await names(database) == ["kept"]
    with pytest.raises(ZeroDivisionError):
        await _stumble(database, anna)
    assert await names(database) == ["kept"]
    async with database.write() as c:  # nor does the next transaction of that connection write it
        await fetch(c, KNOWN, {})
    assert await names(database) == ["kept"]


async def _stumble(database, anna):
    async with database.write() as c:
        await run_later(c, NAMED, {"of_id": anna[1], "new_name": "lost"})
        raise ZeroDivisionError


async def test_a_savepoint_that_is_undone_takes_nothing_along(database, anna):
    async with database.write() as c:
        await run_later(c, NAMED, {"of_id": anna[1], "new_name": "outside"})
        within = await c.begin_nested()
        await run_later(c, NUMBERED, number(anna))
        await within.rollback()
    assert await names(database) == ["outside"]
    async with database.glance() as c:
        assert await one_value(c, KNOWN, {}) == 0


@pytest.mark.parametrize("how", ["by a question", "by a new row", "at the end"])
async def test_a_refusal_undoes_all_of_it(database, anna, how):
    with pytest.raises(IntegrityError, match=r"numbers|FOREIGN KEY"):
        await _refused(database, anna, how)
    assert await names(database) == ["Anna"]


async def _refused(database, anna, how):
    async with database.write() as c:
        await run_each(c, NAMED, [{"of_id": anna[1], "new_name": "undone"}])
        await run_later(c, NUMBERED, number((anna[0], 999_999)))
        if how == "by a question":
            await fetch(c, KNOWN, {})
        elif how == "by a new row":
            await insert_many(c, clients, [person(anna[0], "Borys")])


async def test_where_each_statement_is_a_transaction_nothing_waits(database, anna):
    async with database.jot() as c:
        await c.exec_driver_sql("SELECT 1")
        await run_later(c, NAMED, {"of_id": anna[1], "new_name": "noted"})
    assert await names(database) == ["noted"]
