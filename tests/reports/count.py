"""The slow, independent count: every report in plain Python over the raw facts, written from the definitions, not the SQL."""

from __future__ import annotations

from tests.reports.count_callbacks import CallbacksCount
from tests.reports.count_calls import CallsCount
from tests.reports.count_cases import MissedCount, TeamCount
from tests.reports.count_tickets import TicketsCount


class Counter(TicketsCount, CallsCount, CallbacksCount, MissedCount, TeamCount):
    """Counts one story as of one moment."""
