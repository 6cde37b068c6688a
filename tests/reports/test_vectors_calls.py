"""The vectors of the calls report: generic events in, the outside's JSON out (T2, T5–T10, T12, T13, T17, T19)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.reports.company import ANNA, BORYS, SALES, SERVICE, VIRA, kyiv


@pytest.mark.parametrize(("mode", "minutes"), [("floor_sum", 2), ("per_call_floor", 1), ("per_call_ceil", 3)])
async def test_t2_full_minutes(company, mode, minutes):
    """Talks of 59 s and 61 s: two full minutes; carriers bill per call (X4)."""
    team = await company(minutes_mode=mode)
    await team.posts(team.answered(ANNA, kyiv(20, 10), 59), team.dialled(BORYS, kyiv(20, 11), 61, phone="101"))
    found = await team.report("calls")
    assert found["total"]["minutes"] == minutes
    assert [row["minutes"] for row in found["rows"]] == [minutes]


async def test_x4_the_total_is_counted_from_seconds_not_from_rows(company):
    team = await company()
    await team.posts(team.answered(ANNA, kyiv(20, 10), 59), team.dialled(BORYS, kyiv(20, 11), 61, phone="102"))
    found = await team.report("calls")
    assert sorted(row["minutes"] for row in found["rows"]) == [0, 1]
    assert found["total"]["minutes"] == 2


async def test_t5_a_miss_on_one_number_a_success_on_another(company):
    """One client: called back. Two clients: not. The joining is undone: not again."""
    team = await company()
    await team.posts(team.missed(ANNA, kyiv(20, 10)), team.dialled(BORYS, kyiv(20, 11), 60))
    assert (await team.total("calls"))["called_back"] == 0
    await team.are_one(ANNA, BORYS)
    assert (await team.total("calls"))["called_back"] == 1
    await team.are_apart(ANNA)
    assert (await team.total("calls"))["called_back"] == 0


@pytest.mark.parametrize(("apart", "called_back"), [("no", 1), ("yes", 0)])
async def test_t6_a_miss_on_one_line_a_success_on_another(company, apart, called_back):
    team = await company(separate_lines=apart)
    success = team.dialled(ANNA, kyiv(20, 11), 60, line=SERVICE)
    await team.posts(team.missed(ANNA, kyiv(20, 10), line=SALES), success)
    assert (await team.total("calls"))["called_back"] == called_back


async def test_t6_another_company_s_call_is_none_of_ours(company):
    ours, theirs = await company(), await company()
    await ours.posts(ours.missed(ANNA, kyiv(20, 10)))
    await theirs.posts(theirs.dialled(ANNA, kyiv(20, 11), 60))
    assert (await ours.total("calls"))["called_back"] == 0
    assert (await theirs.total("calls"))["total"] == 1


async def test_t7_the_mark_is_asked_of_the_missed_call(company):
    team = await company()
    miss, success = team.missed(ANNA, kyiv(20, 10)), team.dialled(ANNA, kyiv(20, 11), 60)
    await team.posts(miss, success)
    await team.marked(miss)
    total = await team.total("calls")
    assert (total["called_back"], total["target_missed"], total["target_called_back"]) == (1, 0, 0)
    await team.marked()
    total = await team.total("calls")
    assert (total["called_back"], total["target_missed"], total["target_called_back"]) == (1, 1, 1)


async def test_t7_not_of_the_call_that_followed(company):
    team = await company()
    miss, success = team.missed(ANNA, kyiv(20, 10)), team.dialled(ANNA, kyiv(20, 11), 60)
    await team.posts(miss, success)
    await team.marked(success)
    total = await team.total("calls")
    assert (total["called_back"], total["target_missed"], total["target_called_back"]) == (1, 1, 1)


async def test_t8_three_misses_and_one_success(company):
    """Calls are counted, not clients (X6); the missed report says one client."""
    team = await company()
    misses = [team.missed(ANNA, kyiv(20, 10, minute)) for minute in (0, 7, 20)]
    await team.posts(*misses, team.answered(ANNA, kyiv(20, 10, 40)))
    assert (await team.total("calls"))["target_called_back"] == 3
    missed = await team.total("missed")
    assert (missed["clients"], missed["calls"]["called_in"], missed["cases"]["called_in"]) == (1, 3, 1)


async def test_x6_any_later_time_counts_even_after_the_period(company):
    team = await company()
    await team.posts(team.missed(ANNA, kyiv(2, 10)), team.dialled(ANNA, kyiv(29, 10), 60))
    assert (await team.total("calls", 2))["called_back"] == 1


async def test_d10_only_what_was_answered_after_the_miss_began(company):
    """She is talking to us on another line while her second call is missed: answered before that one began."""
    team = await company()
    talk = team.answered(ANNA, kyiv(20, 10), talk=600)
    await team.posts(talk, team.missed(ANNA, kyiv(20, 10, 3)))
    assert (await team.total("calls"))["called_back"] == 0
    late = team.dialled(ANNA, kyiv(20, 10, 2, 55), 60)  # dialled before the miss, answered after it began
    await team.posts(late)
    assert (await team.total("calls"))["called_back"] == 1


async def test_t9_the_first_call_is_marked_the_second_is_not(company):
    team = await company()
    first, second = team.answered(ANNA, kyiv(20, 10)), team.answered(ANNA, kyiv(20, 11))
    await team.posts(first, second)
    assert (await team.total("calls"))["first_unique_target"] == 1
    await team.marked(first)
    assert (await team.total("calls"))["first_unique_target"] == 0


async def test_t9_of_two_calls_that_began_together_the_mark_is_asked_of_the_first_alone(company):
    """On one number or on two of a client: which is first is not asked of those without a mark only (X3, X5)."""
    team = await company()
    first, second = team.answered(ANNA, kyiv(20, 10)), team.answered(ANNA, kyiv(20, 10))
    third, fourth = team.answered(BORYS, kyiv(20, 12)), team.answered(VIRA, kyiv(20, 12))
    await team.posts(second, first, fourth, third)
    await team.are_one(BORYS, VIRA)
    for marked, left in (((), 2), ((second, fourth), 2), ((first, fourth), 1), ((first, third), 0)):
        await team.marked(*marked)
        assert (await team.total("calls"))["first_unique_target"] == left
        assert await team.listed("calls", "first_unique_target", beyond=5) == (left, left)


YEAR = (date(2026, 1, 1), date(2026, 12, 31))


async def test_t10_first_calls_with_a_period_of_absence(company):
    """1 January, 1 March, 1 July with 90 days: the first and the last."""
    team = await company(first_call_days="90")
    january = kyiv(1, 10) - timedelta(days=304)
    days = [january, january + timedelta(days=59), january + timedelta(days=181)]
    await team.posts(*(team.answered(ANNA, day) for day in days))
    found = await team.report("calls", YEAR, None, {"first_call": "yes"})
    assert found["total"]["total"] == 2
    july = (date(2026, 7, 1), date(2026, 7, 1))
    assert (await team.report("calls", july, None, {"first_call": "yes"}))["total"]["total"] == 1


async def test_t10_without_the_period_only_the_very_first(company):
    team = await company()
    await team.posts(team.answered(ANNA, kyiv(1, 10)), team.answered(ANNA, kyiv(20, 10)))
    assert (await team.total("calls", first_call="yes"))["total"] == 1
    assert (await team.total("calls", 20, first_call="yes"))["total"] == 0


async def test_x3_first_of_all_the_numbers_in_either_direction_and_never_of_the_hidden(company):
    team = await company()
    dialled = team.dialled(BORYS, kyiv(3, 10), 60)
    await team.posts(team.answered(ANNA, kyiv(4, 10)), dialled, team.missed(None, kyiv(2, 10)))
    await team.are_one(ANNA, BORYS)
    total = await team.total("calls", first_call="yes")
    assert (total["total"], total["outgoing"], total["incoming"]) == (1, 1, 0)


@pytest.mark.parametrize(("day", "first"), [(10, 0), (13, 1)])
async def test_x3_silence_is_broken_only_by_calls_from_the_client(company, day, first):
    """He called on the 1st; we dialled on the 9th. With ten days of silence the 10th is too early, the 13th is not."""
    team = await company(first_call_days="10")
    his, ours = team.answered(ANNA, kyiv(1, 12)), team.dialled(ANNA, kyiv(9, 12), 60)
    await team.posts(his, ours, team.answered(ANNA, kyiv(day, 10)))
    assert (await team.total("calls", day, first_call="yes"))["total"] == first


async def test_x3_of_calls_that_began_together_the_id_decides_as_text(company):
    """Byte by byte: digits before capitals, capitals before small letters, whatever the database's own order."""
    team = await company()
    calls = [
        team.answered(ANNA, kyiv(20, 10), call_id=key, line=line) for key, line in (("a-9", SALES), ("B-1", SERVICE))
    ]
    await team.posts(*calls)
    found = await team.report("calls", filters={"line": [SERVICE]}, options={"first_call": "yes"})
    assert found["total"]["total"] == 1


