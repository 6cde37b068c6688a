"""What a selection means for tickets: filters as ids, the clock, and the groups of the charts (G9–G13, X18)."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from followup.errors import FollowupError
from followup.hours import local_day
from followup.reports.question import Question, Span
from followup.reports.selection import NOT_ASSIGNED

Topics = Mapping[int, tuple[int | None, str]]  # id → (parent, title)

_DAY = timedelta(days=1)
_QUARTER = timedelta(minutes=15)
TIMES: Final = ("hour", "day", "week", "month")


@dataclass(frozen=True, slots=True, kw_only=True)
class HourSpan:
    """A stretch in which the clocks do not change; ``midnight`` is one of theirs, before it."""

    begins: datetime
    ends: datetime
    midnight: datetime


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The options and filters of a tickets report, as its queries need them."""

    question: Question
    topics: Topics = field(default_factory=dict)

    @property
    def by(self) -> str:
        """The grouping of charts and rows (G13)."""
        return self.question.selection.option("by")

    @property
    def is_by_closing(self) -> bool:
        """X18: tickets closed in the period in place of those created in it."""
        return self.question.selection.option("basis") == "closed"

    @property
    def is_by_hours(self) -> bool:
        """Working time in place of the clock's (X19)."""
        return self.question.selection.option("clock") == "working"

    @property
    def is_without_snooze(self) -> bool:
        """What was put off is no handling (X20)."""
        return self.question.selection.is_on("without_snooze")

    @cached_property
    def filters(self) -> Mapping[str, frozenset[Any]]:
        """Filter → values of its column, None: those that have none."""
        given = self.question.selection.filters
        return {name: frozenset(self._values(name, given[name])) for name in given}

    def _values(self, name: str, texts: Iterable[str]) -> Iterable[Any]:
        if name == "employee":
            return self.question.people(name) or frozenset()
        if name == "entry_point":
            return [None if text == NOT_ASSIGNED else text for text in self.question.keys(name)]
        if name == "topic":
            return [each for text in texts for each in topics_under(self.topics, text)]
        return [None if text == NOT_ASSIGNED else text for text in texts]

    # --- groups that are stretches of time ----------------------------------------------------------------------------

    @cached_property
    def spans(self) -> tuple[tuple[str, Span], ...]:
        """Key and bounds of every day, week or month of the period; outer ones are cut to it."""
        first, last = self.question.selection.begins, self.question.selection.ends
        if self.question.part is not None:
            return ((_key(first, self.by), self.question.part),)
        found, begins = [], first
        while begins <= last:
            ends = min(_last_of(begins, self.by), last)
            bounds = (local_day(begins, self.question.timezone)[0], local_day(ends, self.question.timezone)[1])
            found.append((_key(begins, self.by), bounds))
            begins = ends + _DAY
        return tuple(found)

    @cached_property
    def _starts(self) -> list[datetime]:
        return [span[0] for _, span in self.spans]

    def key_of(self, moment: datetime) -> str:
        """The group that a moment belongs to."""
        if self.by == "hour":
            return str(moment.astimezone(self.question.zone).hour)
        return self.spans[max(bisect_right(self._starts, moment) - 1, 0)][0]

    @cached_property
    def hour_spans(self) -> tuple[HourSpan, ...]:
        """The period between changes of the clocks."""
        begins, ends = self.question.span
        changes = [at for day in self.question.days for at in self._changes(*day)]
        moments = [begins, *(at for at in changes if begins < at < ends), ends]
        return tuple(HourSpan(begins=a, ends=b, midnight=self._midnight(a)) for a, b in itertools.pairwise(moments))

    def _changes(self, begins: datetime, ends: datetime) -> Iterable[datetime]:
        offset = self._offset(begins)
        if self._offset(ends) == offset:
            return
        at = begins
        while at < ends:
            at += _QUARTER
            if self._offset(at) != offset:
                offset = self._offset(at)
                yield at

    def _offset(self, at: datetime) -> timedelta:
        return at.astimezone(self.question.zone).utcoffset() or timedelta()

    def _midnight(self, at: datetime) -> datetime:
        """When a day would have begun if the clocks had always stood as at this moment."""
        local = at.astimezone(self.question.zone)
        since = timedelta(hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        return at - since


def _key(day: date, by: str) -> str:
    """A week is named by its Monday, a month by its year and number."""
    if by == "week":
        return (day - (day.isoweekday() - 1) * _DAY).isoformat()
    return day.isoformat()[:7] if by == "month" else day.isoformat()


def _last_of(day: date, by: str) -> date:
    if by == "week":
        return day + (7 - day.isoweekday()) * _DAY
    if by == "month":
        return (day.replace(day=28) + 4 * _DAY).replace(day=1) - _DAY
    return day


def topics_under(topics: Topics, text: str) -> set[int | None]:
    """G6: the topic of this id, title or path with all its sub-topics; ``none``: tickets without one."""
    if text.lower() == NOT_ASSIGNED:
        return {None}
    found: set[int | None] = {id_ for id_ in topics if text.casefold() in _names(topics, id_)}
    if not found and text.isdigit() and len(text) < 19 and int(text) in topics:
        found = {int(text)}
    if not found:
        names = ", ".join(topic_path(topics, id_) for id_ in topics)
        raise FollowupError("bad_setting", setting="topic", found=text[:64], expected=f"none, {names}"[:200])
    below: set[int | None] = found
    while below := {id_ for id_, (parent, _) in topics.items() if parent in below and id_ not in found}:
        found |= below
    return found


def _names(topics: Topics, topic_id: int) -> tuple[str, str]:
    return topics[topic_id][1].casefold(), topic_path(topics, topic_id).casefold()


def topic_path(topics: Topics, topic_id: int | None) -> str:
    """Its title with those above it: "Sales › Prices"."""
    found: list[str] = []
    seen: set[int] = set()
    while topic_id is not None and topic_id in topics and topic_id not in seen:
        seen.add(topic_id)
        topic_id, title = topics[topic_id]
        found.append(title)
    return " › ".join(reversed(found))
