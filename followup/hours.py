"""Working time: OpenStreetMap ``opening_hours`` of a line or a team as plain UTC spans (D12, D13)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import opening_hours
from opening_hours import OpeningHours, State

from followup.errors import FollowupError

Span = tuple[datetime, datetime]

_DAY = timedelta(days=1)
_HORIZON = timedelta(days=366)
# Spans are worked out and kept by blocks of two months; a block begins at noon UTC, where no clock is ever changed.
_BLOCK = timedelta(days=64)
_FIRST_BLOCK = datetime(2000, 1, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a line works; an expression of None is open always. Moments are aware, answers are in UTC."""

    expression: str | None
    timezone: str
    country: str | None = None

    @property
    def always_open(self) -> bool:
        return self.expression is None or self.expression.strip() == "24/7"

    def is_open(self, at: datetime) -> bool:
        if self.always_open:
            return True
        opens, closes = _block(self, _block_of(at))
        found = bisect_right(opens, at) - 1
        return found >= 0 and at < closes[found]

    def next_opening(self, at: datetime) -> datetime | None:
        """``at`` itself while open; None if there is no opening within a year."""
        if self.always_open:
            return at.astimezone(UTC)
        span = next(self._spans(at), None)
        return max(span[0], at.astimezone(UTC)) if span else None

    def closing_after(self, at: datetime) -> datetime | None:
        """The first closing after ``at``; None if it never closes, or never opens, within a year."""
        if self.always_open:
            return None
        span = next(self._whole_spans(at), None)
        return span[1] if span and span[1] - at < _HORIZON else None

    def last_closing_of(self, day: date) -> datetime | None:
        """When the working time of a local date is over; None if it has none.

        A shift across midnight closes on the next date; one of a day or longer counts up to the date's own end.
        """
        begins, ends = local_day(day, self.timezone)
        if self.always_open:
            return ends
        last: Span | None = None
        for span in self._whole_spans(begins):
            if span[0] >= ends:
                break
            last = span
        if last is None:
            return None
        return last[1] if last[1] - last[0] < _DAY else min(last[1], ends)

    def add_working(self, at: datetime, span: timedelta) -> datetime | None:
        """The moment when ``span`` of working time has passed since ``at``; None if it never will."""
        moment = at.astimezone(UTC)
        if span <= timedelta(0):
            return moment
        if self.always_open:
            return moment + span
        for opens, closes in self._spans(moment):
            start = max(opens, moment)
            if closes - start >= span:
                return start + span
            span -= closes - start
        return None

    def working_between(self, a: datetime, b: datetime) -> timedelta:
        """Working time in [a, b); nothing if b is not after a."""
        if b <= a:
            return timedelta(0)
        if self.always_open:
            return b - a
        passed = timedelta(0)
        for opens, closes in self._spans(a):
            if opens >= b:
                break
            passed += min(closes, b) - max(opens, a)
        return passed

    def _spans(self, at: datetime) -> Iterator[Span]:
        """Open spans that end after ``at``, cut at the borders of blocks; over after a closed year."""
        number, until = _block_of(at), at + _HORIZON
        while _FIRST_BLOCK + number * _BLOCK < until:
            for opens, closes in zip(*_block(self, number), strict=True):
                if closes > at:
                    until = closes + _HORIZON
                    yield opens, closes
            number += 1

    def _whole_spans(self, at: datetime) -> Iterator[Span]:
        """The same spans with the cuts healed, the first one back to its opening of the day before."""
        whole: Span | None = None
        for opens, closes in self._spans(at - 2 * _DAY):
            if whole and whole[1] == opens and closes - at < 2 * _HORIZON:
                whole = whole[0], closes
                continue
            if whole and whole[1] > at:
                yield whole
            whole = opens, closes
        if whole and whole[1] > at:
            yield whole


@lru_cache(maxsize=4096)
def schedule(expression: str | None, timezone: str, country: str | None) -> Schedule:
    """The one schedule of these words; refuses an expression that cannot be read."""
    if expression is not None:
        check_hours(expression)
    return Schedule(expression, timezone, country.upper() if country else None)


def check_hours(expression: str) -> None:
    try:
        OpeningHours(expression)
    except opening_hours.ParserError as error:  # type: ignore[attr-defined] # missing in the stub
        raise FollowupError("bad_hours", found=expression, expected=_parser_words(str(error))) from None


def knows_holidays(country: str) -> bool:
    """Whether the calendar of public holidays has the country (ISO 3166, two letters)."""
    try:
        OpeningHours("24/7", country=country.upper())
    except opening_hours.UnknownCountryError:  # type: ignore[attr-defined] # missing in the stub
        return False
    return True


def local_day(day: date, timezone: str) -> Span:
    """[00:00, next 00:00) of a local date, in UTC: 23 or 25 hours when the clocks change (D12)."""
    zone = _zone(timezone)
    midnights = (datetime.combine(each, time(), zone).astimezone(UTC) for each in (day, day + _DAY))
    return next(midnights), next(midnights)


def local_date(moment: datetime, timezone: str) -> date:
    return moment.astimezone(_zone(timezone)).date()


@lru_cache(maxsize=512)
def _zone(timezone: str) -> ZoneInfo:
    return ZoneInfo(timezone)


@lru_cache(maxsize=512)
def _compiled(expression: str, timezone: str, country: str | None) -> OpeningHours:
    # A country without a calendar has no public holidays: "PH off" then closes nothing.
    known = country if country and knows_holidays(country) else None
    return OpeningHours(expression, timezone=_zone(timezone), country=known)


def _block_of(at: datetime) -> int:
    return (at - _FIRST_BLOCK) // _BLOCK


@lru_cache(maxsize=4096)
def _block(of: Schedule, number: int) -> tuple[list[datetime], list[datetime]]:
    """Openings and closings of one block. The library's own ``is_open`` forgets which of two 03:30s is meant."""
    zone, begins = _zone(of.timezone), _FIRST_BLOCK + number * _BLOCK
    hours = _compiled(of.expression or "24/7", of.timezone, of.country)
    opens: list[datetime] = []
    closes: list[datetime] = []
    for start, end, state, _ in hours.intervals(begins.astimezone(zone), (begins + _BLOCK).astimezone(zone)):
        a, b = start.astimezone(UTC), end.astimezone(UTC)
        if state != State.OPEN or a >= b:
            continue
        if closes and closes[-1] >= a:
            closes[-1] = b
        else:
            opens.append(a)
            closes.append(b)
    return opens, closes


def _parser_words(message: str) -> str:
    """The parser's picture of the place in one line: "at 1:7: expected minute"."""
    place = message.partition("-->")[2].split("\n", 1)[0].strip()
    return f"at {place}: {message.rpartition('= ')[2].strip()}"
