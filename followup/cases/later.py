"""What people mean by "later": a clock time, a span, a day."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from followup.errors import FollowupError
from followup.hours import Schedule

_SPAN = re.compile(
    r"(\d{1,4})\s*(m|min|minutes?|мин\w*|м|хв\w*|h|hours?|ч|час\w*|год\w*|d|days?|д|дн\w*|день|дня)?", re.IGNORECASE
)
_CLOCK = re.compile(r"(?:(?P<day>\S+)\s+)?(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)", re.IGNORECASE)
_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})(?:\.(\d{4}))?")
_TODAY = frozenset({"today", "сегодня", "сьогодні"})
_TOMORROW = frozenset({"tomorrow", "завтра"})
_LITTLE_WORDS = frozenset({"at", "in", "on", "after", "в", "во", "на", "через", "о", "об", "за"})
_MORNING = time(9)


def parse_later(text: str, now: datetime, timezone: str) -> datetime:
    """The moment that "15:30", "2 h", "tomorrow 10:00" or "25.11 10:00" means; a past clock time means tomorrow's."""
    said = " ".join(word for word in text.replace("\0", "").lower().split() if word not in _LITTLE_WORDS)
    if match := _SPAN.fullmatch(said):
        return now + int(match[1]) * _unit(match[2] or "m")
    if match := _CLOCK.fullmatch(said):
        zone = ZoneInfo(timezone)
        clock = time(int(match["hour"]), int(match["minute"]))
        return _on_day(match["day"], clock, now.astimezone(zone), zone)
    raise FollowupError("bad_moment", found=text[:40])


def _unit(word: str) -> timedelta:
    if word[0] in "dд":
        return timedelta(days=1)
    return timedelta(hours=1) if word[0] in "hчг" else timedelta(minutes=1)


def _on_day(word: str | None, clock: time, here: datetime, zone: ZoneInfo) -> datetime:
    if word is None:
        moment = datetime.combine(here.date(), clock, zone)
        moment += timedelta(days=1) if moment <= here else timedelta(0)
        return moment.astimezone(UTC)
    return datetime.combine(_day(word, here.date()), clock, zone).astimezone(UTC)


def _day(word: str, today: date) -> date:
    if word in _TODAY:
        return today
    if word in _TOMORROW:
        return today + timedelta(days=1)
    match = _DATE.fullmatch(word)
    try:
        if match:
            day = date(int(match[3] or today.year), int(match[2]), int(match[1]))
            return day if match[3] or day >= today else day.replace(year=day.year + 1)
    except ValueError:
        pass
    raise FollowupError("bad_moment", found=word[:40])


def tomorrow_at_opening(now: datetime, schedule: Schedule) -> datetime:
    """The first opening after the local midnight; 09:00 where a team never closes, or never opens."""
    zone = ZoneInfo(schedule.timezone)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    opening = schedule.next_opening(datetime.combine(tomorrow, time(), zone).astimezone(UTC))
    if schedule.always_open or opening is None:
        return datetime.combine(tomorrow, _MORNING, zone).astimezone(UTC)
    return opening
