"""Random fortnights through the real intake: every report, period, option and filter equals the independent count."""

from __future__ import annotations

import itertools
from datetime import date

import pytest

from tests.reports.comparing import Comparison
from tests.reports.count import Counter
from tests.reports.facts import DAY
from tests.reports.fortnight import SALES, SERVICE, Fortnight, fortnight
from tests.reports.lived import live

_OPTIONS = ("hide_missed", "by_extension", "first_call")


async def compared(database, seed: int) -> Comparison:
    story = fortnight(seed)
    lived = await live(database, story)
    return Comparison(lived, Counter(story.facts, story.now))


def periods(story: Fortnight) -> list[tuple[date, date]]:
    """The whole of it, the week that changes the clocks, that Sunday, and each of the other days."""
    days = [(story.begins + n * DAY, story.begins + n * DAY) for n in range(14)]
    return [(story.begins, story.ends), (story.begins, story.begins + 6 * DAY), *days]


async def look_everywhere(comparison: Comparison, story: Fortnight, *, opens: bool = True) -> None:
    whole, *parts = periods(story) if opens else [periods(story)[n] for n in (0, 1, 2, 8, 12)]
    for kind in ("calls", "callbacks", "missed", "team"):
        await comparison.look(kind, whole, opens=True)
        for days in parts:
            await comparison.look(kind, days)
    for chosen in itertools.product(("yes", "no"), repeat=3):
        await comparison.look("calls", whole, options=dict(zip(_OPTIONS, chosen, strict=True)))
    await comparison.look("calls", whole, options=dict.fromkeys(_OPTIONS, "yes"), opens=opens)


async def look_through_filters(comparison: Comparison, story: Fortnight, *, opens: bool = True) -> None:
    whole = (story.begins, story.ends)
    for filters in (
        {"manager": ["Olga"]},
        {"manager": ["none", "Taras"]},
        {"line": [SALES]},
        {"line": [SERVICE, SALES]},
    ):
        await comparison.look("calls", whole, filters, opens=opens)
        await comparison.look("calls", whole, filters, {"first_call": "yes"})
    await comparison.look("calls", whole, {"manager": ["none", "Olga"], "line": [SERVICE]})
    for filters in ({"widget": ["site"]}, {"widget": ["site", "bot"]}):
        await comparison.look("callbacks", whole, filters, opens=opens)
    for filters in ({"line": [SERVICE]}, {"reason": ["off_hours", "not_answered"]}, {"manager": ["none"]}):
        await comparison.look("missed", whole, filters, opens=opens)
    await comparison.look("team", whole, {"manager": ["Olga", "none"]}, opens=True)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.timeout(300)
async def test_every_figure_and_its_list_are_those_of_the_count(database, seed, request):
    await _all_is_equal(database, seed, opens=request.config.getoption("--all"))


@pytest.mark.parametrize("backend", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
@pytest.mark.timeout(300)
async def test_every_figure_and_its_list_are_those_of_the_count_on_postgres(database, seed, request):
    await _all_is_equal(database, seed, opens=request.config.getoption("--all"))


async def _all_is_equal(database, seed: int, *, opens: bool) -> None:
    comparison = await compared(database, seed)
    story = fortnight(seed)
    await look_everywhere(comparison, story, opens=opens)
    await look_through_filters(comparison, story, opens=opens)
    assert comparison.wrong == [], f"seed {seed}: {len(comparison.wrong)} differences"
