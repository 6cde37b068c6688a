"""The vectors of tickets in reports: T11 in the calls report, T16 in the tickets report, and what stands beside them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from followup.tickets import actions
from followup.tickets.actions import TicketPress
from followup.tickets.store import stored_tickets
from tests.reports.company import ANNA, BORYS, KYIV, SERVICE, VIRA, Company, kyiv

TICKETS = ("tickets", "tickets_by_missed", "tickets_in_work")


async def does(team: Company, at: datetime, kind: str, *given: Any, by: str = "Taras", **named: Any) -> int:
    """To the only ticket there is; its number."""
    async with team.desk(at) as desk:
        (ticket,) = await stored_tickets(desk.c, team.team_id, range(1, 50))
        member = desk.book.members[team.members[by]]
        press = TicketPress(ticket_id=ticket["id"], member=member, source_key=f"u:{kind}:{at}")
        await getattr(actions, kind)(desk, press, *given, **named)
        return int(ticket["id"])


async def result_of(team: Company, code: str) -> int:
    async with team.desk() as desk:
        return next(result.id for result in desk.book.results.values() if result.code == code)


async def row_of(team: Company, manager: str | None, **options: str) -> dict[str, Any] | None:
    rows = (await team.report("calls", options=options))["rows"]
    return next((row for row in rows if row["manager"] == manager), None)


async def test_t11_a_ticket_is_counted_in_the_row_of_its_call(company):
    """A miss without a manager; the ticket is Olga's now and in selection: the row "Not assigned" has it, hers none."""
    team = await company()
    await team.posts(team.missed(ANNA, kyiv(20, 10)), team.answered(BORYS, kyiv(20, 11), phone="101"))
    await does(team, kyiv(20, 10, 10), "transfer", to=team.members["Olga"])
    await does(team, kyiv(20, 10, 20), "set_status", "selection")
    nobody, olga = await row_of(team, None), await row_of(team, "Olga")
    assert [nobody[name] for name in TICKETS] == [1, 1, 1]
    assert [olga[name] for name in TICKETS] == [0, 0, 0]


async def test_m30_what_ended_badly_is_not_in_work(company):
    team = await company()
    await team.posts(team.missed(ANNA, kyiv(20, 10)))
    assert [(await team.total("calls"))[name] for name in TICKETS] == [1, 1, 0]
    await does(team, kyiv(20, 11), "set_status", "done")
    assert [(await team.total("calls"))[name] for name in TICKETS] == [1, 1, 1]
    await does(team, kyiv(20, 12), "set_status", "refused")
    assert [(await team.total("calls"))[name] for name in TICKETS] == [1, 1, 0]


async def test_m27_asks_the_mark_of_the_call(company):
    team = await company()
    miss = team.missed(ANNA, kyiv(20, 10))
    await team.posts(miss)
    await team.marked(miss)
    assert [(await team.total("calls"))[name] for name in TICKETS] == [1, 0, 0]


async def test_x26_options_of_calls_leave_tickets_as_they_are(company):
    team = await company()
    await team.posts(team.dialled(ANNA, kyiv(19, 9)), team.missed(ANNA, kyiv(20, 10)))
    for options in ({"hide_missed": "yes"}, {"first_call": "yes"}, {"hide_missed": "yes", "first_call": "yes"}):
        total = await team.total("calls", **options)
        assert [total[name] for name in TICKETS] == [1, 1, 0], options
    row = await row_of(team, None, hide_missed="yes")
    assert (row["total"], row["tickets"]) == (0, 1)


async def test_filters_of_the_calls_report_are_said_of_the_originating_call(company):
    team = await company()
    await team.posts(team.missed(ANNA, kyiv(20, 10)), team.missed(BORYS, kyiv(20, 11), line=SERVICE))

    async def tickets(**filters: list[str]) -> int:
        return int((await team.report("calls", filters=filters))["total"]["tickets"])

    assert (await tickets(line=["Service"]), await tickets(manager=["none"]), await tickets(manager=["Olga"])) == (
        1,
        2,
        0,
    )


async def test_a_day_is_the_day_of_creation(company):
    team = await company()
    await team.posts(team.missed(ANNA, kyiv(20, 23, 59, 59)), team.missed(BORYS, kyiv(21, 0)))
    assert [(await team.total("calls", day))["tickets"] for day in (20, 21)] == [1, 1]
    assert [(await team.total("tickets", day))["created"] for day in (20, 21)] == [1, 1]


async def t16(team: Company) -> None:
    """Created 10:00, taken 10:04, dialled 10:06, contact 10:20, closed 10:25."""
    reached = team.dialled(ANNA, kyiv(20, 10, 19, 50), 120)
    await team.posts(team.missed(ANNA, kyiv(20, 10)), at=kyiv(20, 10, 1))
    await does(team, kyiv(20, 10, 4), "take")
    await team.posts(team.dialled(ANNA, kyiv(20, 10, 6)), reached, at=kyiv(20, 10, 23))
    await does(team, kyiv(20, 10, 25), "close", await result_of(team, "resolved"), "sold")


