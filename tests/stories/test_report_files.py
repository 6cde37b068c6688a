"""Files and pictures of a report; a chat without tables reads the same in lines of one width."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from openpyxl import load_workbook
from PIL import Image

from tests.stories.clockwork import watched
from tests.stories.planted import TOTALS, newest, plant_calls, plant_orders
from tests.stories.world import GROUP, shown_text


async def test_csv_and_workbook_have_every_column(world):
    await plant_calls(world)
    await world.iryna.says("/report calls this month")
    world.look_away()
    await world.iryna.presses("CSV")
    sent = world.iryna.sees("Calls report", "1–20 Nov 2026", "as of")
    assert sent["document"]["file_name"] == "calls_2026-11-01_2026-11-20.csv"
    lines = list(csv.reader(io.StringIO((await _file(world, sent)).decode("utf-8-sig")), delimiter=";"))
    heads, total = lines[0], dict(zip(lines[0], lines[-1], strict=True))
    assert len(heads) == 16
    assert (total["Calls in total"], total["Target missed"]) == (str(TOTALS["total"]), str(TOTALS["target_missed"]))
    await world.iryna.presses("XLSX")
    book = load_workbook(io.BytesIO(await _file(world, newest(world, GROUP))))
    assert len(book.sheetnames) == 2


@pytest.mark.parametrize(
    ("said", "pictures"),
    [
        ("calls this month", ("By days", "Table")),
        ("missed this month", ("By days", "By hours", "How soon reached", "Time to contact", "Table")),
        ("team this month", ("By managers", "Table")),
    ],
)
async def test_pictures(world, said, pictures):
    await plant_calls(world)
    await world.iryna.says(f"/report {said}")
    for name in pictures:
        await world.iryna.presses("Picture")
        await world.iryna.presses(name)
        image = Image.open(io.BytesIO(await _file(world, newest(world, GROUP))))
        image.load()
        assert (image.format, image.width > 600) == ("PNG", True)
    world.look_away()


async def test_the_same_file_goes_out_by_its_id_until_telegram_forgets_it(world):
    await plant_calls(world)
    await world.iryna.says("/report calls last week")
    uploads = []
    for _ in range(2):
        for button in ("CSV", "XLSX"):
            await world.iryna.presses(button)
            uploads.append(_file_id(newest(world, GROUP)))
        await world.forward(minutes=3)
        await world.restart()
    assert uploads[:2] == uploads[2:]
    stored = world.telegram.world.files
    stored["another bot's"] = stored.pop(uploads[0])
    await world.iryna.presses("CSV")
    again = newest(world, GROUP)
    assert _file_id(again) not in uploads
    assert (await _file(world, again)).startswith(b"\xef\xbb\xbf")
    await world.iryna.presses("Open numbers")
    await world.iryna.presses("Not assigned")
    await world.iryna.presses("Target missed: 4")
    await world.iryna.presses("1")
    await world.iryna.presses("Mark as non-target")
    await world.iryna.presses("← Report")
    await world.iryna.presses("XLSX")  # other numbers: another file
    assert _file_id(newest(world, GROUP)) not in uploads
    world.look_away()


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
async def test_without_tables_no_line_is_longer_than_a_phone_is_wide(database, language):
    async with watched(database, language=language) as world:
        world.telegram.world.chats[GROUP].is_rich_allowed = False
        await plant_calls(world)
        await plant_orders(world)
        for kind in ("calls", "team", "missed", "callbacks", "tickets"):
            await world.iryna.says(f"/report {kind} this month")
            await world.iryna.presses("⇅")
            report = newest(world, GROUP)
            assert "rich_message" not in report
            tables = list(_tables(report))
            assert tables
            assert max(len(line) for lines in tables for line in lines.splitlines()) <= 40, "\n".join(tables)


def _tables(report) -> Iterator[str]:
    """What is written in signs of one width."""
    encoded = shown_text(report).encode("utf-16-le")
    for entity in report["entities"]:
        if entity["type"] == "pre":
            start, end = entity["offset"] * 2, (entity["offset"] + entity["length"]) * 2
            yield encoded[start:end].decode("utf-16-le")


async def test_whether_a_chat_takes_tables_is_tried_once_and_remembered(world):
    world.telegram.world.chats[GROUP].is_rich_allowed = False
    for _ in range(2):
        await world.iryna.says("/report calls last week")
        assert "rich_message" not in newest(world, GROUP)
    tried = [call for call in world.telegram.world.journal.requests if call.method == "sendRichMessage"]
    assert len(tried) == 1
    world.telegram.world.chats[GROUP].is_rich_allowed = True
    await world.iryna.writes("/report calls last week")
    assert "rich_message" in newest(world, world.iryna.id)


def _file_id(message) -> str:
    return message["photo"][-1]["file_id"] if "photo" in message else message["document"]["file_id"]


async def _file(world, message) -> bytes:
    async with world.http.get(f"{world.telegram.url}/sim/files/{_file_id(message)}") as answer:
        return await answer.read()
