"""Promises 1, 11, 13, 14 and 19: killed at every named place between receipt, commit, claim, send and record."""

from __future__ import annotations

import pytest

from bot.killpoints import KILL_POINTS, MAY_REPEAT
from storage.engine import Database
from tests.crash.killer import resolve
from tests.crash.tales import MISS, TALES, post, sent
from tests.crash.telling import Death, live_on, order, tell
from tests.stories.world import new_world

PAIRS = [(tale, point) for tale in TALES for point in tale.points]
# What `make test` tells on SQLite, beside the chain below, and what of it on PostgreSQL; `make crash` tells all of it.
SAMPLE = {
    "miss": {"worker_woken", "outbox_woken", "answer_reading"},
    "press": {"update_committed", "case_taken", "press_answered"},
    "webhook": {"update_answering"},
    "reminder": {"steps_done"},
    "escalation": {"letter_rendered"},
    "digest": {"digest_written"},
    "morning": {"recorded"},
}
ON_POSTGRES = {"answer_reading", "case_taken", "digest_written"}
# A program that begins with a row to work on, or a message to send, does so unasked: what only a new request reaches would
# kill it at any moment of that, between Telegram's answer and the record, too. The first answer it reads is of something else.
NOT_IN_A_ROW = {"worker_waking", "worker_woken", "hook_answering", "outbox_waking", "outbox_woken", "answer_reading"}


def test_every_named_place_is_still_in_the_code():
    gone = []
    for point in KILL_POINTS:
        try:
            resolve(point.place)
        except (ImportError, AttributeError) as error:
            gone.append(f"{point.name}: {error}")
    assert gone == []


def test_names_are_used_once_and_every_place_lies_on_the_way_of_some_tale():
    names = [point.name for point in KILL_POINTS]
    assert len(set(names)) == len(names)
    assert {point.name for _, point in PAIRS} == set(names)
    assert set(names) >= MAY_REPEAT


def cases():
    """Every pair; some are sampled."""
    for tale, point in PAIRS:
        sampled = ["sqlite", *(["postgres"] if point.name in ON_POSTGRES else [])]
        marks = [pytest.mark.matrix, pytest.mark.sampled(*(sampled if point.name in SAMPLE[tale.name] else []))]
        yield pytest.param(tale, point, id=f"{tale.name}-{point.name}", marks=marks)


@pytest.mark.parametrize(("tale", "point"), list(cases()))
async def test_killed_at(tale, point, database_url, forge):
    await tell(tale, database_url, forge, Death(point=point))


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_killed_at_one_place_after_the_other(another_database, forge):
    """The same miss, posted again and again to a program that gets a step further each time."""
    async with another_database() as url, new_world(Database(url)) as world:
        told = None
        points = [point for point in MISS.points if point.name not in NOT_IN_A_ROW]
        for point in points:
            deadly = order(MISS, world, Death(point=point), begins="bot.app:App.start")
            async with forge.child(**deadly) as doomed:
                told = await post(world, doomed) if await doomed.is_ready() else told
                await doomed.is_dead()
        await live_on(MISS, world, forge, told)
        assert await sent(world, MISS) == 1 + sum(point.name in MAY_REPEAT for point in points)
