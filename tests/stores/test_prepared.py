"""Statements asked of the driver are what SQLAlchemy would have asked, and fail as it would have failed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import JSON, Boolean, Integer, bindparam, func, insert, literal, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from followup.clients.tables import clients, numbers
from storage.columns import UtcDateTime
from storage.prepared import fetch, run, run_each
from storage.rows import all_rows, all_values, one_row, one_value

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
OF_TEAM = select(clients).where(clients.c.team_id == bindparam("of_team")).order_by(clients.c.id)
ADDED = insert(clients)
NUMBERED = insert(numbers)
BLOCKED = (
    update(clients)
    .where(clients.c.team_id == bindparam("of_team"), clients.c.created_at <= bindparam("by"))
    .values(is_blocked=True)
)
ANY_OF = select(clients.c.name).where(clients.c.name.in_(bindparam("names", expanding=True))).order_by(clients.c.id)
GIVEN_BACK = select(
    literal(None, JSON).label("empty"),
    bindparam("flag", type_=Boolean).label("flag"),
    bindparam("moment", type_=UtcDateTime).label("moment"),
    bindparam("document", type_=JSON).label("document"),
    bindparam("number", type_=Integer).label("number"),
)
WAYS = ("read", "glance", "write", "write_one", "write_lightly", "jot")


def client(team_id, name, at=NOON) -> dict:
    return {"team_id": team_id, "name": name, "created_at": at, "is_blocked": False}


@pytest.mark.parametrize("way", WAYS)
async def test_values_go_in_and_come_out_as_with_sqlalchemy(database, way):
    east = timezone(timedelta(hours=5))
    values = {"flag": True, "moment": NOON.astimezone(east), "document": {"a": [1, "ї"]}, "number": 7}
    async with getattr(database, way)() as c:
        asked = await one_row(c, GIVEN_BACK, values)
        told = (await c.execute(GIVEN_BACK, values)).mappings().one()
    assert asked == dict(told) == {"empty": None, **values}
    assert asked["moment"].tzinfo is UTC


async def test_what_changes_rows_says_how_many_and_fills_in_defaults(database, new_team):
    team_id = await new_team()
    async with database.write() as c:
        await run_each(c, ADDED, [client(team_id, "Anna"), client(team_id, "Borys", NOON + timedelta(hours=1))])
        await run_each(c, ADDED, [])
        assert await run(c, BLOCKED, {"of_team": team_id, "by": NOON}) == 1
        assert await run(c, BLOCKED, {"of_team": team_id + 1, "by": NOON}) == 0
    async with database.glance() as c:
        found = await all_rows(c, OF_TEAM, {"of_team": team_id})
        assert [(row["name"], row["is_blocked"]) for row in found] == [("Anna", True), ("Borys", False)]
        assert {row["is_named_by_hand"] for row in found} == {False}
        assert await all_values(c, OF_TEAM, {"of_team": team_id}) == [row["id"] for row in found]
        assert await one_value(c, OF_TEAM, {"of_team": team_id + 1}) is None
        assert await one_row(c, OF_TEAM, {"of_team": team_id + 1}) is None


async def test_a_list_of_any_length_that_is_not_among_is_left_to_sqlalchemy(database, new_team):
    team_id = await new_team()
    async with database.write() as c:
        await run_each(c, ADDED, [client(team_id, name) for name in ("a", "b", "c")])
        for names in (["a"], ["a", "c"], ["a", "b", "c"], ["x"]):
            found = await fetch(c, ANY_OF, {"names": names})
            assert [name for (name,) in found.rows] == [name for name in names if name != "x"]


async def test_a_refusal_is_sqlalchemys_and_the_transaction_is_undone(database, new_team):
    team_id = await new_team()
    with pytest.raises(IntegrityError, match="numbers"):
        await _add_badly(database, team_id)
    async with database.write() as c:
        assert await all_rows(c, OF_TEAM, {"of_team": team_id}) == []


async def _add_badly(database, team_id):
    async with database.write() as c:
        await run_each(c, ADDED, [client(team_id, "Anna")])
        await run(c, NUMBERED, {"team_id": team_id, "number": "+380671234567", "client_id": 999_999})


async def test_an_unknown_statement_is_told_with_its_text(database):
    async with database.glance() as c:
        with pytest.raises(DBAPIError, match="no_such_function"):
            await fetch(c, select(func.no_such_function(bindparam("x", type_=Integer))), {"x": 1})
