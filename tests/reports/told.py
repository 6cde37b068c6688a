"""The story as every count needs it, and what a count is: figures, each with the ids behind it (M8).

Calls and orders are known by the ids they were posted with, a case by its first missed call.
"""

from __future__ import annotations

import collections
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from tests.reports.facts import DAY, Facts
from tests.reports.truth import Call, Order, calls_of, orders_of
from tests.reports.waiting import Case, cases_of, clients_of

RowKey = tuple[str | None, ...]


@dataclass
class Counted:
    """``figures`` and the ids behind those that can be opened, by row (None: the total) and column."""

    figures: dict[RowKey | None, dict[str, Any]] = field(default_factory=dict)
    lists: dict[RowKey | None, dict[str, set[str]]] = field(default_factory=dict)
    series: collections.Counter[tuple[Any, ...]] = field(default_factory=collections.Counter)  # what pictures show


class Story:
    """One story as of one moment."""

    def __init__(self, facts: Facts, now: datetime) -> None:
        self.facts, self.now = facts, now

    @cached_property
    def calls(self) -> list[Call]:
        return calls_of(self.facts)

    @cached_property
    def orders(self) -> list[Order]:
        return orders_of(self.facts)

    @cached_property
    def cases(self) -> list[Case]:
        return cases_of(self.facts, self.now)

    @cached_property
    def whose(self) -> dict[str, frozenset[str]]:
        everything: list[Call | Order] = [*self.calls, *self.orders]
        return clients_of(self.facts, {fact.number for fact in everything if fact.number})

    def span(self, begins: date, ends: date) -> tuple[datetime, datetime]:
        """D12."""
        return self.facts.midnight(begins), self.facts.midnight(ends + DAY)

    def day(self, at: datetime) -> str:
        return self.facts.local_date(at).isoformat()
