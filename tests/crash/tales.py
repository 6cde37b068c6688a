"""What happens when it crashes: a tale has something prepared, something that begins it, and what must be true after."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from sqlalchemy import select

from bot.killpoints import KILL_POINTS, KillPoint, Way
from followup.cases.tables import actions, cases
from followup.digests.tables import digests
from followup.ledger.tables import ledger
from followup.notices.tables import cards, letters
from followup.reminders.tables import reminders
from storage.rows import all_rows
from storage.tables import inbox, updates
from tests.crash.children import Child
from tests.stories.clockwork import OFFICE_HOURS, ever_said, start_in_private
from tests.stories.doors import stored_cases
from tests.stories.world import ANNA, BORYS, GROUP, World, kyiv

ANNAS = "••• 45 67"


@dataclass(frozen=True, slots=True)
class Tale:
    """One story, told as often as there are places to die in it."""

    name: str
    ways: tuple[Way, ...]
    begins: str  # the place from which on it may die
    prepare: Callable[[World], Awaitable[None]]
    begin: Callable[[World, Child], Awaitable[Any]]  # by somebody outside; what he was told
    again: Callable[[World, Child, Any], Awaitable[None]]  # what he does when it runs again
    check: Callable[[World], Awaitable[None]]
    said: str  # by this its message is known
    where: Callable[[World], int] = lambda _: GROUP
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def is_of_time(self) -> bool:
        """Whether nobody outside begins it."""
        return self.begins.endswith("Ticker.step")

    @property
    def points(self) -> list[KillPoint]:
        """Where it may die."""
        return [point for point in KILL_POINTS if point.way in self.ways]


# --- a miss ----------------------------------------------------------------------------------------------------------


async def _nothing(_: World) -> None:
    pass


async def post(world: World, child: Child) -> int | None:
    """The status that the PBX got, if it got one."""
    event = world.inbound(ANNA) | {"call_id": "c-crash"}
    return await _posted(f"http://{child.address}{world.hook}", json.dumps(event).encode())


async def _posted(address: str, body: bytes) -> int | None:
    try:
        async with aiohttp.ClientSession() as http, http.post(address, data=body) as answer:
            await answer.read()
            return answer.status
    except (aiohttp.ClientError, OSError):
        return None


async def _post_again(world: World, child: Child, status: int | None) -> None:
    """As a PBX does that was not told 200; of one that was, the event is on disk."""
    if status is None:
        assert await post(world, child) == 200
    else:
        assert status == 200


async def _is_one_case(world: World) -> None:
    (case,) = await stored_cases(world)
    assert (case["state"], case["missed"]) == ("open", 1)
    assert case["first_shown_at"] is not None
    rows = await _rows(world, select(inbox))
    assert {row["state"] for row in rows} == {"done"}
    assert len(await _rows(world, select(cards).where(cards.c.subject == "case"))) == 1


# --- a press ---------------------------------------------------------------------------------------------------------


async def _missed(world: World) -> None:
    await world.call(ANNA)
    world.olga.sees(ANNAS)


async def _missed_and_posted(world: World) -> None:
    world.telegram.courier.first_delay = 0.05  # Telegram is patient, a test need not be
    await _missed(world)


async def _press_take(world: World, _: Child) -> str:
    message = world.olga.sees(ANNAS)
    return world.telegram.world.press(world.olga.id, GROUP, message["message_id"], text="Take")


async def _press_stays_pressed(world: World, child: Child, query: str) -> None:
    """Telegram hands it out until it is confirmed; it must be done, and answered in words."""

    async def is_done() -> bool:
        return bool(await _rows(world, select(updates).where(updates.c.state == "done", updates.c.tries > 0)))

    await child.until(is_done)
    await world.telegram.wait_for(lambda: world.telegram.world.answers(callback_query_id=query))


async def _is_taken_once(world: World) -> None:
    (case,) = await stored_cases(world)
    assert case["owner_id"] == world.olga.member_id
    assert len(await _rows(world, select(actions))) == 1
    assert len(await _rows(world, select(ledger).where(ledger.c.kind == "take"))) == 1
    world.olga.sees(ANNAS, "Olga")


# --- time ------------------------------------------------------------------------------------------------------------


async def _wait(_: World, child: Child) -> None:
    """Nobody does anything: it is time that has come."""
    await child.is_ready()


async def _wait_again(_: World, __: Child, ___: Any) -> None:
    pass


def _later(**span: float) -> Callable[[World], Awaitable[None]]:
    async def prepare(world: World) -> None:
        await _missed(world)
        await start_in_private(world, "Iryna")
        world.clock.forward(timedelta(**span))

    return prepare


def _at(moment: datetime, missed_at: datetime | None = None) -> Callable[[World], Awaitable[None]]:
    async def prepare(world: World) -> None:
        if missed_at is not None:
            await world.until(missed_at)
        for client in (ANNA, BORYS):
            await world.call(client)
        world.clock.forward(moment - world.clock.now())

    return prepare


async def _are_steps_done(world: World) -> None:
    now = world.clock.now()
    due = await _rows(world, select(reminders).where(reminders.c.due_at <= now))
    assert due
    assert all(row["done_at"] is not None for row in due)


async def _is_digest_unique(world: World) -> None:
    assert len(await _rows(world, select(digests))) == 1
    written = await _rows(world, select(letters.c.kind).where(letters.c.kind.like("digest%")))
    assert sorted(row["kind"] for row in written) == ["digest", "digest_picture"]


async def _is_morning_told(world: World) -> None:
    assert len(await _rows(world, select(letters).where(letters.c.kind == "morning"))) == 1
    assert all(case["first_shown_at"] is not None for case in await stored_cases(world))


async def _rows(world: World, query: Any) -> list[dict[str, Any]]:
    async with world.database.read() as c:
        return await all_rows(c, query)


_HOOK = "handlers.web.hooks:HookDoor.receive"
_UPDATE = "handlers.telegram.updates:UpdateKeeper.append"
_UPDATE_DOOR = "handlers.web.telegram:UpdateDoor.receive"
_TICK = "jobs.timetable:Ticker.step"
MISS = Tale("miss", ("hook", "outbox"), _HOOK, _nothing, post, _post_again, _is_one_case, ANNAS)
_TAKE = (_press_take, _press_stays_pressed, _is_taken_once, ANNAS)
PRESS = Tale("press", ("press",), _UPDATE, _missed, *_TAKE)
WEBHOOK = Tale("webhook", ("webhook", "press"), _UPDATE_DOOR, _missed_and_posted, *_TAKE)
REMINDER = Tale(
    "reminder",
    ("reminder", "letter", "outbox"),
    _TICK,
    _later(minutes=15, seconds=1),
    _wait,
    _wait_again,
    _are_steps_done,
    "still waiting",
)
ESCALATION = Tale(
    "escalation",
    ("escalation", "letter", "outbox"),
    _TICK,
    _later(minutes=30, seconds=1),
    _wait,
    _wait_again,
    _are_steps_done,
    "too long",
    where=lambda world: world.iryna.id,
)
DIGEST = Tale(
    "digest",
    ("digest", "letter", "outbox"),
    _TICK,
    _at(kyiv(20, 18, 30) + timedelta(seconds=1)),
    _wait,
    _wait_again,
    _is_digest_unique,
    "Digest",
    settings=(("remind_minutes", "365d"), ("escalate_minutes", "365d")),
)
MORNING = Tale(
    "morning",
    ("morning", "letter", "outbox"),
    _TICK,
    _at(kyiv(23, 9) + timedelta(seconds=1), missed_at=kyiv(22, 23)),
    _wait,
    _wait_again,
    _is_morning_told,
    "while you were closed",
    settings=(("hours", OFFICE_HOURS),),
)
TALES = (MISS, PRESS, WEBHOOK, REMINDER, ESCALATION, DIGEST, MORNING)


async def sent(world: World, tale: Tale) -> int:
    """How often its message was accepted by Telegram."""
    return ever_said(world, tale.said, tale.where(world))


async def has_raw_event(world: World) -> bool:
    """Whether anything of the PBX is on disk."""
    return bool(await _rows(world, select(inbox)))


async def has_unrecorded(world: World) -> bool:
    """Whether some message is not known to stand in its chat."""
    unsent = await _rows(world, select(letters).where(letters.c.state == "pending"))
    behind = await _rows(world, select(cards).where(cards.c.message_id.is_(None)))
    unknown = not await _rows(world, select(cases)) or not await _rows(world, select(cards))
    return bool(unsent or behind or unknown)


async def is_quiet(world: World) -> bool:
    """Nothing waits: not to be done, not to be sent, and nobody has anything in hand."""
    waits = [
        select(inbox.c.id).where(inbox.c.state == "pending"),
        select(updates.c.update_id).where(updates.c.state == "pending"),
        select(letters.c.id).where(letters.c.state == "pending"),
        select(cards.c.id).where((cards.c.shown < cards.c.wanted) & (cards.c.state == "live")),
    ]
    found = [await _rows(world, query.limit(1)) for query in waits]
    return not any(found)