def only(seconds: int) -> dict[str, int]:
    return {"mean": seconds, "median": seconds, "p90": seconds, "n": 1, "none_yet": 0}


async def test_t16_reaction_six_minutes_handling_twenty_one(company):
    team = await company()
    await t16(team)
    total = await team.total("tickets")
    assert (total["created"], total["closed"]) == (1, 1)
    assert (total["wait_seconds"], total["handling_seconds"]) == (only(360), only(21 * 60))


async def test_g19_to_g30_of_t16(company):
    team = await company()
    await t16(team)
    (row,) = (await team.report("tickets", options={"table": "yes"}))["table"]
    assert row.pop("number") > 0
    assert row == {
        "channel": "phone",
        "client": ANNA,
        "entry_point": "Sales",
        "created_at": kyiv(20, 10).astimezone(KYIV).isoformat(),
        "reaction_seconds": 360,
        "handling_seconds": 21 * 60,
        "employee": "Taras",
        "group": None,
        "topic": None,
        "result": "resolved",
        "comment": "sold",
    }


async def test_the_table_comes_only_when_it_is_asked_for(company):
    team = await company()
    await team.posts(team.missed(ANNA, kyiv(20, 10)))
    assert "table" not in await team.report("tickets")


async def test_d18_who_has_no_value_yet_is_told(company):
    team = await company()
    await t16(team)
    await team.posts(team.missed(BORYS, kyiv(20, 12)), team.missed(VIRA, kyiv(20, 13)))
    total = await team.total("tickets")
    assert total["wait_seconds"] == only(360) | {"none_yet": 2}
    assert total["handling_seconds"] == only(21 * 60) | {"none_yet": 2}


async def test_x18_the_day_of_closing(company):
    team = await company()
    await team.posts(team.missed(ANNA, kyiv(19, 17)), at=kyiv(19, 17, 1))
    await does(team, kyiv(20, 9), "take")
    await does(team, kyiv(20, 9, 30), "close", await result_of(team, "refused"))
    assert [(await team.total("tickets", day))["closed"] for day in (19, 20)] == [1, 0]
    assert [(await team.total("tickets", day, basis="closed"))["closed"] for day in (19, 20)] == [0, 1]


async def test_x19_working_time_leaves_the_night_out(company):
    team = await company()
    await team.posts(team.missed(ANNA, kyiv(19, 17, 50)), team.dialled(ANNA, kyiv(20, 9, 5)))
    assert (await team.total("tickets"))["wait_seconds"]["mean"] == 15 * 3600 + 15 * 60
    assert (await team.total("tickets", clock="working"))["wait_seconds"]["mean"] == 15 * 60


async def test_x20_what_was_put_off_can_be_left_out(company):
    team = await company()
    await team.posts(team.missed(ANNA, kyiv(20, 10)), at=kyiv(20, 10, 1))
    await does(team, kyiv(20, 10, 4), "take")
    await does(team, kyiv(20, 10, 5), "snooze", kyiv(20, 12, 5))
    await does(team, kyiv(20, 13, 4), "close", await result_of(team, "resolved"))
    assert (await team.total("tickets"))["handling_seconds"]["mean"] == 3 * 3600
    assert (await team.total("tickets", without_snooze="yes"))["handling_seconds"]["mean"] == 3600


async def test_reopened_tickets_are_not_closed_now(company):
    team = await company()
    await t16(team)
    await does(team, kyiv(20, 14), "reopen")
    total = await team.total("tickets")
    assert (total["created"], total["closed"], total["handling_seconds"]["none_yet"]) == (1, 0, 1)
    await does(team, kyiv(20, 14, 10), "close", await result_of(team, "resolved"))
    assert (await team.total("tickets"))["handling_seconds"] == only(31 * 60)


@pytest.mark.parametrize(
    ("by", "row"),
    [
        ("hour", "10"),
        ("day", "2026-11-20"),
        ("week", "2026-11-16"),
        ("month", "2026-11"),
        ("employee", "Taras"),
        ("group", None),
        ("channel", "phone"),
        ("topic", None),
    ],
)
async def test_g13_rows_are_what_was_chosen(company, by, row):
    team = await company()
    await t16(team)
    found = await team.report("tickets", options={"by": by})
    assert [each[by] for each in found["rows"]] == [row]
    assert {name: found["rows"][0][name] for name in found["total"]} == found["total"]


async def test_x20_what_was_put_off_is_left_out_of_working_time_too(company):
    """Taken on Friday at 17:00, put off until Monday at 10:00, closed at 11:00: of three hours two were put off."""
    team = await company()
    await team.posts(team.missed(ANNA, kyiv(20, 16)), at=kyiv(20, 16, 1))
    await does(team, kyiv(20, 17), "take")
    await does(team, kyiv(20, 17), "snooze", kyiv(23, 10))
    await does(team, kyiv(23, 11), "close", await result_of(team, "resolved"))
    assert (await team.total("tickets", clock="working"))["handling_seconds"]["mean"] == 3 * 3600
    both = await team.total("tickets", clock="working", without_snooze="yes")
    assert both["handling_seconds"]["mean"] == 3600
