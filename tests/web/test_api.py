"""The HTTP API by example: whose token opens what, and that every form says the same."""

from __future__ import annotations

import json

import pytest
from cryptography.fernet import Fernet

from followup.reports.selection import KINDS
from followup.reports.shape import value_of
from followup.retention.actions import forget
from followup.teams import token_store
from followup.teams.seal import Seal
from tests.reports.company import ANNA, SERVICE, VIRA, Company
from tests.web.api_stage import NOVEMBER, listening, seeded


@pytest.fixture
async def company(database):
    return await seeded(database)


@pytest.fixture
async def api(database, company):
    async with listening(database, company.now) as found:
        found.token = await found.new_token(company.team_id)
        yield found


async def test_a_removed_token_opens_nothing(api, company):
    async with api.database.write() as c:
        (row,) = await token_store.listed(c, company.team_id)
        assert "token_hash" not in row
        assert not await token_store.remove(c, company.team_id + 1, row["id"])
        assert await token_store.remove(c, company.team_id, row["id"])
    assert (await api.get("cases")).status == 401


async def test_the_token_itself_is_kept_nowhere(api, company):
    async with api.database.read() as c:
        (row,) = await token_store.listed(c, company.team_id)
        assert api.token not in str(row)
        assert await token_store.by_hash(c, api.token) is None


async def test_a_report_is_the_document_of_the_outside(api, company):
    for kind in KINDS:
        said = await api.get(f"reports/{kind}", **NOVEMBER)
        assert said.status == 200
        assert said.document == await company.report(kind)
        assert said.document["rows"]


async def test_filters_and_options_are_parameters(api, company):
    chosen = [*NOVEMBER.items(), ("manager", "Olga"), ("manager", "none"), ("hide_missed", "yes")]
    async with api.http.get(
        "/api/v1/reports/calls", params=chosen, headers={"Authorization": f"bearer {api.token}"}
    ) as response:
        found = await response.json()
    assert found == await company.report("calls", filters={"manager": ["Olga", "none"]}, options={"hide_missed": "yes"})
    assert found["filters"] == {"manager": ["Olga", "none"]}
    assert "target_missed" not in found["total"]


async def test_csv_of_a_report_says_what_json_says(api):
    asked = [(kind, {}) for kind in KINDS] + [("calls", {"by_extension": "yes", "hide_missed": "yes"})]
    for kind, options in asked:
        told = await api.get(f"reports/{kind}", **NOVEMBER, **options)
        said = await api.get(f"reports/{kind}", format="csv", **NOVEMBER, **options)
        assert said.headers["Content-Type"] == "text/csv; charset=utf-8"
        same_table(said.rows, told.document["rows"])


async def test_csv_of_calls_and_cases_says_what_json_says(api):
    for path, asked in (("calls", NOVEMBER), ("cases", {}), ("cases", {"tab": "processed"})):
        told, said = await api.get(path, **asked), await api.get(path, format="csv", **asked)
        assert len(told.document["rows"]) >= 1
        same_table(said.rows, told.document["rows"])


def same_table(lines, rows):
    """Every field of every row stands in the table, spelt as JSON spells it."""
    columns, *cells = lines
    assert [dict(zip(columns, line, strict=True)) for line in cells] == [
        {key: cell(value_of(row, key)) for key in columns} for row in rows
    ]
    for row in rows:
        assert flat(row) == set(columns)


def flat(row):
    return {
        f"{name}.{inner}" if inner else name
        for name, value in row.items()
        for inner in (value if isinstance(value, dict) else [None])
    }


def cell(value):
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)


async def test_all_pages_together_are_all_calls(api):
    whole = (await api.get("calls", **NOVEMBER, limit=1000)).document
    assert len(whole["rows"]) == 15
    assert whole["next_cursor"] is None
    for limit in (1, 3, 5, 14, 15):
        rows, cursor = [], {}
        while True:
            page = await api.get("calls", **NOVEMBER, limit=limit, **cursor)
            rows += page.document["rows"]
            assert len(page.document["rows"]) <= limit
            if page.document["next_cursor"] is None:
                assert "Link" not in page.headers
                break
            cursor = {"cursor": page.document["next_cursor"]}
            assert 'rel="next"' in page.headers["Link"]
        assert rows == whole["rows"]


