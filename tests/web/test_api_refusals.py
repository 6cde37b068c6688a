"""What the API refuses: before it asks the database, so that one database will do."""

from __future__ import annotations

from itertools import product

import pytest

from followup.reports.selection import KINDS
from handlers.web.api.answers import Told, as_csv
from handlers.web.api.door import LONG_AT_A_TIME
from tests.web.api_stage import NOVEMBER, listening, seeded

WRONG_TOKENS = (("", ""), ("pz_wrong", "invalid_token"), ("x" * 250, "invalid_token"), ("ні", "invalid_token"))
PATHS = (
    *(f"reports/{kind}{end}" for kind in KINDS for end in ("", "/items")),
    *("calls", "cases", "calls/1", "cases/1"),
)


@pytest.fixture
def backend():
    return "sqlite"


@pytest.fixture
async def company(database):
    return await seeded(database)


@pytest.fixture
async def api(database, company):
    async with listening(database, company.now) as found:
        found.token = await found.new_token(company.team_id)
        yield found


async def test_nothing_is_told_without_a_token(api):
    for path, (token, why) in product(PATHS, WRONG_TOKENS):
        said = await api.get(path, token=token, **NOVEMBER)
        assert said.status == 401
        assert said.headers["WWW-Authenticate"].startswith("Bearer")
        assert why in said.headers["WWW-Authenticate"]
        assert set(said.document) == {"error"}


UNREADABLE = [
    ("reports/calls", {}, "from"),
    ("reports/calls", {"from": "2026-11-01"}, "to"),
    ("reports/calls", NOVEMBER | {"to": "30.11.2026"}, "to"),
    ("reports/calls", NOVEMBER | {"to": "2026-11-31"}, "to"),
    ("reports/calls", NOVEMBER | {"to": "2026-10-31"}, "to"),
    ("reports/calls", NOVEMBER | {"from": "0001-01-01"}, "from"),
    ("reports/calls", NOVEMBER | {"from": "2001-01-01"}, "to"),
    ("reports/calls", NOVEMBER | {"from": "20261101"}, "from"),
    ("reports/calls", NOVEMBER | {"manager": "Nobody"}, "manager"),
    ("reports/calls", NOVEMBER | {"manager": "a\0b"}, "manager"),
    ("reports/calls", NOVEMBER | {"manager": "я" * 201}, "manager"),
    ("reports/calls", NOVEMBER | {"hide_missed": "perhaps"}, "hide_missed"),
    ("reports/calls", NOVEMBER | {"widget": "A"}, "query"),
    ("reports/missed", NOVEMBER | {"reason": "bored"}, "reason"),
    ("reports/team", NOVEMBER | {"format": "png"}, "format"),
    ("calls", NOVEMBER | {"limit": "0"}, "limit"),
    ("calls", NOVEMBER | {"limit": "1001"}, "limit"),
    ("calls", NOVEMBER | {"limit": "٣"}, "limit"),
    ("calls", NOVEMBER | {"cursor": "nonsense"}, "cursor"),
    ("calls", NOVEMBER | {"cursor": "MDAwMS0wMS0wMVQwMDowMDowMCsxNDowMCAx"}, "cursor"),
    ("calls", NOVEMBER | {"direction": "internal"}, "direction"),
    ("calls/0", {}, "id"),
    ("calls/x", {}, "id"),
    ("cases/99999999999999999999", {}, "id"),
    ("cases/1", {"tab": "open"}, "query"),
    ("cases", {"tab": "closed"}, "tab"),
    ("cases", {"date": "0001-01-01"}, "date"),
]


async def test_what_cannot_be_read_is_named(api):
    for path, asked, where in UNREADABLE:
        said = await api.get(path, **asked)
        assert (said.status, said.document["where"]) == (400, where), (path, asked)
        assert said.document["expected"]
        assert said.document["found"] == str(asked.get(where, ""))[:64] or where in ("query", "id")


async def test_one_value_is_not_two(api):
    async with api.http.get(
        "/api/v1/cases?tab=open&tab=processed", headers={"Authorization": f"Bearer {api.token}"}
    ) as response:
        assert response.status == 400
        assert (await response.json())["where"] == "tab"


async def test_it_is_read_only(api):
    for path, method in product([*PATHS, "openapi.json"], ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]):
        said = await api.get(path, method=method)
        assert said.status == 405
        assert said.headers["Allow"] == "GET, HEAD"
        assert "expected GET" in said.document["error"]


async def test_other_addresses_are_none(api):
    for path in ("reports/letters", "reports", "", "nonsense", "calls/1/2", "reports/calls/"):
        said = await api.get(path, **NOVEMBER)
        assert said.status == 404
        assert "/api/v1/openapi.json" in said.document["error"]


async def test_too_many_requests_of_one_token_are_told_to_wait(database, company):
    async with listening(database, company.now, rate=1) as api:
        api.token, other = await api.new_token(company.team_id), await api.new_token(company.team_id)
        codes = [(await api.get("openapi.json")).status for _ in range(30)]
        assert set(codes) == {200}
        found = [await api.get("cases/1") for _ in range(40)]
        refused = [said for said in found if said.status == 429]
        assert len(refused) >= 15
        assert {said.headers["Retry-After"] for said in refused} == {"1"}
        assert (await api.get("cases/1", token=other)).status == 200


async def test_long_reports_wait_for_one_another_and_nothing_waits_for_them(database, company):
    async with listening(database, company.now, patience=0) as api:
        api.token = await api.new_token(company.team_id)
        for _ in range(LONG_AT_A_TIME):
            await api.door.turns.acquire()
        said = await api.get("reports/calls", **NOVEMBER)
        assert (said.status, said.headers["Retry-After"]) == (503, "5")
        assert (await api.get("cases")).status == 200
        api.door.turns.release()
        for _ in range(3):  # each gives its turn back
            assert (await api.get("reports/calls", **NOVEMBER)).status == 200
        assert (await api.get("reports/calls", **NOVEMBER, manager="Nobody")).status == 400
        assert (await api.get("reports/calls", **NOVEMBER)).status == 200


async def test_what_the_database_does_not_give_is_not_now(api):
    await api.database.dispose()
    async with api.database.engine.connect() as c:
        await c.exec_driver_sql("DROP TABLE orders")
        await c.commit()
    said = await api.get("reports/callbacks", **NOVEMBER)
    assert (said.status, said.document) == (503, {"error": "cannot be answered now"})
    assert said.headers["Retry-After"]


def test_csv_disarms_what_begins_like_a_formula_and_keeps_numbers():
    row = {"client": "+380671234567", "name": "=1+1", "line": "@x", "is_erased": False, "legs": [], "case_id": None}
    lines = as_csv(Told(make=lambda: {"rows": [row]}, columns=tuple(row))).decode().splitlines()
    assert lines[1] == "+380671234567,'=1+1,'@x,false,[],"
