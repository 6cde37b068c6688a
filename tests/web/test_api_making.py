"""`POST /api/v1/tickets`: made once, by who may write, refused where it is wrong; nothing of another team."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from followup.teams.actions import NewTeam, add_team
from followup.teams.tokens import issue
from followup.tickets.tables import tickets
from tests.reports.company import kyiv
from tests.web.api_stage import Said, listening, seeded


class Maker:
    """A program with a token."""

    def __init__(self, api, token) -> None:
        self.api, self.token = api, token

    async def post(self, token=None, data=None, **body) -> Said:
        headers = {"Authorization": f"Bearer {token or self.token}"}
        given = {"data": data} if data is not None else {"json": body}
        async with self.api.http.post("/api/v1/tickets", headers=headers, **given) as response:
            return Said(response.status, response.headers, await response.read(), await response.json())


@pytest.fixture
async def company(database):
    return await seeded(database)


@pytest.fixture
async def maker(database, company):
    async with listening(database, company.now) as api:
        async with database.write() as c:
            token = (await issue(c, company.team_id, "site", "write", company.now))[1]
        yield Maker(api, token)


async def made_by_hand(database):
    async with database.read() as c:
        query = select(tickets).where(tickets.c.kind != "voice").order_by(tickets.c.id)
        return [dict(row) for row in (await c.execute(query)).mappings()]


async def test_a_ticket_is_made_once(database, maker):
    first = await maker.post(external_id="7", channel="email", client="067 123 45 67", name="Anna", text="Price?")
    again = await maker.post(external_id="7", channel="email", client="067 123 45 67", name="Anna", text="Price?")
    assert (first.status, first.document["created"], first.document["status"]) == (201, True, "unsorted")
    assert (again.status, again.document) == (200, first.document | {"created": False})
    (row,) = await made_by_hand(database)
    assert (row["id"], row["kind"], row["channel"], row["subject"]) == (first.document["id"], "api", "email", "Price?")
    assert row["number_id"] is not None


async def test_words_of_one_writer_join_his_open_ticket(database, maker):
    first = await maker.post(external_id="1", channel="vk", account="anna_k", text="Hello")
    second = await maker.post(external_id="2", channel="vk", account="anna_k", text="Are you there?")
    other = await maker.post(external_id="3", channel="vk", account="borys", text="Hello")
    assert [said.status for said in (first, second, other)] == [201, 200, 201]
    assert first.document["id"] == second.document["id"] != other.document["id"]
    assert [row["kind"] for row in await made_by_hand(database)] == ["text", "text"]


WRONG = [
    ({}, "/external_id"),
    ({"external_id": ""}, "/external_id"),
    ({"external_id": "1", "client": "not a number"}, "client"),
    ({"external_id": "1", "topic": "no such topic"}, "topic"),
    ({"external_id": "1", "group": "no such group"}, "group"),
    ({"external_id": "1", "at": "2026-11-20T10:00:00"}, "/at"),
    ({"external_id": "1", "price": 3}, "/price"),
    ({"external_id": 1}, "/external_id"),
    ({"external_id": "1", "channel": "two words"}, "/channel"),
]


@pytest.mark.parametrize(("body", "where"), WRONG)
async def test_what_is_wrong_is_said_and_nothing_is_made(database, maker, body, where):
    said = await maker.post(**body)
    assert (said.status, said.document["where"]) == (400, where)
    assert set(said.document) == {"error", "where", "found", "expected"}
    assert await made_by_hand(database) == []


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff", b'"x"', b"x" * 70_000])
async def test_a_body_that_is_none(database, maker, data):
    assert (await maker.post(data=data)).status == 400
    assert await made_by_hand(database) == []


async def test_a_token_that_only_reads_makes_nothing(database, maker, company):
    async with database.write() as c:
        token = (await issue(c, company.team_id, "reader", "read", company.now))[1]
    said = await maker.post(token=token, external_id="1")
    assert said.status == 403
    assert (await maker.post(token="pz_wrong", external_id="1")).status == 401
    assert await made_by_hand(database) == []


async def test_ids_of_one_team_are_not_those_of_another(database, maker):
    async with database.write() as c:
        other = await add_team(c, NewTeam(name="Other", settings={"region": "UA"}), kyiv(1, 9))
        token = (await issue(c, other, "site", "write", kyiv(1, 9)))[1]
    mine = await maker.post(external_id="1", client="0671234567", text="Mine")
    theirs = await maker.post(token=token, external_id="1", client="0671234567", text="Theirs")
    assert (mine.status, theirs.status) == (201, 201)
    assert mine.document["id"] != theirs.document["id"]
