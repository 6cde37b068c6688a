"""Promise 1, without knowing the code: killed before any of the times that some task goes on, whatever it awaited."""

from __future__ import annotations

import pytest

from tests.crash.tales import MISS, TALES
from tests.crash.telling import Death, awaits_of, tell

STRIPES = 6
SAMPLED = {"sqlite": 8, "postgres": 2}


async def told_all(tale, numbers, another_database, forge):
    """Every failure of a row of crashes."""
    failed = {}
    for number in numbers:
        async with another_database() as url:
            try:
                await tell(tale, url, forge, Death(resumption=number))
            except (AssertionError, TimeoutError) as error:
                failed[number] = error
    assert failed == {}


@pytest.mark.matrix
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("stripe", range(1, STRIPES + 1))
@pytest.mark.parametrize("tale", TALES, ids=lambda tale: tale.name)
async def test_killed_before_each(tale, stripe, another_database, forge):
    async with another_database() as url:
        total = await awaits_of(tale, url, forge)
    print(f"{tale.name}: {total} awaits")
    await told_all(tale, range(stripe, total + 1, STRIPES), another_database, forge)


async def test_killed_before_some(another_database, backend, forge):
    async with another_database() as url:
        total = await awaits_of(MISS, url, forge)
    count = SAMPLED[backend]
    assert total >= count, "it counts too little to be a sample of anything"
    await told_all(MISS, [total * number // count or 1 for number in range(count)], another_database, forge)
