"""Callback orders and messages of the site: a card of their own, joined by misses, closed by a contact, refused at night."""

from __future__ import annotations

from datetime import timedelta

from followup.teams import actions as teams
from tests.stories.doors import page_of, rows_of, stored_cases, the_row
from tests.stories.world import ANNA, FRIDAY, iso, kyiv


def order(world, key="w-1", client=ANNA, **fields):
    """Somebody asks the site to be called back, now."""
    about = {"type": "order", "order_id": key, "widget": "site", "client": client, "ordered_at": iso(world.clock.now())}
    return about | fields


async def test_an_order_is_a_card_that_misses_join_and_a_contact_closes(world):
    await world.post(order(world, topic="Price", name="Anna"))
    world.olga.sees("🔴", "Callback order", "Anna", "Site", "Price")
    await world.forward(minutes=3)
    await world.call(ANNA)
    card = world.olga.sees("Missed", "Price", "Anna")
    row = await the_row(world)
    assert (row.missed, row.name, row.lines) == (1, "Anna", ("Site", "Sales"))
    await world.forward(minutes=2)
    await world.dial(ANNA, reached=True)
    assert world.olga.sees("🔵")["message_id"] == card["message_id"]
    assert (await the_row(world, "processed")).how == "called_out"


async def test_an_order_posted_three_times_is_one(world):
    first = order(world)
    for event in (first, first | {"topic": "Price"}, first | {"client": None}):
        await world.post(event)
    world.olga.sees("Callback order", "Price")
    world.olga.does_not_see("×")
    assert len(await stored_cases(world)) == 1


async def test_a_number_that_comes_with_the_second_post_opens_the_case(world):
    await world.post(order(world, client=None))
    assert world.unseen() == []
    await world.post(order(world))
    world.olga.sees("Callback order")


async def test_an_order_that_turns_out_earlier_moves_its_case(world):
    await world.post(order(world))
    world.look_away()
    await world.post(order(world, client=None, ordered_at=iso(FRIDAY - timedelta(hours=1))))
    assert (await the_row(world)).first_call_at == FRIDAY - timedelta(hours=1)
    world.look_away()


async def test_an_order_for_a_number_that_cannot_be_called_is_forbidden(world):
    await world.post(order(world, client="12345"))
    world.olga.sees("forbidden number")
    assert (await the_row(world)).reason == "forbidden"


async def test_a_widget_that_is_off_at_night_refuses_and_says_so(world, door):
    async with world.database.write() as c:
        widget = {"number": "site", "name": "Site", "kind": "widget"}
        line = teams.NewLine(**widget, hours="Mo-Fr 09:00-18:00", takes_off_hours_orders=False)
        await teams.add_line(c, world.team_id, line, world.clock.now())
    night, day = (
        order(world, "w-1", ordered_at=iso(kyiv(20, 22, 30))),
        order(world, "w-2", ordered_at=iso(kyiv(20, 17))),
    )
    await world.until(kyiv(20, 23))
    told = await world.post([night, day])
    assert told["refused"] == [{"index": 0, "code": "off_hours"}]
    assert [row.first_call_at for row in await rows_of(world)] == [kyiv(20, 17)]
    world.look_away()


async def test_whoever_only_ordered_is_no_call_to_handle(world):
    await world.post(order(world))
    world.look_away()
    assert (await page_of(world)).counters.calls == 0
    assert (await the_row(world)).missed == 0


async def test_a_message_of_the_site_is_shown_once_and_escaped(world):
    message = {"type": "message", "message_id": "m-1", "channel": "webform", "entry_point": "site <1>"}
    message |= {"client_name": "<i>Anna</i> & {{ 7*7 }}", "text": "Hello </blockquote><b>x</b> %s", "at": iso(FRIDAY)}
    for _ in range(3):
        await world.post(message)
    world.olga.sees("💬", "site <1>", "<i>Anna</i> & {{ 7*7 }}", "Hello </blockquote><b>x</b> %s")
    assert len([m for m in world.messages() if "💬" in m["text"]]) == 1
    assert await stored_cases(world) == []


async def test_a_list_with_one_bad_object_is_refused_whole(world, door):
    bad = order(world, "w-2", ordered_at="2026-11-20T10:00:00")
    told = await world.post([order(world), bad], status=400)
    assert told["pointer"] == "/1/ordered_at"
    assert await stored_cases(world) == []
