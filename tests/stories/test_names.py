"""Promise 15: hostile names and texts, through intake to the chat: none is an unsent alert or a dead card."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from followup.cases.actions import Press, handle_case, note_case
from followup.cases.tables import cases
from followup.notices.tables import cards, letters
from followup.teams import store as team_store
from followup.teams.desk import Desk
from tests.stories.doors import set_aside
from tests.stories.world import iso

SEED = 20_261_120
_CASES = 90  # eleven texts each: a thousand through the whole program
_PIECES = (
    *(
        "<b>",
        "</b>",
        "<script>",
        "&amp;",
        "&#0;",
        "&",
        "<",
        ">",
        '"',
        "'",
        "\\",
        "{{ 7*7 }}",
        "{% if %}",
        "%s",
        "%(x)s",
    ),
    *("\u202e", "\u200f", "\u2066", "\ufeff", "\0", "\ud800", "\udfff", "\x1b[0m", "\r\n", "\n", "\t", "\u2028"),
    *(
        "👩‍👩‍👧‍👦",
        "🇺🇦",
        "👍🏽",
        "e\u0301" * 9,
        "שלום",
        "مرحبا",
        "𝕬𝖓𝖓𝖆",
        "ℌ",
        "=1+1",
        "+380671234567",
        "@all",
        "-2",
        "/start",
    ),
    *(
        "tg://user?id=1",
        "https://x.y",
        "`",
        "*",
        "_",
        "~",
        "||",
        "[a](b)",
        "<tg-time unix='1'>",
        "</blockquote>",
        "Анна",
        " ",
    ),
)


def hostile(chance: random.Random, longest: int) -> str:
    """A text somebody could type into a widget to break a chat."""
    text = "".join(chance.choices(_PIECES, k=chance.choice((0, 1, 2, 5, 30))))
    return (text * 1000)[:longest] if chance.random() < 0.02 else text[:longest]


def _orders(chance: random.Random, number: int, now) -> list[dict[str, object]]:
    """Three orders of one client: nine texts."""
    about = {"type": "order", "client": f"+38067{1_000_000 + number}", "ordered_at": iso(now)}
    return [
        about
        | {"order_id": f"w-{number}-{again}", "widget": f"w{hostile(chance, 60)}"}
        | {"topic": hostile(chance, 10_000), "name": hostile(chance, 10_000)}
        for again in range(3)
    ]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.timeout(300)
async def test_a_thousand_hostile_names_and_texts_all_reach_the_chat(world, backend):
    """Five clients at a time, so that each has a card of his own: a bundle would show none of their texts."""
    chance = random.Random(SEED)
    for first in range(0, _CASES, 5):
        numbers = range(first, min(first + 5, _CASES))
        told = [event for n in numbers for event in _orders(chance, n, world.clock.now())]
        await world.post(told, settle=False)
        await world.works.inbox.step()
        await _send(world)
        await _write_notes_and_reasons(world, chance)
        await _send(world)
    assert await set_aside(world) == []
    assert await _states(world, cards) == {"live"}
    assert await _states(world, letters) <= {"sent"}
    assert len([m for m in world.messages() if "⚪" in m["text"] or "🔴" in m["text"] or "🟡" in m["text"]]) == _CASES
    world.look_away()


async def _send(world) -> None:
    for _ in range(40):
        world.clock.forward(timedelta(milliseconds=5))
        await world.works.outbox.step()
        if not await _waiting(world):
            return
    raise AssertionError("cards that do not leave")


async def _write_notes_and_reasons(world, chance: random.Random) -> None:
    async with world.database.read() as c:
        unnoted = (cases.c.state == "open") & (cases.c.version == 1)
        ids = list(await c.scalars(select(cases.c.id).where(unnoted).order_by(cases.c.id)))
    async with world.database.write() as c:
        book = await team_store.load_book(c, world.team_id)
        desk = Desk(c, book, world.clock.now())
        for case_id in ids:
            for act, name in ((_note, "note"), (_reason, "reason")):
                press = Press(
                    case_id=case_id, member=book.members[world.olga.member_id], source_key=f"{name}:{case_id}"
                )
                await act(desk, press, hostile(chance, 500).encode(errors="ignore").decode())


async def _note(desk, press: Press, text: str) -> None:
    await note_case(desk, press, f"!{text}"[:500])


async def _reason(desk, press: Press, text: str) -> None:
    if press.case_id % 2:
        return
    await handle_case(desk, press, "another", f"!{text}"[:500])


async def _waiting(world) -> int:
    async with world.database.read() as c:
        behind = select(func.count()).select_from(cards).where(cards.c.wanted > cards.c.shown)
        return int(await c.scalar(behind) or 0)


async def _states(world, table) -> set[str]:
    async with world.database.read() as c:
        return set(await c.scalars(select(table.c.state).distinct()))
