"""The vectors of DEFINITIONS that a queue row shows: T1, T5, T6, T13, T17, T19, T20, and what is no miss at all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from followup.teams import actions as teams
from tests.stories.doors import change, page_of, rows_of, stored_calls, stored_cases, the_row
from tests.stories.world import ANNA, BORYS, FRIDAY, SALES, SERVICE, iso, kyiv


async def miss_at(world, minute, client=ANNA, **fields):
    """A miss that begins at 10:minute and rings 25 s."""
    start = FRIDAY + timedelta(minutes=minute)
    await world.until(start + timedelta(seconds=30))
    return await world.call(client, started=start, ended=start + timedelta(seconds=25), **fields)


async def dial_at(world, minute, *, reached, talk_at=0):
    start = FRIDAY + timedelta(minutes=minute)
    await world.until(start + timedelta(seconds=70))
    answer = {"answered_at": iso(start + timedelta(seconds=talk_at))} if reached else {}
    return await world.dial(ANNA, reached=reached, started=start, ended=start + timedelta(seconds=65), **answer)


async def test_t1_three_misses_an_attempt_in_vain_and_a_contact(world):
    for minute in (0, 7, 20):
        await miss_at(world, minute)
    world.look_away()
    await dial_at(world, 25, reached=False)
    world.olga.sees("🟡", "×3", "lost 20 min", "attempts 1")
    row = await the_row(world)
    assert (row.missed, row.attempts, row.lost_seconds) == (3, 1, 1200)
    assert (row.first_call_at, row.last_call_at) == (FRIDAY, FRIDAY + timedelta(minutes=20))
    await dial_at(world, 40, reached=True)
    world.look_away()
    assert await rows_of(world) == []
    row = await the_row(world, "processed")
    assert (row.attempts, row.lost_seconds, row.first_attempt_seconds, row.contact_seconds) == (2, 1200, 1500, 2400)
    assert (row.how, row.closed_by, row.state) == ("called_out", "Taras", "closed")


async def test_t6_a_success_on_another_line_closes_and_in_another_company_does_not(world):
    async with world.database.write() as c:
        texts = {"timezone": "Europe/Kyiv", "region": "UA"}
        other_id = await teams.add_team(c, teams.NewTeam(name="Borealis", settings=texts), world.clock.now())
        new = teams.NewConnection(provider="generic", name="PBX")
        other_pbx, _ = await teams.add_connection(c, other_id, new, world.works.seal, world.clock.now())
    own_id, own_pbx = world.team_id, world.connection_id
    await world.call(ANNA, line=SALES)
    world.team_id, world.connection_id = other_id, other_pbx
    await world.call(ANNA)
    world.team_id, world.connection_id = own_id, own_pbx
    await world.forward(minutes=5)
    await world.dial(ANNA, reached=True, line=SERVICE)
    world.olga.sees("🔵")
    assert [case["state"] for case in await stored_cases(world)] == ["closed"]
    assert [case["state"] for case in await stored_cases(world, other_id)] == ["open"]


async def test_t13_four_phones_ring_and_the_fifth_answers(world):
    legs = [{"extension": str(n), "result": "no_answer"} for n in range(201, 205)]
    await world.call(ANNA, missed=False, legs=[*legs, {"extension": "101", "result": "answered"}])
    assert await stored_cases(world) == []


async def test_t17_a_success_that_is_told_before_its_miss_raises_no_card(world):
    miss = world.inbound(ANNA, started=FRIDAY - timedelta(minutes=9), ended=FRIDAY - timedelta(minutes=8))
    success = world.outbound(ANNA, reached=True, started=FRIDAY - timedelta(minutes=5))
    for event in (success, success, miss, success, miss, miss):
        await world.post(event)
    assert world.unseen() == []
    row = await the_row(world, "processed")
    assert (row.missed, row.attempts, row.how) == (1, 1, "called_out")


async def test_the_same_webhook_three_times_is_one_miss_and_one_card(world):
    event = world.inbound(ANNA)
    for _ in range(3):
        await world.post(event)
    await world.post([event, event])
    world.olga.sees("Missed")
    world.olga.does_not_see("×")
    assert (await the_row(world)).missed == 1
    assert len([m for m in world.messages() if "🔴" in m["text"]]) == 1


async def test_t19_a_hidden_caller_is_a_call_but_no_client_to_call(world):
    await world.call(None)
    card = world.olga.sees("not callable")
    labels = str(card["reply_markup"])
    assert "Handle" in labels
    assert "Take" not in labels
    assert "Call back" not in labels
    counters = (await page_of(world)).counters
    assert (counters.calls, counters.clients) == (1, 0)
    assert (await the_row(world)).client is None


@pytest.mark.parametrize(
    ("seconds", "at", "fields", "reason"),
    [
        (9.9, (20, 11), {"stage": "greeting"}, "abandoned_10s"),
        (10.0, (20, 11), {"stage": "greeting"}, "abandoned_greeting"),
        (9.9, (20, 19), {"stage": "greeting"}, "off_hours"),
        (30, (20, 11), {"stage": "ivr"}, "abandoned_ivr"),
        (30, (20, 11), {"legs": [{"extension": "101", "result": "busy"}]}, "all_unavailable"),
        (30, (20, 11), {"stage": "ringing"}, "not_answered"),
        (9.9, (21, 10), {"stage": "no_route"}, "no_route"),
        (9.9, (21, 10), {"stage": "no_route", "result": "forbidden"}, "forbidden"),
        (30, (22, 10), {}, "off_hours"),
    ],
)
async def test_t20_the_eight_reasons_by_their_precedence(world, seconds, at, fields, reason):
    await change(world, hours="Mo-Fr 09:00-18:00")
    start = kyiv(*at)
    given = {"legs": []} | fields
    await world.until(start + timedelta(minutes=1))
    await world.call(ANNA, started=start, ended=start + timedelta(seconds=seconds), **given)
    assert (await the_row(world)).reason == reason
    world.look_away()


async def test_a_late_leg_that_was_answered_withdraws_the_case_and_its_card(world):
    call_id = await world.call(ANNA)
    world.olga.sees("🔴")
    start = world.clock.now() - timedelta(seconds=25)
    leg = {"extension": "103", "rang_at": iso(start), "answered_at": iso(start + timedelta(seconds=9))}
    await world.post({"type": "call", "call_id": call_id, "legs": [leg]})
    world.olga.sees("🟢")
    assert await rows_of(world) == []
    assert await rows_of(world, "processed") == []
    counters = (await page_of(world)).counters
    assert (counters.calls, counters.clients, counters.processed_rows) == (0, 0, 0)
    assert (await stored_calls(world))[call_id]["outcome"] == "successful"


async def test_a_call_that_ends_before_it_starts_is_kept_and_marked(world):
    now = world.clock.now()
    call_id = await world.call(ANNA, started=now, ended=now - timedelta(minutes=1))
    world.olga.sees("Missed")
    assert (await stored_calls(world))[call_id]["is_suspect"]


async def test_an_unfinished_call_alerts_no_one_and_its_late_end_undoes_that(world):
    event = world.inbound(ANNA)
    await world.post(event | {"ended_at": None})
    await world.forward(hours=5)
    assert world.unseen() == []
    assert await rows_of(world) == []
    await world.post(event)
    world.olga.sees("Missed")


async def test_events_of_yesterday_open_a_case_of_yesterday(world):
    yesterday = FRIDAY - timedelta(days=1)
    await world.call(ANNA, started=yesterday, ended=yesterday + timedelta(seconds=30))
    world.olga.sees("19 Nov 10:00")
    assert [row.client for row in await rows_of(world, day="2026-11-19")] == [ANNA]
    assert await rows_of(world, day="2026-11-20") == []


async def test_contact_before_the_miss_closes_nothing(world):
    await world.dial(BORYS, reached=True)
    await world.forward(minutes=1)
    await world.call(BORYS)
    world.olga.sees("🔴")
    row = await the_row(world)
    assert (row.attempts, row.contact_seconds) == (0, None)
