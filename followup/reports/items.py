"""What a list behind a figure shows of each call, case or order."""

from __future__ import annotations

from typing import Any

from followup.phone import is_erased
from followup.reports.question import UNKNOWN_AFTER, Question
from followup.reports.shape import ListedItem
from storage.rows import Row


def call_item(question: Question, row: Row) -> ListedItem:
    """A call; one whose end never came is ``unknown`` (promise 2)."""
    manager = question.book.member_by_extension(row["extension"], row["at"])
    is_silent = row["last_event_at"] < question.now - UNKNOWN_AFTER
    outcome = "unknown" if row["outcome"] == "in_progress" and is_silent else row["outcome"]
    return ListedItem(
        kind="call",
        id=row["id"],
        at=row["at"],
        line=question.book.line_name(row["line"]),
        manager=question.book.member_name(manager),
        outcome=outcome,
        seconds=row["talk_seconds"],
        direction=row["direction"],
        reason=row["reason"],
        case_id=row["case_id"],
        is_non_target=row["is_non_target"],
        **_client(row),
    )


def case_item(question: Question, row: Row) -> ListedItem:
    """A case; ``seconds`` from its first call to the contact."""
    lines = (question.book.line_name(line) or line for line in row["lines"])
    reached = row["contact_at"]
    return ListedItem(
        kind="case",
        id=row["id"],
        at=row["at"],
        line=", ".join(lines) or None,
        manager=question.book.member_name(row["closed_by"] if row["how"] else row["owner_id"]),
        outcome=row["how"] or row["state"],
        seconds=int((reached - row["at"]).total_seconds()) if reached else None,
        reason=row["reason"],
        case_id=row["id"],
        **_client(row),
    )


def order_item(question: Question, row: Row, outcome: str, reason: str | None) -> ListedItem:
    """A callback order with what became of it."""
    return ListedItem(
        kind="order",
        id=row["id"],
        at=row["at"],
        line=question.book.line_name(row["widget"]),
        manager=None,
        outcome=outcome,
        seconds=None,
        reason=reason,
        case_id=row["case_id"],
        **_client(row | {"client_name": row["client_name"] or row["name"]}),
    )


def _client(row: Row) -> dict[str, Any]:
    is_gone = row["number"] is not None and is_erased(row["number"])
    return {
        "number": None if is_gone else row["number"],
        "name": None if is_gone else row["client_name"],
        "is_erased": is_gone,
    }
