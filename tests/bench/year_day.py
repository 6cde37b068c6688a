"""Every message of one day of all teams, as the program would wish to send them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log
from random import Random

import numpy as np

from followup.notices.priorities import ALERT, ANSWER, DIGEST, EDIT, ESCALATION, REMINDER
from tests.bench.year_market import CLOSES, HOURS, OPENS, PLACES, WEEK, Array, Calendar, Market, Teams
from tests.bench.year_market import DIGEST as DIGEST_AT
from tests.bench.year_queue import Message

MINUTE, DAY = 60.0, 86_400.0
A_SECOND = 50  # digests and morning lists that one worker writes: 100 teams a look, a look every 2 s
_SELF_CLOSED = 0.15  # of cases: the client gets through before anybody has called back
_GIVEN_UP = 3  # attempts, then Handle and a reason


@dataclass(slots=True)
class Case:
    """A missed client of a team; ``at`` in seconds from the beginning of the day, UTC."""

    at: float
    chat: int
    number: int
    closes_at: float  # nobody is reminded after it


@dataclass(frozen=True, slots=True)
class OpenHours:
    """When those who keep hours are open: a UTC day touches two local dates."""

    shift: float  # seconds that the local clock is ahead
    is_working: tuple[bool, bool]  # the first local date, and the next
    opens_at: float  # infinite: not on this day
    is_after_weekend: bool

    @classmethod
    def of(cls, calendar: Calendar, day: datetime) -> OpenHours:
        """Of a place; what the clock says at noon holds all day."""
        noon = (day + timedelta(hours=12)).astimezone(calendar.zone)
        shift = (noon.utcoffset() or timedelta()).total_seconds()
        first = datetime(day.year, day.month, day.day, 12, tzinfo=calendar.zone)
        dates = (first, first + timedelta(days=1))
        is_working = (calendar.is_working(dates[0]), calendar.is_working(dates[1]))
        opens_at = OPENS * 3600 - shift
        opening = int(opens_at < 0)
        is_monday = dates[opening].weekday() == 0
        return cls(shift, is_working, opens_at % DAY if is_working[opening] else float("inf"), is_monday)

    def closes_at(self, at: float) -> float | None:
        """The end of the working time that ``at`` lies in; None: it lies in none."""
        date, clock = divmod(at + self.shift, DAY)
        if not self.is_working[int(date)] or not OPENS * 3600 <= clock < CLOSES * 3600:
            return None
        return at + CLOSES * 3600 - clock


class Day:
    """One UTC day; a team's chat is the group ``-1 - index``, its head the person ``1 + index``."""

    def __init__(self, market: Market, teams: Teams, day: datetime) -> None:
        self._market, self._teams, self._day = market, teams, day
        self._chance = np.random.default_rng(market.seed + 2)
        self._dice = Random(market.seed)  # ten times as fast where one number is wanted
        self._keeps_hours = self._chance.random(market.teams) < market.keeps_hours
        self._places = [Calendar(place) for place in PLACES]
        self.cases = self.held = 0

    def messages(self) -> list[Message]:
        """All of it in order of time."""
        found: list[Message] = []
        for place, calendar in enumerate(self._places):
            members = np.flatnonzero(self._teams.place == place)
            calls = self._calls(calendar, members)
            found += self._of_cases(calendar, members, calls)
            found += self._answers(calendar, members)
            found += self._digests(calendar, members)
        return sorted(found)

    def _calls(self, calendar: Calendar, members: Array) -> Array:
        """(team, second) of each first-hand call; campaigns are an hour at noon as busy as two days."""
        hours = [(self._day + timedelta(hours=hour)).astimezone(calendar.zone) for hour in range(24)]
        factors = [calendar.factor(local) * HOURS[local.hour] for local in hours]
        expected = self._teams.calls[members][:, None] * np.array(factors)[None, :]
        noon = next(hour for hour, local in enumerate(hours) if local.hour == 12)
        lucky = self._chance.random(len(members)) < self._market.campaigns
        expected[lucky, noon] += 2 * self._teams.calls[members][lucky]
        counts = self._chance.poisson(expected)
        of_team, of_hour = np.nonzero(counts)
        repeats = counts[of_team, of_hour]
        seconds = (np.repeat(of_hour, repeats) + self._chance.random(repeats.sum())) * 3600
        return np.stack([np.repeat(members[of_team], repeats), seconds])

    def _of_cases(self, calendar: Calendar, members: Array, calls: Array) -> Iterator[Message]:
        is_case = self._chance.random(calls.shape[1]) < self._market.cases_a_call + self._market.orders
        hours = OpenHours.of(calendar, self._day)
        waiting: Counter[int] = Counter()
        for team, at in calls[:, is_case].T:
            self.cases += 1
            has_hours = bool(self._keeps_hours[int(team)])
            closes_at = hours.closes_at(float(at)) if has_hours else float("inf")
            if closes_at is None:
                waiting[int(team)] += at < hours.opens_at
                self.held += 1
                continue
            yield from self._life(Case(float(at), -1 - int(team), self.cases, closes_at))
        yield from self._mornings(hours, members, waiting)

    def _mornings(self, hours: OpenHours, members: Array, waiting: Counter[int]) -> Iterator[Message]:
        """One list a chat (promise 13), as loud as an alert; the evening before is in it, or the weekend."""
        since = sum(WEEK[5:]) + 0.1 if hours.is_after_weekend else 0.1
        before = self._chance.poisson(self._teams.calls[members] * self._market.cases_a_call * since)
        is_told = self._keeps_hours[members] & (before + np.array([waiting[int(team)] for team in members]) > 0)
        for team in members[is_told] if hours.opens_at < DAY else ():
            yield Message(hours.opens_at, ESCALATION, -1 - int(team), kind="morning list")

    def _life(self, case: Case) -> Iterator[Message]:
        """First alert, what the client and the team do, what the clock says if nobody does anything."""
        yield Message(case.at, ALERT, case.chat, case.number, "first alert")
        yield from self._again(case)
        reaction = self._dice.lognormvariate(log(self._market.late[0] * MINUTE), self._market.late[1])
        if self._dice.random() < _SELF_CLOSED:
            yield _edit(case, case.at + reaction / 2)
            return
        yield from _clocks(case, reaction)
        yield from self._work(case, case.at + reaction)

    def _again(self, case: Case) -> Iterator[Message]:
        """Further misses: an edit makes no sound, so after a quarter of an hour a reply does."""
        while self._dice.random() < self._market.again:
            later = self._dice.expovariate(1 / (10 * MINUTE))
            yield _edit(case, case.at + later)
            if later > 15 * MINUTE:
                yield Message(case.at + later, ALERT, case.chat, kind="missed again")

    def _work(self, case: Case, at: float) -> Iterator[Message]:
        """Take, call back, reach or not."""
        if self._dice.random() < self._market.is_taken:
            yield _edit(case, at)
        for attempt in range(_GIVEN_UP):
            at += 20
            yield _edit(case, at)  # somebody is calling
            at += 60
            yield _edit(case, at)  # reached, or an attempt more
            if self._dice.random() < self._market.reached:
                return
            at += self._dice.expovariate(1 / (20 * MINUTE)) if attempt + 1 < _GIVEN_UP else 5
        yield _edit(case, at)  # Handle: the menu of reasons
        yield _edit(case, at + 4)

    def _answers(self, calendar: Calendar, members: Array) -> Iterator[Message]:
        local = (self._day + timedelta(hours=12)).astimezone(calendar.zone)
        asked = self._chance.poisson(self._market.asked * calendar.factor(local), len(members))
        shift = (local.utcoffset() or timedelta()).total_seconds()
        for team, count in zip(members, asked, strict=True):
            for hour in self._chance.choice(24, count, p=HOURS):
                at = (hour * 3600.0 + self._chance.random() * 3600 - shift) % DAY
                yield Message(at, ANSWER, -1 - int(team), kind="answer")

    def _digests(self, calendar: Calendar, members: Array) -> Iterator[Message]:
        """Every team at the same minute of its own evening: text, and a picture."""
        due_at = (calendar.moment(self._day, DIGEST_AT) - self._day).total_seconds() % DAY
        for team in members:
            yield Message(due_at, DIGEST, -1 - int(team), kind="digest")
            yield Message(due_at, DIGEST, -1 - int(team), kind="picture")


