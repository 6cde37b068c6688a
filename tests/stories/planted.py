"""A fortnight of calls and orders with known numbers, for the stories of reports."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.stories.world import ANNA, BORYS, SERVICE, VIRA, World, kyiv, labels, shown_text

# Olga answered 2 of 7 incoming calls, Taras dialled 3 and reached 2; all of them from 9 to 19 November 2026.
TOTALS = {"total": 10, "incoming": 7, "outgoing": 3, "target_missed": 5, "target_called_back": 4}


async def plant_calls(world: World) -> None:
    """Anna missed three times and reached; Borys answered twice; Vira missed twice, reached after the first."""
    missed = ((ANNA, 9, 10), (ANNA, 10, 10), (ANNA, 10, 11), (VIRA, 12, 9), (VIRA, 19, 9))
    for client, day, hour in missed:
        start = kyiv(day, hour)
        event = world.inbound(client, started=start, ended=start + timedelta(seconds=25))
        await world.post(event | {"recording_url": None})
    for day in (11, 17):
        start = kyiv(day, 12)
        ended = start + timedelta(seconds=65)
        recorded = world.inbound(BORYS, missed=False, started=start, ended=ended, line=SERVICE)
        await world.post(recorded | {"recording_url": "https://pbx.example/r/7"})
    for client, day, reached in ((ANNA, 11, True), (VIRA, 13, True), (VIRA, 19, False)):
        start = kyiv(day, 15)
        await world.post(world.outbound(client, reached=reached, started=start, ended=start + timedelta(minutes=2)))
    world.look_away()


async def plant_orders(world: World) -> None:
    """Three orders of two widgets; Anna's was served."""
    for number, (client, widget) in enumerate(((ANNA, "site"), (BORYS, "site"), (VIRA, "landing"))):
        order = {"type": "order", "order_id": f"w-{number}", "widget": widget, "client": client}
        await world.post(order | {"ordered_at": kyiv(16, 10 + number).isoformat()})
    start = kyiv(16, 11)
    await world.post(world.outbound(ANNA, reached=True, started=start, ended=start + timedelta(minutes=3)))
    world.look_away()


def newest(world: World, chat: int) -> dict[str, Any]:
    """The last message of a chat; it counts as looked at."""
    message = world.messages(chat)[-1]
    world.seen.add((chat, message["message_id"], message["edits"]))
    return message


def table(message: dict[str, Any], number: int = 0) -> dict[str, list[str]]:
    """Row name → cells of one table of a rich message; the heads under the empty name."""
    tables = [block for block in message["rich_message"]["blocks"] if "cells" in block]
    return {row[0]["text"]: [cell["text"] for cell in row[1:]] for row in tables[number]["cells"]}


def figure_labels(message: dict[str, Any]) -> dict[str, int]:
    """Title → number on the buttons of "Which number to open?", spans left out."""
    found = (label.rpartition(": ") for label in labels(message))
    return {title: int(number) for title, colon, number in found if colon and number.isdigit()}


def items_listed(message: dict[str, Any]) -> int:
    """How many calls, cases or orders one page of a list shows."""
    lines = shown_text(message).splitlines()
    return sum(1 for line in lines if line.split(".")[0].isdigit() and ". " in line[:5])
