"""Who was there when, counted in plain Python (S3, S4, X28): for every moment that matters everything said is read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise

from tests.reports.facts import DAY, DutySaid
from tests.reports.told import Story


class DutyCount(Story):
    """What the other counts ask of duty."""

    def is_duty_used(self, at: datetime) -> bool:
        return any(said.at <= at for said in self.facts.duty)

    def status(self, who: str, at: datetime) -> str:
        newest: DutySaid | None = None
        for said in self.facts.duty:
            if said.who == who and said.at <= at:
                newest = said
        if newest is None:
            return "off"
        is_over = newest.status == "away" and newest.until is not None and newest.until <= at
        return "available" if is_over else newest.status

    def had_nobody(self, line: str, begins: datetime, ends: datetime) -> bool:
        """X28: nobody of the line's group was available for the whole window; without people of its own: of all."""
        if not self.is_duty_used(begins):
            return False
        group = self.facts.line(line, begins).get("group")
        people = [who for who in self.facts.team.members if group in self.facts.team.groups.get(who, ())]
        moments = [begins, *(at for at in self._turns if begins < at < ends)]
        return not any(
            self.status(who, at) == "available" for who in people or self.facts.team.members for at in moments
        )

    def ready_seconds(self, who: str, begins: datetime, ends: datetime) -> float:
        """S3: his time on duty; as long as nobody in the team ever said a word, the team's working time."""
        passed = timedelta(0)
        moments = sorted({begins, *(at for at in (*self._turns, *self._clocks) if begins < at < ends), ends})
        for a, b in pairwise(moments):
            if self.status(who, a) == "available" if self.is_duty_used(a) else self.facts.is_open(None, a):
                passed += b - a
        return passed.total_seconds()

    @cached_property
    def _turns(self) -> list[datetime]:
        """When somebody's status may change."""
        return [at for said in self.facts.duty for at in (said.at, said.until) if at is not None]

    @cached_property
    def _clocks(self) -> list[datetime]:
        """When the office may open or close: every quarter of an hour, and whenever its hours are changed."""
        return [*(change.at for change in self.facts.changes), *self._quarters()]

    def _quarters(self) -> Iterator[datetime]:
        first = min((post.at for post in self.facts.posted), default=self.now) - 100 * DAY
        midnight = self.facts.midnight(self.facts.local_date(first))
        while midnight < self.now:
            yield midnight
            midnight += timedelta(minutes=15)
