"""Ten thousand teams and their year: how big they are, where they work, when their clients call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from opening_hours import OpeningHours

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Every assumption in one place; shares are of what stands before "of"."""

    seed: int = 2026
    teams: int = 10_000
    # Firms' sizes are skewed: four people with ten calls each in the middle, one team in a hundred ten times that.
    median_calls: float = 40.0  # first-hand calls, in and out, of a working day
    sigma: float = 1.0
    missed: float = 0.2  # of first-hand calls, as in the other benchmarks
    again: float = 0.25  # of misses: by a client whose case is open
    attempts: float = 1.4  # calls back a case
    reached: float = 0.65  # of attempts
    late: tuple[float, float] = (8.0, 1.2)  # minutes to the first reaction: median and sigma, log-normal
    is_taken: float = 0.7  # of cases: by the button, before the first attempt
    orders: float = 0.02  # callback orders a first-hand call
    new_numbers: float = 0.35  # of first-hand calls
    asked: float = 6.0  # commands and menus a team and working day
    keeps_hours: float = 0.8  # of teams: Mo-Fr 09:00-18:00 with quiet nights; the others work round the clock
    campaigns: float = 0.01  # of teams on a day: one hour as busy as two days

    @property
    def cases_a_call(self) -> float:
        """Cases opened by a first-hand call."""
        return self.missed * (1 - self.again)

    @property
    def calls_a_call(self) -> float:
        """Calls recorded for one first-hand call: itself, and the calls back."""
        return 1 + self.cases_a_call * self.attempts


class Place(NamedTuple):
    """A zone of the market, the country whose holidays it keeps, and its share of the teams."""

    zone: str
    country: str
    share: float


# By where people live: Russia 0.67, Ukraine 0.25, Kazakhstan 0.08.
PLACES: Final = (
    Place("Europe/Kyiv", "UA", 0.25),
    Place("Europe/Kaliningrad", "RU", 0.006),
    Place("Europe/Moscow", "RU", 0.43),
    Place("Europe/Samara", "RU", 0.035),
    Place("Asia/Yekaterinburg", "RU", 0.085),
    Place("Asia/Omsk", "RU", 0.015),
    Place("Asia/Novosibirsk", "RU", 0.055),
    Place("Asia/Irkutsk", "RU", 0.02),
    Place("Asia/Yakutsk", "RU", 0.007),
    Place("Asia/Vladivostok", "RU", 0.012),
    Place("Asia/Magadan", "RU", 0.002),
    Place("Asia/Kamchatka", "RU", 0.003),
    Place("Asia/Almaty", "KZ", 0.08),
)
# Posts a call and shares of teams: the generic format says a call once, Ringostat twice, MANGO five times.
POSTS: Final = ((1, 0.4), (2, 0.3), (5, 0.3))
POSTS_A_CALL: Final = sum(posts * share for posts, share in POSTS)
WEEK: Final = (1.1, 1.05, 1.0, 1.0, 0.95, 0.35, 0.2)  # Monday first; a working day is 1
HOLIDAY: Final = 0.2
_HOURS: Final = (0.2, 0.1, 0.1, 0.1, 0.1, 0.2, 0.5, 1, 3, 8, 11.5, 11.5, 10, 8.5, 9.5, 9.5, 9, 7.5, 4.5, 2.5, 1.5)
HOURS: Final = np.array([*_HOURS, 1.0, 0.6, 0.4]) / (sum(_HOURS) + 2.0)  # of a day's calls, by the local hour
FIRST_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)
DAYS: Final = 365
OPENS, CLOSES, DIGEST = 9, 18, timedelta(hours=18, minutes=30)


@dataclass(frozen=True, slots=True)
class Teams:
    """Their calls of a working day, and the index of the place each works at."""

    calls: Array
    place: Array

    def calls_at(self, place: int) -> float:
        """A working day's first-hand calls of all teams of a place."""
        return float(self.calls[self.place == place].sum())


def draw_teams(market: Market) -> Teams:
    """The same teams for the same seed."""
    chance = np.random.default_rng(market.seed)
    calls = chance.lognormal(np.log(market.median_calls), market.sigma, market.teams)
    return Teams(calls, chance.choice(len(PLACES), market.teams, p=[each.share for each in PLACES]))


class Calendar:
    """The clock and the holidays of a place, by the same library that the program asks."""

    def __init__(self, place: Place) -> None:
        self.zone = ZoneInfo(place.zone)
        self._holidays = OpeningHours("PH", timezone=self.zone, country=place.country)

    def is_holiday(self, local: datetime) -> bool:
        """Whether the local date is a public holiday."""
        return bool(self._holidays.is_open(local.replace(hour=12, minute=0)))

    def is_working(self, local: datetime) -> bool:
        """Whether those who keep hours work on the local date."""
        return local.weekday() < 5 and not self.is_holiday(local)

    def factor(self, local: datetime) -> float:
        """How busy the local date is beside a working day."""
        return HOLIDAY if self.is_holiday(local) else WEEK[local.weekday()]

    def moment(self, day: datetime, span: timedelta) -> datetime:
        """A wall-clock time of a date, in UTC."""
        return (datetime(day.year, day.month, day.day, tzinfo=self.zone) + span).astimezone(UTC)
