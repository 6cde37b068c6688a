"""The vectors of orders, misses and people: generic events in, the outside's JSON out (T1, T3–T6, T20)."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.reports.company import ANNA, BORYS, SERVICE, VIRA, kyiv
from tests.reports.facts import Change
from tests.reports.fortnight import Press


async def test_t1_three_misses_an_attempt_and_a_success(company):
    team = await company()
    misses = [team.missed(ANNA, kyiv(30, 10, minute)) for minute in (0, 7, 20)]
    await team.posts(*misses, team.dialled(ANNA, kyiv(30, 10, 25)))
    [row] = (await team.report("missed"))["rows"]
    assert (row["state"], row["missed"], row["attempts"], row["lost_seconds"]) == ("open", 3, 1, 1200)
    assert datetime.fromisoformat(row["first_call_at"]) == kyiv(30, 10)
    assert datetime.fromisoformat(row["last_call_at"]) == kyiv(30, 10, 20)
    await team.posts(team.dialled(ANNA, kyiv(30, 10, 39, 50), 60))
    found = await team.report("missed")
    [row] = found["rows"]
    assert (row["state"], row["how"], row["attempts"]) == ("closed", "called_out", 2)
    assert (row["first_attempt_seconds"], row["contact_seconds"]) == (25 * 60, 40 * 60)
    assert (found["total"]["cases"]["called_out"], found["total"]["calls"]["called_out"]) == (1, 3)


async def test_t3_an_off_hours_order_counts_on_its_own_day(company):
    team = await company()
    await team.posts(team.ordered("A", ANNA, kyiv(20, 22, 30)), team.dialled(ANNA, kyiv(23, 10, 5), 60))
    friday, monday = await team.total("callbacks", 20), await team.total("callbacks", 23)
    assert (friday["total"], friday["off_hours"], friday["successful"], friday["in_hours"]) == (1, 1, 1, 0)
    assert [monday[name] or 0 for name in ("total", "off_hours", "successful", "new_numbers", "unique")] == [0] * 5


@pytest.mark.parametrize(("reached", "unique"), [(2, 0), (1, 1), (0, 0)])
async def test_t4_one_number_three_orders(company, reached, unique):
    """Widgets A, A, B, each the first ever of its pair but the second A."""
    team = await company()
    orders = [team.ordered(widget, ANNA, kyiv(16, hour)) for widget, hour in (("A", 10), ("A", 11), ("B", 12))]
    calls = [
        team.dialled(ANNA, kyiv(16, 13 + n), 60 if n < reached else None, order_id=order["order_id"])
        for n, order in enumerate(orders)
    ]
    await team.posts(*orders, *calls)
    found = await team.report("callbacks")
    total = found["total"]
    names = ("total", "new_numbers", "successful", "unique", "different_numbers")
    assert [total[name] for name in names] == [3, 2, reached, unique, 1]
    assert {row["widget"]: (row["total"], row["new_numbers"]) for row in found["rows"]} == {"A": (2, 1), "B": (1, 1)}


async def test_x2_first_ever_not_first_in_the_period(company):
    team = await company()
    await team.posts(team.ordered("A", ANNA, kyiv(2, 10)), team.ordered("A", ANNA, kyiv(16, 10)))
    assert (await team.total("callbacks", 16))["new_numbers"] == 0


async def test_x22_ordered_in_hours_called_after_hours(company):
    team = await company()
    await team.posts(team.ordered("A", ANNA, kyiv(16, 17, 59)), team.dialled(ANNA, kyiv(16, 21), 60))
    total = await team.total("callbacks")
    assert (total["in_hours"], total["off_hours"] or 0, total["successful"]) == (1, 0, 1)


async def test_p3_an_order_is_pending_until_the_deadline_of_the_next_working_day(company):
    """X28: ordered on Friday, pending until Monday 18:00."""
    team = await company()
    await team.posts(team.ordered("A", ANNA, kyiv(20, 12)))
    for moment, state in ((kyiv(23, 17, 59), "pending"), (kyiv(23, 18), "unsuccessful")):
        team.now = moment
        total = await team.total("callbacks")
        assert (total["total"], total[state]) == (1, 1)
    assert total["reasons"]["operators_did_not_call"] == 1


async def test_x28_a_call_with_the_order_s_id_counts_after_the_deadline_another_does_not(company):
    team = await company()
    orders = [team.ordered("A", client, kyiv(2, 12)) for client in (ANNA, BORYS)]
    late = [team.dialled(ANNA, kyiv(20, 10), 60, order_id=orders[0]["order_id"]), team.dialled(BORYS, kyiv(20, 10), 60)]
    await team.posts(*orders, *late)
    total = await team.total("callbacks")
    assert (total["successful"], total["unsuccessful"]) == (1, 1)


async def test_x28_a_call_that_carries_another_order_s_id_serves_that_one_alone(company):
    team = await company()
    orders = [team.ordered("A", ANNA, kyiv(16, 10)), team.ordered("B", ANNA, kyiv(16, 11))]
    await team.posts(*orders, team.dialled(ANNA, kyiv(16, 12), 60, order_id=orders[0]["order_id"]))
    found = await team.report("callbacks")
    assert {row["widget"]: row["successful"] for row in found["rows"]} == {"A": 1, "B": 0}


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        ({"result": "no_coverage"}, "client_no_coverage"),
        ({"result": "phone_off"}, "client_phone_off"),
        ({"result": "no_answer"}, "client_no_answer"),
        ({"result": "no_answer", "hung_up_by": "us"}, "operator_hung_up"),
        ({"result": "operator_hung_up"}, "operator_hung_up"),
        ({"result": "busy"}, "other"),
    ],
)
async def test_x16_the_last_attempt_s_reason_is_the_order_s(company, last, reason):
    team = await company()
    first = team.dialled(ANNA, kyiv(16, 11), result="rejected")
    await team.posts(team.ordered("A", ANNA, kyiv(16, 10)), team.dialled(ANNA, kyiv(16, 12)) | last, first)
    total = await team.total("callbacks")
    assert {name: count for name, count in total["reasons"].items() if count} == {reason: 1}
    assert total["unsuccessful"] == 1


async def test_p9_a_widget_that_is_off_takes_no_order(company):
    team = await company()
    await team.posts(team.ordered("closed", ANNA, kyiv(20, 22)), team.ordered("closed", ANNA, kyiv(20, 12)))
    total = await team.total("callbacks")
    assert (total["total"], total["in_hours"], total["off_hours"] or 0) == (1, 1, 0)


async def test_p8_off_hours_is_a_dash_where_none_are_taken_unless_there_were_some(company):
    """P9 on: a dash; but orders that were taken before the switch are counted."""
    team = await company()
    await team.posts(team.ordered("closed", ANNA, kyiv(20, 12)), team.ordered("A", ANNA, kyiv(20, 22)))
    rows = {row["widget"]: row["off_hours"] for row in (await team.report("callbacks"))["rows"]}
    assert rows == {"closed": None, "A": 1}
    off = team.facts.team.lines["A"] | {"off_hours_orders": False}
    await team.changes(Change(kyiv(25, 12), "A", off))
    await team.posts(team.ordered("A", ANNA, kyiv(26, 22)), team.ordered("A", BORYS, kyiv(26, 12)))
    rows = {row["widget"]: (row["total"], row["off_hours"]) for row in (await team.report("callbacks"))["rows"]}
    assert rows == {"closed": (1, None), "A": (2, 1)}


async def test_t5_the_missed_report_follows_the_joining(company):
    team = await company()
    await team.posts(team.missed(ANNA, kyiv(30, 10)), team.dialled(BORYS, kyiv(30, 11), 60))
    fates = []
    for change in (None, team.are_one(ANNA, BORYS), team.are_apart(ANNA)):
        if change is not None:
            await change
        cases = (await team.total("missed"))["cases"]
        fates.append([name for name, count in cases.items() if count and name != "total"])
    assert fates == [["open"], ["called_out"], ["open"]]


async def test_x11_two_misses_of_one_client_are_one_case_once_they_are_joined(company):
    team = await company()
    await team.posts(team.missed(ANNA, kyiv(30, 10)), team.missed(BORYS, kyiv(30, 11)))
    await team.are_one(ANNA, BORYS)
    found = await team.report("missed")
    total = found["total"]
    assert (total["clients"], total["calls"]["total"], total["calls"]["open"], total["cases"]["open"]) == (1, 2, 2, 1)
    # Counted as the one case it is now; the other is told of in Processed alone (R3).
    assert (total["cases"]["total"], total["cases"]["merged"], total["calls"]["merged"]) == (1, 0, 0)
    assert sum(count for name, count in total["cases"].items() if name != "total") == total["cases"]["total"]


@pytest.mark.parametrize(("apart", "fate"), [("no", "called_out"), ("yes", "open")])
async def test_t6_lines_of_one_company_and_brands(company, apart, fate):
    team = await company(separate_lines=apart)
    await team.posts(team.missed(ANNA, kyiv(30, 10)), team.dialled(ANNA, kyiv(30, 11), 60, line=SERVICE))
    assert (await team.total("missed"))["calls"][fate] == 1


@pytest.mark.parametrize(
    ("seconds", "at", "reason"),
    [
        (9.9, kyiv(20, 10), "abandoned_10s"),
        (10.0, kyiv(20, 10), "abandoned_greeting"),
        (9.9, kyiv(20, 20), "off_hours"),
    ],
)
async def test_t20_why_it_was_missed(company, seconds, at, reason):
    team = await company()
    await team.posts(team.missed(ANNA, at, seconds, stage="greeting", legs=[]))
    found = await team.report("missed")
    assert {name: count for name, count in found["total"]["reasons"].items() if count} == {reason: 1}
    assert [row["reason"] for row in found["rows"]] == [reason]


async def test_every_fate_and_their_sum(company):
    """Missed = out + in + manual + merged + expired + blocked + open, in cases and in calls."""
    team = await company(window_days="3")
    numbers = [f"+38067000{n:04d}" for n in range(1, 8)]
    out, inbound, by_hand, expired, waiting = (team.missed(n, kyiv(29, 10)) for n in numbers[:5])
    expired |= team.missed(numbers[3], kyiv(10, 10)) | {"call_id": expired["call_id"]}
    again = team.missed(numbers[0], kyiv(29, 10, 5))
    calls = [team.dialled(numbers[0], kyiv(29, 11), 60), team.answered(numbers[1], kyiv(29, 12))]
    await team.posts(out, again, inbound, by_hand, expired, waiting, *calls)
    assert await team.handles(Press(kyiv(30, 9), by_hand["call_id"], "Olga"))
    total = await team.total("missed")
    fates = ("called_out", "called_in", "manual", "merged", "expired", "blocked", "open")
    assert [total["cases"][fate] for fate in fates] == [1, 1, 1, 0, 1, 0, 1]
    assert [total["calls"][fate] for fate in fates] == [2, 1, 1, 0, 1, 0, 1]
    assert (total["cases"]["total"], total["calls"]["total"], total["clients"]) == (5, 6, 5)


async def test_r8_a_case_is_shown_on_every_day_of_its_misses(company):
    team = await company()
    await team.posts(team.missed(ANNA, kyiv(28, 10)), team.missed(ANNA, kyiv(30, 10)))
    for day, calls in ((28, 1), (29, 0), (30, 1)):
        found = await team.total("missed", day)
        assert (found["calls"]["total"], found["cases"]["total"]) == (calls, calls), day


async def test_r22_proven_and_claimed(company):
    team = await company()
    misses = [team.missed(client, kyiv(30, 10)) for client in (ANNA, BORYS)]
    await team.posts(*misses, team.dialled(ANNA, kyiv(30, 10, 5)), team.dialled(ANNA, kyiv(30, 10, 9, 50), 60))
    assert await team.handles(Press(kyiv(30, 12), misses[1]["call_id"], "Olga"))
    found = await team.report("team")
    people = {
        row["manager"]: [row[name] for name in ("closed", "proven", "claimed", "attempts")] for row in found["rows"]
    }
    assert people["Taras"] == [1, 1, 0, 2]
    assert people["Olga"] == [1, 0, 1, 0]
    assert [found["total"][name] for name in ("closed", "proven", "claimed", "attempts")] == [2, 1, 1, 2]
    [taras] = [row for row in found["rows"] if row["manager"] == "Taras"]
    assert taras["first_attempt_seconds"] == {"mean": 300, "median": 300, "p90": 300, "n": 1}
    assert taras["contact_seconds"] == {"mean": 600, "median": 600, "p90": 600, "n": 1}
    assert taras["talk_seconds"] == 60


async def test_r22_two_attempts_of_one_second_are_one_first_attempt(company):
    team = await company()
    calls = [team.dialled(ANNA, kyiv(30, 10, 5), phone=phone) for phone in ("101", "102")]
    await team.posts(team.missed(ANNA, kyiv(30, 10)), *calls)
    total = await team.total("team")
    assert (total["attempts"], total["first_attempt_seconds"]["n"]) == (2, 1)


async def test_r22_dialled_before_the_miss_and_answered_after_it_is_the_first_attempt(company):
    team = await company()
    await team.posts(team.missed(ANNA, kyiv(30, 10, 0, 5)), team.dialled(ANNA, kyiv(30, 10), 60))
    [row] = [row for row in (await team.report("team"))["rows"] if row["manager"] == "Taras"]
    assert (row["attempts"], row["proven"]) == (1, 1)
    assert row["first_attempt_seconds"] == {"mean": 0, "median": 0, "p90": 0, "n": 1}


async def test_s3_occupancy_asks_the_hours_of_then_and_only_of_people(company):
    team = await company()
    await team.changes(Change(kyiv(20, 12), None, {"hours": "Mo-Fr 09:00-10:00"}))
    await team.posts(
        team.answered(ANNA, kyiv(20, 10), 1800),  # Olga: half an hour of the three until the hours became shorter
        team.answered(BORYS, kyiv(20, 20), 4 * 3600, phone="104"),  # Iryna talks longer than anybody works
        team.answered(VIRA, kyiv(20, 11), 60, phone="103"),
    )
    found = await team.report("team", (date(2026, 11, 20), date(2026, 11, 20)))
    shares = {row["manager"]: row["occupancy"] for row in found["rows"]}
    assert shares == {"Olga": round(0.5 / 3, 4), "Iryna": 1.0, None: None}
    assert found["total"]["occupancy"] == round(4.5 / 7, 4)
