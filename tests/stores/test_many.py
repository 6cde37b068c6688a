"""Many rows in one statement: in order, with values of every kind, on both databases alike."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from followup.cases.store import add_cases, cases_by_id
from followup.clients.tables import clients
from storage.many import insert_many, update_many
from tests.stores.arrivals import NOW

MANY = 2_000


def _case(number: int) -> dict:
    """Lists of different lengths, empty ones, objects, and nothing."""
    return {
        "team_id": 1,
        "scope": f"line {number}",
        "kind": "anonymous",
        "state": "open",
        "fact_keys": [f"c:{number}"] * (number % 3),
        "opened_at": datetime(2026, 11, 1, tzinfo=UTC),
        "last_missed_at": NOW,
        "missed": number,
        "lines": [],
        "reasons": {"not_answered": number},
        "notes": [["2026-11-01T00:00:00+00:00", None, 'a "note", {braced}']] if number % 2 else [],
        "close_text": None if number % 2 else "Їжак \\ NULL",
        "closed_at": None,
        "created_at": NOW,
    }


async def test_ids_come_in_the_order_of_the_rows_and_values_come_back(database, new_team):
    team_id = await new_team()
    wanted = [_case(number) | {"team_id": team_id} for number in range(MANY)]
    async with database.write() as c:
        ids = await add_cases(c, wanted)
    async with database.read() as c:
        found = {row["id"]: row for row in await cases_by_id(c, team_id, ids)}
    assert [{name: found[id_][name] for name in wanted[0]} for id_ in ids] == wanted
    assert {(row["version"], row["attempts"]) for row in found.values()} == {(1, 0)}  # the tables' own defaults


async def test_no_rows_and_no_list_are_no_statement_and_nothing_found(database, new_team):
    team_id = await new_team()
    async with database.write() as c:
        assert await insert_many(c, clients, []) == []
        await update_many(c, clients, team_id, [])
        assert await cases_by_id(c, team_id, []) == []


async def test_rows_are_changed_by_id_and_only_in_their_team(database, new_team):
    mine, theirs = await new_team("Alpha"), await new_team("Beta")
    client = {"name": None, "created_at": NOW, "is_blocked": False}
    async with database.write() as c:
        own, foreign = [await insert_many(c, clients, [client | {"team_id": team}] * 2) for team in (mine, theirs)]
        rows = [{"id": id_, "name": f"No. {id_}", "is_blocked": True} for (id_,) in (*own, *foreign)]
        await update_many(c, clients, mine, rows)
    async with database.read() as c:
        found = {row.id: (row.name, row.is_blocked) for row in await c.execute(select(clients))}
    assert found == {id_: (f"No. {id_}", True) for (id_,) in own} | {id_: (None, False) for (id_,) in foreign}


async def test_one_bad_row_is_an_error_and_none_is_written(database, new_team):
    team_id = await new_team()
    client = {"team_id": team_id, "created_at": NOW, "is_blocked": False}
    with pytest.raises(IntegrityError):
        async with database.write() as c:
            await insert_many(c, clients, [client, client | {"team_id": 999_999}])
    async with database.read() as c:
        assert (await c.execute(select(clients))).all() == []
