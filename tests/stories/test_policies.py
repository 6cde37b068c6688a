"""By which settings a call is judged: those of its own time, of its own line; whose it is: by the mapping of its day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from followup.teams import actions as teams
from tests.stories.doors import change, rows_of, stored_calls, stored_cases, the_row
from tests.stories.world import ANNA, BORYS, FRIDAY, SALES, SERVICE, iso, kyiv


async def reason_of(world, start, **fields):
    """The reason of a miss of half a minute."""
    call_id = await world.call(None, started=start, ended=start + timedelta(seconds=30), **fields)
    world.look_away()
    return (await stored_calls(world))[call_id]["reason"]


async def test_hours_edited_later_do_not_rewrite_history(world):
    evening = kyiv(20, 20)
    await world.until(evening + timedelta(minutes=1))
    early = await world.call(ANNA, started=evening, ended=evening + timedelta(seconds=30))
    world.olga.sees("not answered by managers")
    await change(world, hours="Mo-Fr 09:00-18:00")
    await world.forward(minutes=30)
    await world.post({"type": "call", "call_id": early, "recording_url": "https://pbx.example/1.mp3"})
    assert (await the_row(world)).reason == "not_answered"
    assert await reason_of(world, evening - timedelta(minutes=5)) == "not_answered"
    assert await reason_of(world, evening + timedelta(minutes=25)) == "off_hours"


async def test_a_line_has_its_own_hours_and_else_the_teams(world):
    await change(world, hours="Mo-Fr 09:00-18:00")
    async with world.database.write() as c:
        line = teams.NewLine(number=SERVICE, name="Service", hours="Mo-Su 12:00-22:00")
        await teams.add_line(c, world.team_id, line, world.clock.now())
    await world.until(kyiv(20, 21))
    assert await reason_of(world, kyiv(20, 20), line=SALES) == "off_hours"
    assert await reason_of(world, kyiv(20, 20), line=SERVICE) == "not_answered"
    assert await reason_of(world, kyiv(20, 20), line="+380440000000") == "off_hours"
    assert await reason_of(world, kyiv(20, 11), line=SERVICE) == "off_hours"
    assert await reason_of(world, kyiv(20, 13), line=SERVICE) == "not_answered"


@pytest.mark.parametrize(("hours", "reason"), [("Mo-Su 09:00-18:00; PH off", "off_hours"), ("Mo-Su 09:00-18:00", None)])
async def test_holidays_count_where_the_hours_name_them(world, hours, reason):
    """25 December is a holiday in Ukraine."""
    await change(world, hours=hours)
    christmas = kyiv(20, 12) + timedelta(days=35)
    await world.until(christmas + timedelta(minutes=1))
    assert await reason_of(world, christmas) == (reason or "not_answered")
    assert await reason_of(world, christmas - timedelta(days=1)) == "not_answered"


async def test_off_hours_is_judged_by_the_time_of_the_call(world):
    await change(world, hours="Mo-Fr 09:00-18:00")
    night, day = kyiv(23, 8, 59), kyiv(23, 17, 59)
    await world.until(kyiv(23, 18, 30))
    assert await reason_of(world, night) == "off_hours"
    assert await reason_of(world, day) == "not_answered"


async def test_separate_lines_keep_brands_apart(world):
    await change(world, separate_lines="yes")
    await world.call(ANNA, line=SALES)
    await world.call(ANNA, line=SERVICE)
    world.olga.sees("🔴", "Sales")
    world.olga.sees("🔴", "Service")
    await world.forward(minutes=2)
    await world.dial(ANNA, reached=True, line=SERVICE)
    world.olga.sees("🔵", "Service")
    row = await the_row(world)
    assert (row.lines, row.attempts, row.missed) == (("Sales",), 0, 1)


async def test_together_one_client_is_one_case_with_every_line_on_the_card(world):
    await world.call(ANNA, line=SALES)
    world.look_away()
    await world.call(ANNA, line=SERVICE)
    world.olga.sees("×2", "Sales", "Service")
    assert (await the_row(world)).lines == ("Sales", "Service")


async def test_a_blocked_client_of_one_brand_alerts_nobody_at_the_other(world):
    await change(world, separate_lines="yes")
    await world.call(ANNA, line=SALES)
    await world.iryna.presses("⋯")
    await world.iryna.presses("Blacklist")
    await world.iryna.presses("Yes, blacklist")
    world.olga.sees("Blacklisted")
    await world.forward(minutes=5)
    await world.call(ANNA, line=SERVICE)
    assert await rows_of(world) == []
    assert sorted(case["how"] for case in await stored_cases(world)) == ["blocked", "blocked"]
    world.look_away()


async def test_an_extension_is_somebody_elses_from_a_date_on(world):
    """D15: Taras's phone 102 becomes Olga's on Friday at eleven."""
    moved_at = FRIDAY + timedelta(hours=1)
    async with world.database.write() as c:
        new = teams.NewMember(name="Olga", telegram_id=world.olga.id, extensions=[("102", moved_at)])
        await teams.add_member(c, world.team_id, new, world.clock.now())
    whose = {}
    for minutes in (-60, 60, 61):
        start = FRIDAY + timedelta(minutes=minutes)
        event = world.outbound(BORYS, reached=False, extension="102", started=start, ended=start + timedelta(seconds=9))
        await world.post(event)
        whose[minutes] = (await stored_calls(world))[event["call_id"]]["member_id"]
    assert whose == {-60: world.taras.member_id, 60: world.olga.member_id, 61: world.olga.member_id}


async def test_x25_a_miss_is_somebodys_only_if_one_phone_was_addressed(world):
    one = await world.call(ANNA, legs=[{"extension": "101", "result": "no_answer"}])
    two = await world.call(ANNA)
    world.look_away()
    known = await stored_calls(world)
    assert known[one]["member_id"] == world.olga.member_id
    assert known[two]["member_id"] is None


async def test_a_narrower_window_does_not_close_what_was_missed_before_it(world):
    """R4, settings are versioned: a miss keeps the window of its own day."""
    await world.call(ANNA)
    world.look_away()
    await change(world, window_days="2")
    await world.forward(minutes=1)
    await world.call(BORYS)
    world.look_away()
    await world.dial(ANNA, reached=False)
    world.look_away()
    days = {case["missed"] and (case["expires_at"] - case["last_missed_at"]).days for case in await stored_cases(world)}
    assert days == {31, 2}


async def test_an_answer_shorter_than_the_least_talk_is_no_contact(world):
    await change(world, min_talk_seconds="5")
    await world.forward(minutes=1)
    await world.call(ANNA)
    world.look_away()
    await world.forward(minutes=2)
    start = world.clock.now() - timedelta(seconds=30)
    times = {
        "started": start,
        "ended": start + timedelta(seconds=14),
        "answered_at": iso(start + timedelta(seconds=10)),
    }
    await world.dial(ANNA, reached=True, **times)
    world.olga.sees("attempts 1")
    assert (await the_row(world)).state == "open"