def _edit(case: Case, at: float) -> Message:
    return Message(at, EDIT, case.chat, case.number, "edit")


def _clocks(case: Case, reaction: float) -> Iterator[Message]:
    """Three rounds in the chat, the head in private after half an hour; a case taken by then is left alone."""
    for after, priority, kind in ((15, REMINDER, "reminder"), (30, REMINDER, "reminder"), (45, REMINDER, "reminder")):
        if reaction > after * MINUTE and case.at + after * MINUTE < case.closes_at:
            yield Message(case.at + after * MINUTE, priority, case.chat, kind=kind)
    if reaction > 30 * MINUTE and case.at + 30 * MINUTE < case.closes_at:
        yield Message(case.at + 30 * MINUTE, ESCALATION, -case.chat, kind="escalation")


def written(messages: list[Message], picture: float) -> list[Message]:
    """What is due for everybody at once is written by one installation's worker, and drawn by its one sender, in turn."""
    seconds = {"morning list": 1 / A_SECOND, "digest": 1 / A_SECOND, "picture": picture}
    free_at = dict.fromkeys(seconds, 0.0)
    found = []
    for message in messages:
        kind = message.kind
        if kind in seconds:
            free_at[kind] = max(free_at[kind], message.at) + seconds[kind]
            found.append(message._replace(at=free_at[kind]))
        else:
            found.append(message)
    return sorted(found)


def due_at(message: Message) -> float:
    """Since when people wait for it: lists since the full hour, digests since half past."""
    since = {"morning list": 0.0, "digest": 1800.0, "picture": 1800.0}.get(message.kind)
    return message.at if since is None else message.at - (message.at - since) % 3600
