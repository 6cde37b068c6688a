"""The queue: two counters, tabs, date, line, pages, and the same rows in files and by the command line."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

from openpyxl import load_workbook

from messenger.files import FileContext, queue_csv, queue_xlsx
from tests.bot.program import Program
from tests.stories.doors import page_of, rows_of
from tests.stories.world import ANNA, BORYS, FRIDAY, SALES, SERVICE, VIRA

HANDLED = ("manual", "Olga", "spam")


async def test_hidden_callers_are_calls_but_no_clients(world):
    await world.call(ANNA)
    await world.call(ANNA)
    await world.call(None)
    await world.call(BORYS)
    world.look_away()
    counters = (await page_of(world)).counters
    assert (counters.clients, counters.calls, counters.open_rows) == (2, 4, 3)
    await world.olga.says("/missed")
    world.olga.sees("Clients who did not get through: 2", "Calls to handle: 4", "hidden number")
    world.look_away()


async def test_a_date_shows_whoever_missed_any_call_on_it_and_a_line_likewise(world):
    for client, hours, line in ((ANNA, -20, SALES), (ANNA, -1, SERVICE), (BORYS, -1, SALES)):
        start = FRIDAY + timedelta(hours=hours)
        await world.call(client, started=start, ended=start + timedelta(seconds=30), line=line)
    world.look_away()
    assert {row.client for row in await rows_of(world, day="2026-11-19")} == {ANNA}
    assert {row.client for row in await rows_of(world, day="2026-11-20")} == {ANNA, BORYS}
    assert {row.client for row in await rows_of(world, line=SERVICE)} == {ANNA}
    assert {row.client for row in await rows_of(world, line=SALES)} == {ANNA, BORYS}
    assert (await page_of(world, line=SERVICE)).counters.clients == 1


async def test_pages_of_eight_and_one_past_the_end_is_the_last(world):
    await world.post([world.inbound(f"+38067123{n:04}") for n in range(17)])
    world.look_away()
    pages = [await page_of(world, page=n) for n in range(3)]
    assert [len(page.rows) for page in pages] == [8, 8, 1]
    shown = [row.case_id for page in pages for row in page.rows]
    assert shown == [row.case_id for row in await rows_of(world)]
    assert (await page_of(world, page=99)).filter.page == 2


async def test_processed_rows_say_how_and_by_whom_and_why(world):
    for client in (ANNA, BORYS, VIRA):
        await world.call(client)
    await world.forward(minutes=1)
    await world.dial(ANNA, reached=True)
    await world.call(BORYS, missed=False)
    await world.olga.presses("Handle", under="93 ")
    await world.olga.presses("Spam", under="93 ")
    world.look_away()
    rows = {row.client: (row.how, row.closed_by, row.close_reason) for row in await rows_of(world, "processed")}
    assert rows == {ANNA: ("called_out", "Taras", None), BORYS: ("called_in", "Olga", None), VIRA: HANDLED}


async def test_files_hold_the_rows_of_the_screen(world):
    await world.call(ANNA)
    await world.call(BORYS)
    world.look_away()
    rows = await rows_of(world)
    context = FileContext(language="en", timezone="Europe/Kyiv", mask=False, tab="open")
    sheet = load_workbook(io.BytesIO(queue_xlsx(rows, context))).active
    lines = list(csv.reader(io.StringIO(queue_csv(rows, context).decode("utf-8-sig")), delimiter=";"))
    ids = [row.case_id for row in rows]
    assert [line[0].value for line in list(sheet.rows)[1:]] == ids
    assert [int(line[0]) for line in lines[1:]] == ids
    assert [cell.value for cell in next(iter(sheet.rows))] == lines[0]


async def test_the_command_line_says_the_same_rows(world, database_url, tmp_path):
    await world.call(ANNA)
    await world.call(None)
    world.look_away()
    rows = await rows_of(world)
    told = Program(tmp_path).having(database_url=database_url).told("missed", "--team", "Aurora", "--json")
    assert (told["team"], told["tab"]) == ("Aurora", "open")
    same = ("case_id", "client", "name", "reason", "lost_seconds", "missed", "attempts", "taken_by", "state")
    assert [{name: row[name] for name in same} for row in told["rows"]] == [
        {name: getattr(row, name) for name in same} for row in rows
    ]
    assert set(told["rows"][0]) == set(CONTRACT.split())


CONTRACT = """case_id client name lines reason reasons first_call_at last_call_at lost_seconds waiting_seconds missed attempts
first_attempt_seconds contact_seconds taken_by state"""
