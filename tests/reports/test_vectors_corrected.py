"""What was counted once is counted anew when the PBX, or a person, knows better (D3, D16, D17, X6)."""

from __future__ import annotations

from tests.reports.company import ANNA, BORYS, SERVICE, VIRA, kyiv


async def test_d17_a_success_that_turns_out_to_be_somebody_else_s(company):
    """The contact and the first call move with the call: what was known of a number must not stay behind."""
    team = await company()
    success = team.dialled(ANNA, kyiv(20, 11), 60)
    await team.posts(team.missed(ANNA, kyiv(20, 10)), team.missed(BORYS, kyiv(20, 12)), success)
    assert (await team.total("calls"))["called_back"] == 1
    earlier = success | {"client": VIRA, "started_at": kyiv(19, 9).isoformat(), "answered_at": kyiv(20, 11).isoformat()}
    assert max(ANNA, VIRA) == VIRA  # of two numbers the greater one counts, whichever came first
    await team.posts(earlier)
    total = await team.total("calls")
    assert (total["called_back"], total["first_unique_target"]) == (0, 3)
    assert (await team.total("calls", 19, first_call="yes"))["total"] == 1


async def test_d17_a_call_in_that_turns_out_to_be_a_call_out_that_nobody_answered(company):
    """A click-to-call rings our own phone first: some PBXs call that inbound until they know better."""
    team = await company()
    success = team.answered(ANNA, kyiv(20, 11), 60)
    await team.posts(team.missed(ANNA, kyiv(20, 10)), success)
    assert (await team.total("calls"))["called_back"] == 1
    await team.posts({"type": "call", "call_id": success["call_id"], "direction": "out", "result": "no_answer"})
    total = await team.total("calls")
    assert (total["called_back"], total["outgoing"], total["incoming"]) == (0, 1, 1)


async def test_d17_an_earlier_call_that_comes_late_is_the_first(company):
    team = await company()
    await team.posts(team.answered(ANNA, kyiv(20, 10)))
    assert (await team.total("calls", 20))["first_unique_target"] == 1
    await team.posts(team.missed(ANNA, kyiv(19, 10)))
    assert (await team.total("calls", 20))["first_unique_target"] == 0
    assert (await team.total("calls", 19))["first_unique_target"] == 1


async def test_x6_of_brands_the_contact_is_looked_for_on_the_same_line(company):
    """The last contact of the number was on another line; an earlier one after the miss was on its own."""
    team = await company(separate_lines="yes")
    calls = [team.missed(ANNA, kyiv(20, 10)), team.dialled(ANNA, kyiv(20, 11), 60)]
    await team.posts(*calls, team.dialled(ANNA, kyiv(20, 12), 60, line=SERVICE))
    assert (await team.total("calls"))["called_back"] == 1


async def test_d3_first_calls_follow_the_joining_and_the_parting(company):
    """First of two joined numbers, and again of each when they are taken apart (D3, X3)."""
    team = await company()
    await team.posts(team.answered(ANNA, kyiv(19, 10)), team.answered(BORYS, kyiv(20, 10)))
    found = [(await team.total("calls"))["first_unique_target"]]
    await team.are_one(ANNA, BORYS)
    found.append((await team.total("calls"))["first_unique_target"])
    await team.are_apart(ANNA)
    found.append((await team.total("calls"))["first_unique_target"])
    assert found == [2, 1, 2]
