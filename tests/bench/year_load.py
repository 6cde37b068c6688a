"""The year in numbers: calls and requests by the minute, counts of a year and of what is kept for a time only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from tests.bench.year_market import DAYS, FIRST_DAY, HOURS, PLACES, POSTS_A_CALL, Array, Calendar, Market, Teams

_SHARPEST = 500  # minutes whose seconds are looked at


@dataclass(frozen=True, slots=True)
class Load:
    """First-hand calls by UTC day, and requests of PBXs by UTC minute."""

    calls: Array
    requests: Array
    busiest_second: int

    @property
    def busiest_minute(self) -> datetime:
        """The UTC minute with most requests."""
        return FIRST_DAY + timedelta(minutes=int(self.requests.argmax()))

    @property
    def busiest_day(self) -> datetime:
        """The UTC day with the busiest minute."""
        return self.busiest_minute.replace(hour=0, minute=0)

    def calls_of_busiest(self, days: int) -> float:
        """First-hand calls of the busiest stretch of so many days: what a table kept that long must hold."""
        return float(np.convolve(self.calls, np.ones(days), "valid").max())


def year(market: Market, teams: Teams) -> Load:
    """Poisson about what each place expects of each of its hours."""
    chance = np.random.default_rng(market.seed + 1)
    expected = sum((_expected(index) * teams.calls_at(index) for index in range(len(PLACES))), np.zeros(DAYS * 24))
    by_minute = np.repeat(expected / 60, 60)
    calls = chance.poisson(by_minute)
    requests = chance.poisson(by_minute * market.calls_a_call * POSTS_A_CALL)
    sharpest = requests[np.argpartition(requests, -_SHARPEST)[-_SHARPEST:]]
    seconds = chance.multinomial(sharpest, np.full(60, 1 / 60))
    return Load(calls.reshape(DAYS, -1).sum(axis=1), requests, int(seconds.max()))


def _expected(place: int) -> Array:
    """Of one working day's calls at a place, how many come in each UTC hour of the year."""
    calendar = Calendar(PLACES[place])
    return np.fromiter(_hours(calendar), dtype=float, count=DAYS * 24)


def _hours(calendar: Calendar) -> Iterator[float]:
    known: dict[tuple[int, int], float] = {}
    for number in range(DAYS * 24):
        local = (FIRST_DAY + timedelta(hours=number)).astimezone(calendar.zone)
        day = (local.month, local.day)
        if day not in known:
            known[day] = calendar.factor(local)
        yield known[day] * HOURS[local.hour]


def rows_after_a_year(market: Market, load: Load) -> dict[str, float]:
    """Rows of each table with the retention that is built in: requests 30 days, updates 2, cards and letters 90."""
    calls, month, quarter = float(load.calls.sum()), load.calls_of_busiest(30), load.calls_of_busiest(90)
    cases = market.cases_a_call + market.orders
    presses = cases * (market.is_taken + market.attempts + 0.1)
    rounds = 0.30 + 0.135 + 0.075 + 0.135  # of cases: still untouched after 15, 30 and 45 minutes; heads told after 30
    teams, asked = market.teams, market.asked * market.teams
    return {
        "inbox": month * market.calls_a_call * POSTS_A_CALL,
        "calls": calls * market.calls_a_call,
        "cases": calls * cases,
        "orders": calls * market.orders,
        "clients": calls * market.new_numbers,
        "numbers": calls * market.new_numbers,
        "actions": calls * presses,
        "ledger": calls * presses,
        "reminders": calls * cases * rounds,
        "digests": float(teams * DAYS),
        "cards": quarter * cases,
        "letters": quarter * cases * rounds + teams * 90 * 3.0,
        "screens": 30 * asked,
        "updates": 2 * (asked + float(load.calls.max()) * presses * 1.5),
    }
