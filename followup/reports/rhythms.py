"""How often a report comes by itself: on weekdays or a day of the month, at an hour of the team's wall clock."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from followup.reports.periods import month_end

_DAY = timedelta(days=1)
_EVERY_DAY, _WORKDAYS = (1, 2, 3, 4, 5, 6, 7), (1, 2, 3, 4, 5)
_MORNING = time(9)
_BEGINS = re.compile(
    r"every|each|daily|weekly|monthly|weekdays|кажд\w+|кожн\w+|кожен|ежедневно|еженедельно|ежемесячно|що\w{3,}"
)
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
_NUMBER = re.compile(r"(\d{1,2})(?:st|nd|rd|th|-?(?:го|е|ого))?")
_LITTLE = frozenset({"every", "each", "at", "on", "the", "of", "в", "во", "о", "об", "на", "у", "и", "і", "and"})
_DAILY = re.compile(r"daily|days?|ежедневно|день|дня")
_WEEKLY = re.compile(r"weekly|weeks?|еженедельно|недел\w+|тиж\w+")
_MONTHLY = re.compile(r"monthly|months?|ежемесячно|месяц\w*|місяц\w*|числ\w+|day")
_AT_WORK = re.compile(r"weekdays?|workdays?|будн\w+|будень|рабоч\w+|робоч\w+")
_WEEKDAYS = (
    *(r"mon(day)?s?|понедельник\w*|понеділ\w*|пн", r"tue(s|sday)?s?|вторник\w*|вівтор\w*|вт"),
    *(r"wed(nesday)?s?|сред\w*|серед\w*|ср", r"thu(rs|rsday)?s?|четверг\w*|четвер\w*|чт"),
    *(r"fri(day)?s?|пятниц\w*|пт", r"sat(urday)?s?|суббот\w*|субот\w*|сб", r"sun(day)?s?|воскресен\w*|неділ\w*|вс|нд"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """On these ISO weekdays, or on a day of the month (in a shorter month its last), at an hour of the wall clock."""

    weekdays: tuple[int, ...] = ()
    month_day: int | None = None
    at: time = _MORNING

    @property
    def is_daily(self) -> bool:
        """Whether it comes more than once a week."""
        return len(self.weekdays) > 1

    def is_on(self, day: date) -> bool:
        """Whether it comes on this date."""
        if self.month_day is not None:
            return day.day == min(self.month_day, month_end(day).day)
        return day.isoweekday() in self.weekdays

    def next_at(self, after: datetime, timezone: str) -> datetime:
        """The first moment strictly after; an hour that the clocks skip moves on, one they repeat comes once."""
        zone = ZoneInfo(timezone)
        day = after.astimezone(zone).date()
        while True:
            moment = datetime.combine(day, self.at, zone).astimezone(UTC)
            if self.is_on(day) and moment > after:
                return moment
            day += _DAY

    def to_json(self) -> dict[str, Any]:
        """What ``from_json`` reads back."""
        return {"weekdays": list(self.weekdays), "month_day": self.month_day, "at": f"{self.at:%H:%M}"}

    @staticmethod
    def from_json(stored: Mapping[str, Any]) -> Rhythm:
        """A stored rhythm."""
        at = time.fromisoformat(stored["at"])
        return Rhythm(weekdays=tuple(stored["weekdays"]), month_day=stored["month_day"], at=at)


def begins_at(words: Sequence[str]) -> int | None:
    """Where in a command the rhythm begins: at "every", or what says the same in one word."""
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else ""
        if _BEGINS.fullmatch(word) or (word == "по" and (_weekday(following) or _AT_WORK.fullmatch(following))):
            return place
    return None


def rhythm_of(words: Sequence[str]) -> Rhythm | None:
    """What the words mean, such as "every Mon 09:00"; None: they mean nothing."""
    left = [_stem(word) for word in words]
    left = [word for word in left if word and word not in _LITTLE]
    clocks = [word for word in left if _CLOCK.fullmatch(word)]
    left = [word for word in left if word not in clocks]
    if len(clocks) > 1:
        return None
    return _on_days(left, _clock(clocks[0]) if clocks else _MORNING)


def _clock(word: str) -> time:
    hour, minute = word.replace(".", ":").split(":")
    return time(int(hour), int(minute))


def _on_days(left: Sequence[str], at: time) -> Rhythm | None:
    days = [_weekday(word) for word in left]
    if left and all(days):
        return Rhythm(weekdays=tuple(sorted({day for day in days if day})), at=at)
    numbers = [int(match[1]) for word in left if (match := _NUMBER.fullmatch(word))]
    words = [word for word in left if not _NUMBER.fullmatch(word)]
    if numbers or (words and all(_MONTHLY.fullmatch(word) and word != "day" for word in words)):
        is_plain = len(numbers) < 2 and all(_MONTHLY.fullmatch(word) for word in words)
        day = numbers[0] if numbers else 1
        return Rhythm(month_day=day, at=at) if is_plain and 1 <= day <= 31 else None
    if len(words) != 1:
        return None
    for pattern, weekdays in ((_DAILY, _EVERY_DAY), (_AT_WORK, _WORKDAYS), (_WEEKLY, (1,))):
        if pattern.fullmatch(words[0]):
            return Rhythm(weekdays=weekdays, at=at)
    return None


def _stem(word: str) -> str:
    """Without "каждый", and without the "що" that Ukrainian puts before a day."""
    if re.fullmatch(r"кажд\w+|кожн\w+|кожен|по", word):
        return ""
    return word[2:] if re.fullmatch(r"що\w{3,}", word) else word


def _weekday(word: str) -> int | None:
    return next((place for place, names in enumerate(_WEEKDAYS, 1) if re.fullmatch(names, word)), None)
