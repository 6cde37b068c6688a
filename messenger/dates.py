"""Days and hours of the clock as headings print them, in the reader's language and the team's zone."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from messenger.render import known_language


def day_title(day: date, language: str) -> str:
    """A day as a heading names it: "Friday, 20 November"."""
    name = format_date(day, "EEEE, d MMMM", locale=known_language(language))
    return name[:1].upper() + name[1:]


def short_day(day: date, language: str) -> str:
    """A day as a button or a line names it: "Fri, 20 Nov"."""
    return format_date(day, "EEE, d MMM", locale=known_language(language))


def clock_time(at: datetime, timezone: str) -> str:
    """The hour on the team's wall: "18:30"."""
    return f"{at.astimezone(ZoneInfo(timezone)):%H:%M}"
