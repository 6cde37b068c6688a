"""A day of Ringostat: webhooks by GET and POST, as address, form and JSON, in every status, seen on the card."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from providers.ringostat_words import STATUSES
from tests.stories.doors import rows_of, set_aside, stored_calls, stored_cases, the_row
from tests.stories.world import ANNA, SALES


@pytest_asyncio.fixture
async def ringostat(door):
    """The address of a Ringostat connection whose cabinet keeps Kyiv time."""
    return await door.connect("ringostat", auth_key="key-1", timezone="Europe/Kyiv")


def call(world, status="NO ANSWER", *, key="u-1", kind="in", **fields):
    """A call that began a minute ago, by the cabinet's wall clock."""
    began = (world.clock.now() - timedelta(minutes=1)).astimezone(ZoneInfo("Europe/Kyiv"))
    parties = {"dst": SALES[1:], "E164": ANNA} if kind == "in" else {"dst": ANNA[1:], "caller": "olga"}
    row = {"uniqueid": key, "calldate": f"{began:%Y-%m-%d %H:%M:%S}", "call_type": kind, "disposition": status}
    return row | parties | {"billsec": "0", "duration": "25", "waittime": "25"} | fields


WAYS = {
    "get": lambda row: {"method": "GET", "params": row | {"token": "key-1"}},
    "post in the address": lambda row: {"params": row | {"auth_key": "key-1"}},
    "form": lambda row: {"data": row, "headers": {"Auth-Key": "key-1"}},
    "json": lambda row: {"json": row, "headers": {"Auth-Key": "key-1"}},
    "json, nested": lambda row: {"json": {"additional_call_data": row}, "params": {"token": "key-1"}},
    "json, a list": lambda row: {"json": [row], "params": {"token": "key-1"}},
}


@pytest.mark.parametrize("way", WAYS)
async def test_a_miss_by_every_way_is_the_same_card(world, door, ringostat, way):
    await door.ask(ringostat, **WAYS[way](call(world)))
    world.olga.sees("🔴", "+380 67 ••• 45 67", "Sales", "not answered by managers")
    row = await the_row(world)
    assert (row.client, row.missed, row.first_call_at) == (
        ANNA,
        1,
        world.clock.now().replace(microsecond=0) - timedelta(minutes=1),
    )


async def test_the_same_call_by_every_way_is_one_call(world, door, ringostat):
    row = call(world)
    for way in WAYS.values():
        await door.ask(ringostat, **way(row))
    world.olga.sees("🔴")
    world.olga.does_not_see("×")


async def test_a_call_back_that_reaches_the_client_closes_the_case(world, door, ringostat):
    await door.ask(ringostat, **WAYS["get"](call(world)))
    world.look_away()
    await world.forward(minutes=5)
    await door.ask(ringostat, **WAYS["form"](call(world, "NO ANSWER", key="u-2", kind="out")))
    world.olga.sees("attempts 1")
    await world.forward(minutes=5)
    talk = {"billsec": "12", "waittime": "9", "duration": "21"}
    await door.ask(ringostat, **WAYS["json"](call(world, "ANSWERED", key="u-3", kind="out", **talk)))
    world.olga.sees("🔵")
    assert (await the_row(world, "processed")).attempts == 2


async def test_the_wrong_key_is_refused(world, door, ringostat):
    await door.ask(ringostat, status=401, json=call(world))
    await door.ask(ringostat, status=401, method="GET", params=call(world) | {"token": "guess"})
    assert await stored_calls(world) == {}


async def test_other_hooks_of_the_cabinet_tell_of_no_call(world, door, ringostat):
    await door.ask(ringostat, method="GET", params={"token": "key-1"})
    await door.ask(ringostat, json={"event": "form_sent", "uniqueid": "f-1"}, params={"token": "key-1"})
    assert await stored_calls(world) == {}
    assert await set_aside(world) == []


@pytest.mark.parametrize("kind", ["in", "out", "callback"])
async def test_every_status_is_told_apart(world, door, ringostat, kind):
    """Answered ones are contacts, running ones wait, all others are misses or attempts, and none is lost."""
    words = [*STATUSES, "SOMETHING NEW"]
    for word in words:
        talk = (
            {"billsec": "9", "waittime": "3", "duration": "12"}
            if word in STATUSES and STATUSES[word].is_answered
            else {}
        )
        await door.ask(ringostat, **WAYS["form"](call(world, word, key=f"u-{word}", kind=kind, **talk)))
    world.look_away()
    assert await set_aside(world) == []
    known = await stored_calls(world)
    for word in words:
        status = STATUSES.get(word)
        ended = "missed" if kind == "in" else "failed"
        outcome = (
            "in_progress" if status is None or not status.is_final else "successful" if status.is_answered else ended
        )
        assert known[f"u-{word}"]["outcome"] == outcome, word
    if kind != "in":
        assert await stored_cases(world) == []
        assert await rows_of(world) == []


async def test_before_and_after_of_one_call_are_one_miss(world, door, ringostat):
    await door.ask(ringostat, **WAYS["get"](call(world, "IN PROGRESS")))
    assert world.unseen() == []
    await door.ask(ringostat, **WAYS["form"](call(world, "BUSY")))
    world.olga.sees("all managers were unavailable")
