"""A day of MANGO OFFICE: signed forms over HTTP, legs and summaries in whatever order, seen on the card."""

from __future__ import annotations

import pytest
import pytest_asyncio

from providers.mango_codes import CODES
from tests.stories.doors import API_KEY, SALT, rows_of, set_aside, stored_calls, stored_cases, the_row
from tests.stories.world import ANNA, SALES

CLIENT, LINE = ANNA[1:], SALES[1:]


@pytest_asyncio.fixture
async def mango(door):
    """The address of a Mango connection."""
    return await door.connect("mango", api_key=API_KEY, api_salt=SALT)


def leg(door, state, second, *, place="abonent", call_id="leg-1", entry="e-1", **fields):
    """events/call: a change of one leg, ``second`` seconds after the call began, a minute ago."""
    began = int(door.world.clock.now().timestamp()) - 60
    to = {"extension": "101", "number": "sip:olga@x.mangosip.ru", "line_number": LINE, "acd_group": ""}
    message = {"entry_id": entry, "call_id": call_id, "timestamp": began + second, "seq": 1, "call_state": state}
    return message | {"location": place, "from": {"number": CLIENT}, "to": to} | fields


def summary(door, *, talked_after=None, code=1110, direction=1, entry="e-1", **fields):
    """events/summary of a call that began a minute ago and took 25 s."""
    began = int(door.world.clock.now().timestamp()) - 60
    times = {"create_time": began, "forward_time": began, "end_time": began + 25}
    talk = {"talk_time": began + talked_after if talked_after is not None else 0}
    ours = {"extension": "101", "number": "sip:olga@x.mangosip.ru"}
    caller, callee = ({"number": CLIENT}, ours) if direction == 1 else (ours, {"number": CLIENT})
    about = {"entry_id": entry, "call_direction": direction, "line_number": LINE, "disconnect_reason": code}
    return about | times | talk | {"from": caller, "to": callee} | fields


async def test_a_missed_call_is_a_card_and_the_call_back_closes_it(world, door, mango):
    await door.mango(mango, "events/call", leg(door, "Appeared", 0))
    assert world.unseen() == []
    await door.mango(mango, "events/call", leg(door, "Disconnected", 25, disconnect_reason=1111))
    await door.mango(mango, "events/summary", summary(door, code=1111))
    world.olga.sees("🔴", "+380 67 ••• 45 67", "Sales", "not answered by managers")
    await world.forward(minutes=5)
    await door.mango(mango, "events/summary", summary(door, direction=2, entry="e-2", code=1111))
    world.olga.sees("attempts 1")
    await world.forward(minutes=5)
    await door.mango(mango, "events/summary", summary(door, direction=2, entry="e-3", talked_after=8, code=1120))
    world.olga.sees("🔵", "Olga")
    row = await the_row(world, "processed")
    assert (row.missed, row.attempts, row.how) == (1, 2, "called_out")
    assert await set_aside(world) == []


async def test_an_answered_call_is_no_case_whatever_comes_first(world, door, mango):
    talk = leg(door, "Connected", 7)
    end = leg(door, "Disconnected", 25, disconnect_reason=1120)
    total = summary(door, talked_after=7, code=1120)
    for path, message in (
        ("events/summary", total),
        ("events/call", end),
        ("events/call", talk),
        ("events/call", leg(door, "Appeared", 0)),
    ):
        await door.mango(mango, path, message)
    assert await stored_cases(world) == []
    (call,) = (await stored_calls(world)).values()
    assert (call["outcome"], call["talk_seconds"], call["member_id"]) == ("successful", 18, world.olga.member_id)


async def test_a_caller_who_leaves_in_the_menu(world, door, mango):
    await door.mango(mango, "events/call", leg(door, "Connected", 0, place="ivr", to={"line_number": LINE}))
    await door.mango(mango, "events/summary", summary(door, code=1110, to={}))
    world.olga.sees("hung up in the voice menu")


async def test_a_group_that_misses_is_nobodys_miss(world, door, mango):
    for number, extension in enumerate(("101", "102")):
        to = {"extension": extension, "number": f"sip:{extension}@x.ru", "line_number": LINE, "acd_group": "5"}
        ring = leg(door, "Appeared", 1, call_id=f"leg-{number}", to=to)
        gone = leg(door, "Disconnected", 25, call_id=f"leg-{number}", to=to, disconnect_reason=1111)
        await door.mango(mango, "events/call", gone)
        await door.mango(mango, "events/call", ring)
    await door.mango(mango, "events/summary", summary(door, code=1110))
    world.olga.sees("not answered by managers")
    (call,) = (await stored_calls(world)).values()
    assert call["member_id"] is None


async def test_the_recording_comes_late_and_changes_nothing_else(world, door, mango):
    await door.mango(mango, "events/summary", summary(door))
    world.olga.sees("🔴")
    before = await the_row(world)
    recording = {"entry_id": "e-1", "recording_id": "rec-1", "recording_state": "Completed", "call_id": "leg-1"}
    await door.mango(mango, "events/recording", recording)
    assert world.unseen() == []
    after = await the_row(world)
    assert (after.missed, after.reason) == (before.missed, before.reason)
    assert (await stored_calls(world))["e-1"]["facts"]["recording_url"] == "mango:rec-1"


async def test_a_ping_is_answered_and_tells_nothing(world, door, mango):
    await door.ask(f"{mango}/ping", data={"vpbx_api_key": API_KEY})
    await door.ask(mango)
    assert await stored_calls(world) == {}
    assert await set_aside(world) == []


async def test_a_wrong_signature_is_refused_and_nothing_is_stored(world, door, mango):
    await door.mango(mango, "events/summary", summary(door), status=401, salt="guess")
    assert await stored_calls(world) == {}
    assert await rows_of(world) == []


@pytest.mark.parametrize("direction", [1, 2])
async def test_every_disconnect_code_ends_in_a_case_or_an_attempt(world, door, mango, direction):
    """None of the vendor's codes, nor one it invents tomorrow, loses a call."""
    codes = [*CODES, 7777, 2219]
    for code in codes:
        message = summary(door, direction=direction, entry=f"e-{code}", code=code)
        await door.mango(mango, "events/summary", message)
    world.look_away()
    assert await set_aside(world) == []
    known = await stored_calls(world)
    wanted = "missed" if direction == 1 else "failed"
    assert {call["outcome"] for call in known.values()} == {wanted}
    assert len(known) == len(codes)
    if direction == 1:
        row = await the_row(world)
        assert (row.missed, row.client) == (len(codes), ANNA)
        assert None not in row.reasons
        assert {call["raw_reason"] for call in known.values()} == {str(code) for code in codes}
    else:
        assert await stored_cases(world) == []
