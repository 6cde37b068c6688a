"""Every number opens (M8): the list is as long as the figure, a call opens to its legs, and its mark changes reports (M19)."""

from __future__ import annotations

import pytest

from tests.stories.clockwork import watched
from tests.stories.planted import figure_labels, items_listed, newest, plant_calls, plant_orders, table
from tests.stories.world import GROUP, VIRA, kyiv, labels, shown_text


async def open_rows(world, said: str, row: str | None) -> dict[str, int]:
    """The figures that can be opened of one row of a report."""
    await world.iryna.says(f"/report {said}")
    await world.iryna.presses("Open numbers")
    if row is not None:
        await world.iryna.presses(row)
    return figure_labels(newest(world, GROUP))


async def length_of_list(world, title: str, number: int) -> int:
    """How many items its list has on all its pages, and goes back."""
    await world.iryna.presses(f"{title}: {number}")
    page = newest(world, GROUP)
    assert f"In the list: {'' if 'Minutes' in title else number}" in shown_text(page)
    found = items_listed(page)
    while "▶" in labels(page):
        await world.iryna.presses("▶")
        page = newest(world, GROUP)
        found += items_listed(page)
    await world.iryna.presses("Back")
    return found


@pytest.mark.parametrize(
    ("said", "rows", "least"),
    [
        ("calls this month", ("Total", "Not assigned"), 12),
        ("team this month", ("Total", "Taras"), 8),
        ("callbacks this month", ("Total", "Site", "landing"), 10),
        ("missed this month", (None,), 6),
    ],
)
async def test_a_list_is_as_long_as_its_figure(world, said, rows, least):
    await plant_calls(world)
    await plant_orders(world)
    opened = 0
    for row in rows:
        figures = await open_rows(world, said, row)
        for title, number in figures.items():
            found = await length_of_list(world, title, number)
            if "Minutes" not in title:
                assert found == number, (row, title)
                opened += 1
    world.look_away()
    assert opened >= least


async def test_pages_of_ten(world):
    await world.post(
        [world.inbound(f"+38067123{n:04}", started=kyiv(19, 9, n), ended=kyiv(19, 9, n)) for n in range(23)]
    )
    world.look_away()
    await open_rows(world, "calls yesterday", "Total")
    await world.iryna.presses("Calls in total: 23")
    assert items_listed(world.iryna.sees("In the list: 23")) == 10
    await world.iryna.presses("▶")
    await world.iryna.presses("▶")
    last = world.iryna.sees("In the list: 23")
    assert items_listed(last) == 3
    assert "3/3" in labels(last)
    assert "▶" not in labels(last)


async def test_a_call_from_its_figure_to_its_card(world):
    await plant_calls(world)
    await open_rows(world, "calls this month", "Olga")
    await world.iryna.presses("Calls in total: 2")
    world.iryna.sees("Calls in total", "Olga", "17 Nov 12:00", "+380 50 ••• 33 44", "answered · 1:00", "Service")
    await world.iryna.presses("1")
    card = world.iryna.sees("Incoming call", "answered", "talk 1:00", "101 Olga: answered")
    links = [button.get("url") for row in card["reply_markup"]["inline_keyboard"] for button in row]
    assert "https://pbx.example/r/7" in links
    assert "Open the card" not in " ".join(labels(card))  # no case: it was answered
    await world.iryna.presses("Back")
    world.iryna.sees("In the list: 2")


async def test_the_card_of_a_missed_call_leads_to_its_case(world):
    await plant_calls(world)
    await open_rows(world, "missed yesterday", None)
    await world.olga.presses("Calls: waiting: 1")
    await world.olga.presses("1")
    world.olga.sees(
        "Incoming call", "missed", "not answered by managers", "101 Olga: no answer", "102 Taras: no answer"
    )
    await world.olga.presses("Open the card")
    assert "Take" in " ".join(labels(world.olga.sees("🟡", "+380 93 ••• 44 55")))
    world.look_away()


async def test_a_mark_is_signed_and_reports_follow(world):
    await plant_calls(world)
    await open_rows(world, "calls this month", "Not assigned")
    await world.iryna.presses("Target missed: 5")
    await world.iryna.presses("1")
    world.look_away()
    assert "viewer" in await world.victor.presses("Mark as non-target")
    assert await world.olga.presses("Mark as non-target") == "Marked as non-target"
    world.olga.sees("🚫 non-target: Olga, 10:00")
    await world.iryna.presses("Back")
    world.iryna.sees("In the list: 4")
    await world.iryna.presses("← Report")
    assert table(world.iryna.sees("Calls report"))["Total"] == ["10", "7", "3", "4", "4"]
    await open_rows(world, "calls this month", "Not assigned")
    await world.iryna.presses("Incoming: 5")
    await world.iryna.presses("1")
    assert await world.taras.presses("Count as target") == "Counted as target again"
    world.look_away()
    await world.iryna.presses("← Report")
    assert table(world.iryna.sees("Calls report"))["Total"] == ["10", "7", "3", "5", "4"]
    world.look_away()


async def test_definitions_with_their_ids(world):
    await world.olga.says("/report missed last week")
    await world.olga.presses("ⓘ")
    text, pages = "", 0
    while pages == 0 or "▶" in labels(newest(world, GROUP)):
        if pages:
            await world.olga.presses("▶")
        text, pages = text + shown_text(newest(world, GROUP)), pages + 1
    for identity in ("R10:", "R14.1:", "R14.8:", "R20:", "X11:", "D10:"):
        assert identity in text


async def test_numbers_are_whole_in_private_and_masked_in_groups(database):
    async with watched(database) as world:
        await plant_calls(world)
        await world.iryna.writes("/report calls this month")
        for button in ("Open numbers", "Taras", "Calls in total: 3"):
            await world.iryna.presses(button, chat=world.iryna.id)
        world.iryna.sees_in_private("+380 93 333 44 55", "19 Nov 15:00")
        world.look_away()
        await world.iryna.writes(f"/forget {VIRA}")
        await world.iryna.presses("Erase for good", chat=world.iryna.id)
        world.look_away()
        for message in world.messages(world.iryna.id):
            if "Calls in total" in shown_text(message):
                assert "333 44 55" not in shown_text(message)
