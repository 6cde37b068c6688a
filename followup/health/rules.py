"""When a PBX has been silent for too long: the team's setting, or longer where its own history is quieter."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil
from zoneinfo import ZoneInfo

from followup.hours import Schedule

FIRST_WORD = timedelta(hours=24)  # of working time: a connection may be made days before the cabinet is set up
HISTORY = timedelta(days=28)
_RECENT = timedelta(days=14)
_WEEKS, _DAYS = 4, 14
_BRIEF = timedelta(minutes=10)
_NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch between two events of a connection; ``working`` is how much of it was working time."""

    begins_at: datetime
    ends_at: datetime
    working: timedelta


def gaps_between(heard: Sequence[datetime], schedule: Schedule) -> list[Gap]:
    """The gaps between the moments of events, in order; those wholly out of hours say nothing and are left out."""
    found = (Gap(begins_at=a, ends_at=b, working=_working(schedule, a, b)) for a, b in pairwise(heard))
    return [gap for gap in found if gap.working > _NOTHING]


def _working(schedule: Schedule, a: datetime, b: datetime) -> timedelta:
    # A busy connection has thousands of gaps: the calendar is asked only about those that may be long.
    if b - a <= _BRIEF:
        return b - a if schedule.is_open(a) else _NOTHING
    return schedule.working_between(a, b)


def quiet_limit(past: Sequence[Gap], setting: timedelta, heard_at: datetime, schedule: Schedule) -> timedelta:
    """How much working time after ``heard_at`` may be silent before it is an alarm.

    Never less than the setting. Thrice the gap that only one in twenty exceeded these two weeks, and half as much again
    as the gap that is usual at this time of the day or week: neither a small company nor a quiet lunch cries wolf.
    """
    recent = sorted(gap.working for gap in past if gap.begins_at >= heard_at - _RECENT)
    usual = percentile(recent[:-1], 95)  # one outage is no habit, however few gaps there are
    return max(setting, 3 * usual, 1.5 * _usual_now(past, setting, heard_at, schedule))


def percentile(spans: Iterable[timedelta], percent: int) -> timedelta:
    """The nearest-rank percentile; nothing for no spans."""
    ordered = sorted(spans)
    return ordered[max(ceil(len(ordered) * percent / 100) - 1, 0)] if ordered else _NOTHING


def _usual_now(past: Sequence[Gap], setting: timedelta, heard_at: datetime, schedule: Schedule) -> timedelta:
    """What lay around the moment of the alarm on days before it."""
    alarm_at = schedule.add_working(heard_at, setting)
    if alarm_at is None or not past:
        return _NOTHING
    weekly = sorted(_around(past, alarm_at, [7 * week for week in range(1, _WEEKS + 1)], schedule))
    daily = _around(past, alarm_at, range(1, _DAYS + 1), schedule)
    # Of the weeks the second longest counts, of the days the middle one: neither is a single outage.
    of_week = weekly[-2] if len(weekly) > 1 else _NOTHING
    return max(of_week, percentile(daily, 50) if len(daily) > 1 else _NOTHING)


def _around(past: Sequence[Gap], at: datetime, days: Iterable[int], schedule: Schedule) -> list[timedelta]:
    """The gap that held the same wall-clock moment so many days ago, of days that we know and that were worked then."""
    local, begins = at.astimezone(ZoneInfo(schedule.timezone)), [gap.begins_at for gap in past]
    moments = [local - timedelta(days=each) for each in days]
    known = [moment for moment in moments if moment >= begins[0] and schedule.is_open(moment)]
    found = [past[bisect_right(begins, moment) - 1] for moment in known]
    return [gap.working if gap.ends_at > moment else _NOTHING for gap, moment in zip(found, known, strict=True)]


def alarm_at(past: Sequence[Gap], setting: timedelta, heard_at: datetime, schedule: Schedule) -> datetime | None:
    """When the silence since ``heard_at`` becomes an alarm; None if the team never works again."""
    return schedule.add_working(heard_at, quiet_limit(past, setting, heard_at, schedule))