async def test_t12_hidden_are_the_missed_and_the_failed(company):
    """10 in (4 missed), 6 out (2 failed): 10 calls, 6 in, 4 out; the columns that would be empty are gone (X26)."""
    team = await company()
    clients = iter(f"+3806700000{number}" for number in range(10, 30))
    misses = [team.missed(next(clients), kyiv(20, 10)) for _ in range(4)]
    came = [team.answered(next(clients), kyiv(20, 10)) for _ in range(6)]
    failed = [team.dialled(next(clients), kyiv(20, 10)) for _ in range(2)]
    went = [team.dialled(next(clients), kyiv(20, 10), 30) for _ in range(4)]
    await team.posts(*misses, *came, *failed, *went, team.answered(None, kyiv(20, 9), direction="internal"))
    whole = await team.total("calls")
    assert (whole["total"], whole["incoming"], whole["outgoing"], whole["target_missed"]) == (16, 10, 6, 4)
    found = await team.report("calls", options={"hide_missed": "yes"})
    assert [found["total"][name] for name in ("total", "incoming", "outgoing", "first_unique_target")] == [10, 6, 4, 10]
    for row in (found["total"], *found["rows"]):
        assert not {"target_missed", "target_called_back", "called_back"} & row.keys()


async def test_t13_a_queue_rings_four_and_the_fifth_answers(company):
    team = await company()
    said = team.answered(ANNA, kyiv(20, 10), phone="105")
    said["legs"] += [{"extension": f"10{n}", "rang_at": said["started_at"], "result": "no_answer"} for n in range(1, 5)]
    await team.posts(said)
    total = await team.total("calls")
    assert (total["incoming"], total["target_missed"]) == (1, 0)
    assert (await team.total("missed"))["calls"]["total"] == 0


