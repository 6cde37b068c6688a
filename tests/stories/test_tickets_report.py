"""The tickets report in a chat: one line of words, filters, groupings, pictures, files, and every number opened (G9–G31)."""

from __future__ import annotations

import csv
import io
import re

import pytest
from openpyxl import load_workbook
from PIL import Image

from messenger.report_words import ReportWords
from tests.stories.desk import all_tickets
from tests.stories.planted import figure_labels, items_listed, newest, plant_calls, table
from tests.stories.test_report_files import _file
from tests.stories.world import ANNA, BORYS, GROUP, labels, shown_text

LINK = "https://t.me/perezvon_sandbox_bot?start=t_"


@pytest.mark.parametrize("said", ["tickets this month", "обращения этот месяц", "звернення цей місяць"])
async def test_one_line_of_words_builds_it(world, said):
    await plant_calls(world)
    await world.iryna.says(f"/report {said}")
    built = newest(world, GROUP)
    assert "Tickets report" in shown_text(built)
    total = table(built)["Total"]
    assert total[0] == str(await _count(world))
    world.look_away()


async def test_every_number_opens_to_as_many_tickets_and_a_ticket_to_its_card(world):
    await plant_calls(world)
    await world.iryna.says("/report tickets this month")
    await world.iryna.presses("Open numbers")
    await world.iryna.presses("Total")
    figures = figure_labels(newest(world, GROUP))
    assert set(figures) >= {"Tickets", "Wait"}
    for title, number in figures.items():
        await world.iryna.presses(f"{title}: {number}")
        page = newest(world, GROUP)
        assert f"In the list: {number}" in shown_text(page)
        assert items_listed(page) == number
        await world.iryna.presses("Back")
    await world.iryna.presses(f"Tickets: {figures['Tickets']}")
    page = newest(world, GROUP)
    linked = [each["url"] for each in page["entities"] if each["type"] == "text_link"]
    assert len(linked) == items_listed(page), "G20: each number opens its ticket"
    assert linked == [f"{LINK}{number}" for number in re.findall(r"№(\d+)", shown_text(page))]
    await world.iryna.presses("1")
    assert "Unsorted" in shown_text(newest(world, GROUP))
    world.look_away()


async def test_t11_a_ticket_is_counted_where_its_call_is_whoever_has_it(world):
    """A miss of nobody's makes a ticket; it is Olga's now, in Selection: the row "Not assigned" counts it, hers does not."""
    titles = [ReportWords("calls", "en").title(key) for key in ("tickets", "tickets_by_missed", "tickets_in_work")]
    await world.call(BORYS, missed=False)
    await world.call(ANNA)
    await world.iryna.presses("⋯", under="Missed")
    await world.iryna.presses("Ticket", under="Missed")
    for menu, choice in (("Transfer", "Olga"), ("Status", "Selection")):
        await world.iryna.presses("⋯", under="🎫 #1")
        await world.iryna.presses(menu, under="🎫 #1")
        await world.iryna.presses(choice, under="🎫 #1")
    world.iryna.sees("🎫 #1", "Selection", "✋ Olga has it")
    await world.iryna.says("/report calls today")
    await world.iryna.presses("Open numbers")
    await world.iryna.presses("Not assigned")
    found = figure_labels(newest(world, GROUP))
    assert [found[title] for title in titles] == [1, 1, 1]
    await world.iryna.presses(f"{titles[0]}: 1")
    page = newest(world, GROUP)
    assert items_listed(page) == 1
    assert "№1 · Selection" in shown_text(page)
    assert "Olga" in shown_text(page)
    await world.iryna.presses("Back")
    await world.iryna.presses("Back")
    await world.iryna.presses("Olga")
    assert not set(figure_labels(newest(world, GROUP))) & set(titles)
    world.look_away()


async def test_ticket_columns_of_the_calls_report_open_too(world):
    await plant_calls(world)
    await world.iryna.says("/report calls this month")
    await world.iryna.presses("Open numbers")
    await world.iryna.presses("Not assigned")
    number = figure_labels(newest(world, GROUP))["Tickets created"]
    await world.iryna.presses(f"Tickets created: {number}")
    assert items_listed(newest(world, GROUP)) == number > 0
    world.look_away()


