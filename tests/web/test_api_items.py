"""What is behind the figures of a report, by the API: as many as the figure says, of the row that was named."""

from __future__ import annotations

import pytest

from followup.errors import FollowupError
from followup.reports.actions import build, columns_of
from followup.reports.row_names import row_key
from followup.reports.selection import KINDS, selection_of
from followup.reports.shape import value_of
from followup.teams.actions import NewMember, add_member
from handlers.web.api.schemas import OPENS
from tests.reports.company import ANNA, Company, kyiv
from tests.web.api_stage import NOVEMBER, listening, seeded


@pytest.fixture
async def company(database):
    return await seeded(database)


@pytest.fixture
async def api(database, company):
    async with listening(database, company.now) as found:
        found.token = await found.new_token(company.team_id)
        yield found


def number_of(figure) -> int:
    return figure["n"] if isinstance(figure, dict) else figure


async def test_the_document_names_every_column_that_opens(company):
    async with company.desk() as desk:
        for kind in KINDS:
            opening = [each.key for each in columns_of(desk, selection_of(kind, *NOVEMBER.values())) if each.opens]
            assert sorted(OPENS[kind]) == sorted(opening)


async def test_every_figure_of_every_total_opens(api):
    for kind in KINDS:
        total = (await api.get(f"reports/{kind}", **NOVEMBER)).document["total"]
        for column in OPENS[kind]:
            if kind == "missed" and column in ("missed", "attempts"):
                continue
            behind = (await api.get(f"reports/{kind}/items", **NOVEMBER, column=column)).document
            assert behind["total"] == len(behind["items"]), column
            if column not in ("minutes", "talk_seconds"):
                assert behind["total"] == number_of(value_of(total, column)), column


async def test_every_row_is_named_as_the_report_names_it(api):
    asked = [
        ("callbacks", "widget", "total", {}),
        ("team", "manager", "attempts", {}),
        ("calls", "manager", "total", {}),
    ]
    asked += [("missed", "case_id", "missed", {}), ("missed", "case_id", "attempts", {})]
    for kind, name, column, options in asked:
        rows = (await api.get(f"reports/{kind}", **NOVEMBER)).document["rows"]
        assert rows
        for row in rows:
            of_row = {"row": "none" if row[name] is None else str(row[name])}
            behind = (await api.get(f"reports/{kind}/items", **NOVEMBER, **of_row, **options, column=column)).document
            assert behind["total"] == len(behind["items"]) == row[column], (kind, of_row)


async def test_a_row_by_phone_is_named_by_both(api):
    rows = (await api.get("reports/calls", **NOVEMBER, by_extension="yes")).document["rows"]
    assert {row["extension"] for row in rows} > {None}
    for row in rows:
        name = f"{row['manager'] or 'none'}/{row['extension'] or ''}"
        behind = await api.get("reports/calls/items", **NOVEMBER, row=name, column="total", by_extension="yes")
        assert behind.document["total"] == row["total"], name


async def test_pages_are_the_whole_newest_first(api):
    asked = NOVEMBER | {"column": "total"}
    whole = (await api.get("reports/calls/items", **asked)).document["items"]
    assert [item["at"] for item in whole] == sorted((item["at"] for item in whole), reverse=True)
    pages = [
        (await api.get("reports/calls/items", **asked, offset=offset, limit=4)).document for offset in (0, 4, 8, 12, 16)
    ]
    assert [item for page in pages for item in page["items"]] == whole
    assert {page["total"] for page in pages} == {len(whole)}


async def test_an_item_tells_what_a_person_would_see(api):
    (missed, *_), by_csv = [
        (await api.get("reports/missed/items", **NOVEMBER, column="cases.called_out")).document["items"],
        await api.get("reports/missed/items", **NOVEMBER, column="cases.called_out", format="csv"),
    ]
    assert missed | {"id": 0, "case_id": 0} == {
        "kind": "case",
        "id": 0,
        "at": "2026-11-20T10:00:00+02:00",
        "number": ANNA,
        "name": None,
        "line": "Sales",
        "manager": "Taras",
        "outcome": "called_out",
        "seconds": 3610,
        "direction": None,
        "reason": "not_answered",
        "case_id": 0,
        "is_non_target": False,
        "is_erased": False,
    }
    columns, line = by_csv.rows
    assert list(missed) == columns
    assert dict(zip(columns, line, strict=True))["number"] == ANNA


async def test_filters_and_options_narrow_the_list(api):
    asked = NOVEMBER | {"column": "total"}
    report = (await api.get("reports/calls", **NOVEMBER, manager="Taras", hide_missed="yes")).document
    behind = (await api.get("reports/calls/items", **asked, manager="Taras", hide_missed="yes")).document
    assert behind["total"] == report["total"]["total"]
    assert {item["manager"] for item in behind["items"]} == {"Taras"}


UNREADABLE = [
    ("calls", {"column": "nonsense"}, "column", "target_missed"),
    ("calls", {"column": "called_back", "hide_missed": "yes"}, "column", "target_total"),
    ("calls", {}, "column", "required"),
    ("calls", {"column": "total", "row": "Nobody"}, "row", "Olga"),
    ("calls", {"column": "total", "row": "Nobody/101"}, "row", "Olga"),
    ("calls", {"column": "total", "row": "Taras", "manager": "Olga"}, "row", "filter"),
    ("calls", {"column": "total", "offset": "-1"}, "offset", "0"),
    ("calls", {"column": "total", "offset": "1000000000"}, "offset", "0"),
    ("calls", {"column": "total", "limit": "1001"}, "limit", "1000"),
    ("team", {"column": "occupancy"}, "column", "closed"),
    ("team", {"column": "closed", "row": "101/2"}, "row", "Olga"),
    ("tickets", {"column": "created", "by": "hour", "row": "24"}, "row", "23"),
    ("missed", {"column": "missed"}, "column", "cases.open"),
    ("missed", {"column": "cases.open", "row": "1"}, "column", "attempts"),
    ("missed", {"column": "missed", "row": "٣"}, "row", "case_id"),
    ("missed", {"column": "missed", "row": "9" * 16}, "row", "case_id"),
]


async def test_what_is_no_figure_is_told_what_would_be_one(api):
    for kind, asked, where, expected in UNREADABLE:
        said = await api.get(f"reports/{kind}/items", **NOVEMBER, **asked)
        assert (said.status, said.document["where"]) == (400, where), asked
        assert expected in said.document["expected"], asked


async def test_two_of_one_name_are_told_apart_by_their_ids(company):
    async with company.database.write() as c:
        await add_member(c, company.team_id, NewMember(name="olga", telegram_id=99), kyiv(1, 0))
    async with company.desk() as desk:
        chosen = selection_of("calls", *NOVEMBER.values())
        with pytest.raises(FollowupError) as refused:
            row_key(desk, chosen, "Olga")
        ids = [each for each in refused.value.values["expected"].split() if each.strip(",:").isdigit()]
        assert [row_key(desk, chosen, each.strip(",:")) for each in ids] == [each.strip(",:") for each in ids]
        assert len(ids) == 2


async def test_a_foreign_case_has_nothing_behind_it(api, company):
    async with company.desk() as desk:
        report = await build(desk, selection_of("missed", *NOVEMBER.values()))
    other = await Company(api.database).opens()
    token = await api.new_token(other.team_id)
    for key in report.row_keys:
        said = await api.get("reports/missed/items", token=token, **NOVEMBER, row=key, column="missed")
        assert said.document == {"total": 0, "items": []}
