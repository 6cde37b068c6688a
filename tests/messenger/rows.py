"""Rows and pages of a queue for the tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from followup.cases.views import QueueCounters, QueueFilter, QueuePage, QueueRow
from messenger.queue_screen import QueueContext

AS_OF = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)  # 10:30 in Kyiv, a Friday


def row(**other: Any) -> QueueRow:
    usual: dict[str, Any] = {
        "case_id": 7,
        "client": "+380671234567",
        "name": "Anna K.",
        "lines": ("Sales line",),
        "reason": "not_answered",
        "reasons": ("not_answered",) * 3,
        "first_call_at": datetime(2026, 11, 20, 8, 0, tzinfo=UTC),
        "last_call_at": datetime(2026, 11, 20, 8, 20, tzinfo=UTC),
        "lost_seconds": 1200,
        "waiting_seconds": 1800,
        "missed": 3,
        "attempts": 1,
        "first_attempt_seconds": 1500,
        "contact_seconds": None,
        "taken_by": "Taras",
        "state": "taken",
    }
    return QueueRow(**{**usual, **other})


def closed_row(**other: Any) -> QueueRow:
    usual: dict[str, Any] = {
        "state": "closed",
        "closed_at": datetime(2026, 11, 20, 8, 40, tzinfo=UTC),
        "closed_by": "Taras",
        "how": "called_out",
        "attempts": 2,
        "contact_seconds": 2400,
    }
    return row(**{**usual, **other})


def page(*rows: QueueRow, pages: int = 1, counters: QueueCounters | None = None, **chosen: Any) -> QueuePage:
    return QueuePage(
        filter=QueueFilter(**chosen),
        rows=rows,
        counters=counters or QueueCounters(clients=7, calls=12, open_rows=len(rows), processed_rows=4),
        pages=pages,
        as_of=AS_OF,
        line_names={"+380441112233": "Sales line", "site": "Site"},
    )


def context(language: str = "en", **other: Any) -> QueueContext:
    usual: dict[str, Any] = {"timezone": "Europe/Kyiv", "mask": True, "screen_id": 5, "team_name": "Sales"}
    return QueueContext(language=language, **{**usual, **other})