async def test_filters_and_options_are_chosen_by_presses(world):
    """G11–G13: the report is built by its button only, and prints what was chosen."""
    await plant_calls(world)
    await world.iryna.says("/report")
    await world.iryna.presses("🎫 Tickets")
    await world.iryna.presses("This month")
    assert {"📡 Channels: All", "🏷 Topics: All", "📊 by day"} <= set(labels(newest(world, GROUP)))
    await world.iryna.presses("📡 Channels: All")
    await world.iryna.presses("Phone")
    await world.iryna.presses("Done")
    await world.iryna.presses("👤 Employees: All")
    await world.iryna.presses("Not assigned")
    await world.iryna.presses("Done")
    await world.iryna.presses("📊 by day")
    await world.iryna.presses("by employee")
    await world.iryna.presses("in working time")
    await world.iryna.presses("Without the time put off")
    on = set(labels(newest(world, GROUP)))
    assert {"✅ Without the time put off", "✅ in working time"} <= on
    await world.iryna.presses("✅ in working time")
    await world.iryna.presses("by the day of closing")
    await world.iryna.presses("by the day of closing")
    await world.iryna.presses("Build")
    said = shown_text(newest(world, GROUP))
    assert "Channel: Phone; Employee: Not assigned" in said
    assert "by employee; by the day of creation; by the clock; Without the time put off" in said
    assert table(newest(world, GROUP))["Not assigned"][0] == str(await _count(world))
    world.look_away()


async def test_three_pictures_and_the_table_as_files(world):
    """G14–G18, G31: the chosen columns are kept for the presser, whatever report he makes next."""
    await plant_calls(world)
    await world.iryna.says("/report tickets this month")
    for name in ("Closed tickets", "Waiting for an answer", "Handling time"):
        await world.iryna.presses("Picture")
        await world.iryna.presses(name)
        image = Image.open(io.BytesIO(await _file(world, newest(world, GROUP))))
        image.load()
        assert (image.format, image.width) == ("PNG", 1080)
    await world.iryna.says("/report tickets this month")
    await world.iryna.presses("Table of tickets")
    assert sum(label.startswith("✅") for label in labels(newest(world, GROUP))) == 13, "all twelve, and Done"
    await world.iryna.presses("✅ Comment")
    await world.iryna.presses("✅ Result")
    await world.iryna.says("/report tickets this month")
    await world.iryna.presses("CSV")
    assert {"• ;", "• UTF-8 (Excel)", "• The team's time"} <= set(labels(newest(world, GROUP)))
    await world.iryna.presses("Tab")
    await world.iryna.presses("Windows-1251")
    await world.iryna.presses("Get the file")
    body = (await _file(world, newest(world, GROUP))).decode("windows-1251")
    heads, *rows = list(csv.reader(io.StringIO(body), delimiter="\t"))
    assert heads == [
        *("Channel", "Number", "Client", "Entry point", "Created", "Reaction time", "Handling time"),
        *("Employee", "Group", "Topic"),
    ]
    ids = [ticket["id"] for ticket in await all_tickets(world)]
    assert sorted(row[1] for row in rows) == sorted(f"{LINK}{id_}" for id_ in ids)
    await world.iryna.presses("XLSX")
    book = load_workbook(io.BytesIO(await _file(world, newest(world, GROUP))))
    assert book.sheetnames[0] == "Tickets report"
    cells = [row[1] for row in book.worksheets[0].iter_rows() if row[1].hyperlink]
    assert sorted(cell.value for cell in cells) == ids, "a number that sorts as one, with a link under it"
    assert all(cell.hyperlink.target == f"{LINK}{cell.value}" for cell in cells)
    assert len(book.sheetnames) == 3
    world.look_away()


async def test_definitions_name_their_ids(world):
    await plant_calls(world)
    await world.iryna.says("/report tickets today")
    await world.iryna.presses("ⓘ")
    said = shown_text(newest(world, GROUP))
    assert all(f"{id_}: " in said for id_ in ("G9", "G13", "G14", "G15", "G16"))
    world.look_away()


async def _count(world) -> int:
    return len(await all_tickets(world))