async def test_t17_three_times_and_the_wrong_way_round(company):
    in_order, otherwise = await company(), await company()
    told = [
        in_order.missed(ANNA, kyiv(20, 10)),
        in_order.dialled(ANNA, kyiv(20, 11), 60),
        in_order.missed(VIRA, kyiv(20, 12)),
    ]
    told.append(in_order.ordered("A", VIRA, kyiv(20, 13)))
    await in_order.posts(*told)
    for said in (told[1], told[3], told[2], told[0], told[0], told[1], told[2], told[3], told[0]):
        await otherwise.posts(said)
    for kind in ("calls", "missed", "callbacks", "team"):
        assert await in_order.total(kind) == await otherwise.total(kind), kind


async def test_t19_a_hidden_caller_is_a_call_and_nobody_to_call(company):
    team = await company()
    await team.posts(team.missed(None, kyiv(30, 10)))
    assert (await team.total("calls"))["target_missed"] == 1
    assert (await team.total("calls"))["called_back"] == 0
    found = await team.report("missed")
    total = found["total"]
    assert (total["clients"], total["calls"]["total"], total["cases"]["total"]) == (0, 1, 1)
    assert [row["client"] for row in found["rows"]] == [None]


async def test_m5_extensions_of_a_manager_add_up_to_him(company):
    team = await company()
    calls = [team.answered(ANNA, kyiv(20, 10), 59), team.dialled(BORYS, kyiv(20, 11), 61, phone="101")]
    calls += [team.dialled(VIRA, kyiv(20, 12), 30, phone="103"), team.missed(VIRA, kyiv(20, 13))]
    await team.posts(*calls)
    whole = await team.report("calls")
    split = await team.report("calls", options={"by_extension": "yes"})
    assert {(row["manager"], row["extension"]): row["total"] for row in split["rows"]} == {
        ("Olga", "101"): 2,
        (None, "103"): 1,
        (None, None): 1,
    }
    assert {row["manager"]: row["total"] for row in whole["rows"]} == {"Olga": 2, None: 2}
    assert split["total"] == whole["total"]


async def test_m3_managers_are_chosen_and_nobody_is_one_of_them(company):
    team = await company()
    calls = [team.answered(ANNA, kyiv(20, 10)), team.dialled(BORYS, kyiv(20, 11), 61), team.missed(VIRA, kyiv(20, 13))]
    await team.posts(*calls)
    for chosen, total in ((["Olga"], 1), (["Olga", "none"], 2), (["none"], 1), (["Olga", "Taras"], 2), (["Iryna"], 0)):
        found = await team.report("calls", filters={"manager": chosen})
        assert found["total"]["total"] == total, chosen


async def test_d12_a_call_across_midnight_belongs_to_the_day_it_started(company):
    team = await company()
    await team.posts(team.answered(ANNA, kyiv(20, 23, 59, 58), 120))
    assert [(await team.total("calls", day))["minutes"] for day in (20, 21)] == [2, 0]


async def test_d1_internal_calls_are_counted_nowhere(company):
    team = await company()
    await team.posts(team.answered(ANNA, kyiv(20, 10), direction="internal"))
    assert (await team.report("calls"))["rows"] == []
    assert (await team.total("calls"))["total"] == 0


async def test_a_call_whose_end_never_came_is_neither_missed_nor_answered(company):
    team = await company()
    await team.posts(team.missed(ANNA, kyiv(20, 10), ended_at=None, hung_up_by=None, stage=None))
    total = await team.total("calls")
    assert (total["total"], total["incoming"], total["target_missed"]) == (1, 1, 0)
