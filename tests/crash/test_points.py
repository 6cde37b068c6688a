"""Promises 1, 14 and 19: killed at every named place between receipt, commit, claim, send and record."""

from __future__ import annotations

import pytest

from bot.killpoints import KILL_POINTS, MAY_REPEAT
from tests.crash.killer import resolve
from tests.crash.tales import TALES
from tests.crash.telling import Death, tell

PAIRS = [(tale, point) for tale in TALES for point in tale.points]


@pytest.mark.parametrize("point", KILL_POINTS, ids=lambda point: point.name)
def test_every_named_place_is_still_in_the_code(point):
    resolve(point.place)


def test_names_are_used_once_and_every_place_lies_on_the_way_of_some_tale():
    names = [point.name for point in KILL_POINTS]
    assert len(set(names)) == len(names)
    assert {point.name for _, point in PAIRS} == set(names)
    assert set(names) >= MAY_REPEAT


@pytest.mark.parametrize(("tale", "point"), PAIRS, ids=[f"{tale.name}-{point.name}" for tale, point in PAIRS])
async def test_killed_at(tale, point, database_url, forge):
    await tell(tale, database_url, forge, Death(point=point))