async def test_the_link_leads_to_the_next_page_in_the_same_form(api):
    first = await api.get("calls", **NOVEMBER, limit=4, format="csv")
    target = first.headers["Link"].partition(">")[0].removeprefix("<?")
    headers = {"Authorization": f"Bearer {api.token}"}
    async with api.http.get(f"/api/v1/calls?{target}", headers=headers) as response:
        assert response.status == 200
        assert response.content_type == "text/csv"
        following = await response.text()
    whole = await api.get("calls", **NOVEMBER, limit=8, format="csv")
    assert (first.body.decode() + following.partition("\r\n")[2]) == whole.body.decode()


async def test_a_call_is_told_with_what_the_pbx_said_and_what_it_means(api):
    rows = (await api.get("calls", **NOVEMBER)).document["rows"]
    assert [row["started_at"] for row in rows] == sorted(row["started_at"] for row in rows)
    missed, dialled = rows[2], rows[4]
    assert missed["client"] == ANNA
    assert missed["started_at"] == "2026-11-20T10:00:00+02:00"
    assert (missed["direction"], missed["outcome"], missed["reason"]) == ("in", "missed", "not_answered")
    assert [(leg["extension"], leg["result"]) for leg in missed["legs"]] == [("101", "no_answer"), ("102", "no_answer")]
    assert (dialled["outcome"], dialled["talk_seconds"], dialled["manager"]) == ("successful", 65, "Taras")
    for row in rows:
        assert (await api.get(f"calls/{row['id']}")).document == row


async def test_calls_by_direction_and_client(api):
    outgoing = (await api.get("calls", **NOVEMBER, direction="out")).document["rows"]
    assert {row["direction"] for row in outgoing} == {"out"}
    assert len(outgoing) == 2
    by_client = (await api.get("calls", **NOVEMBER, client="067 123 45 67")).document["rows"]
    assert [row["client"] for row in by_client] == [ANNA] * 3
    assert (await api.get("calls", **NOVEMBER, client="+380679999999")).document["rows"] == []
    assert (await api.get("calls", **{"from": "2026-11-19", "to": "2026-11-19"})).document["rows"][0]["recording_url"]


async def test_the_queue_and_a_case(api):
    rows = (await api.get("cases")).document["rows"]
    assert {row["state"] for row in rows} == {"open"}
    assert "closed_at" not in rows[0]
    vira = next(row for row in rows if row["client"] == VIRA)
    one = (await api.get(f"cases/{vira['case_id']}")).document
    assert vira.items() <= one.items()
    assert one["orders"][0]["topic"] == "=cmd()"
    assert {line["kind"] for line in one["history"]} == {"missed", "order"}
    by_line = [(await api.get("cases", line=text)).document["rows"] for text in (SERVICE, "service", "044 111 22 44")]
    assert by_line == [[vira]] * 3
    assert (await api.get("cases", date="2026-11-21")).document["rows"] == [vira]
    processed = (await api.get("cases", tab="processed")).document["rows"]
    assert next(row for row in processed if row["client"] == ANNA)["how"] == "called_out"


async def test_teams_never_see_one_another(api, company):
    other = await Company(api.database).opens()
    token = await api.new_token(other.team_id)
    assert other.team_id != company.team_id
    mine = (await api.get("calls", **NOVEMBER)).document["rows"]
    cases = (await api.get("cases")).document["rows"]
    for path in (*(f"calls/{row['id']}" for row in mine), *(f"cases/{row['case_id']}" for row in cases)):
        assert (await api.get(path)).status == 200
        foreign = await api.get(path, token=token)
        assert (foreign.status, foreign.document) == (404, {"error": "no such thing"})
    assert (await api.get("calls", token=token, **NOVEMBER)).document["rows"] == []
    assert (await api.get("cases", token=token)).document["rows"] == []
    cursor = (await api.get("calls", **NOVEMBER, limit=1)).document["next_cursor"]
    assert (await api.get("calls", token=token, **NOVEMBER, cursor=cursor)).document["rows"] == []
    theirs = (await api.get("reports/missed", token=token, **NOVEMBER)).document
    assert theirs["total"]["clients"] == 0
    assert theirs["team"] != (await api.get("cases")).document["team"]


async def test_a_forgotten_client_is_not_told(api, company):
    async with company.desk() as desk:
        assert await forget(desk, Seal(Fernet.generate_key().decode()), ANNA)
    told = [await api.get("calls", **NOVEMBER), await api.get("cases", tab="processed")]
    told += [await api.get(f"calls/{row['id']}") for row in told[0].document["rows"]]
    assert ANNA.encode() not in b"".join(said.body for said in told)
    assert sum(row["is_erased"] for row in told[0].document["rows"]) == 3
