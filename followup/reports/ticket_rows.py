"""A ticket as reports show it: in the table of tickets (G19–G30), and in the list behind a figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from followup.phone import is_erased
from followup.reports import tickets_store as store
from followup.reports.question import Question
from followup.reports.shape import Column, ListedItem
from followup.reports.ticket_choice import Topics, topic_path
from storage.rows import Row

Results = Mapping[int, tuple[str | None, str | None]]  # id → (code of a built-in one, title)

TABLE_KIND = "ticket_table"  # what somebody's chosen columns of the table are kept under (G18)
TABLE = (
    Column(key="channel", unit="text", definition="G19"),
    Column(key="number", unit="count", definition="G20"),
    Column(key="client", unit="text", definition="G21"),
    Column(key="entry_point", unit="text", definition="G22"),
    Column(key="created_at", unit="moment", definition="G23"),
    Column(key="reaction_seconds", unit="seconds", definition="G24"),
    Column(key="handling_seconds", unit="seconds", definition="G25"),
    Column(key="employee", unit="text", definition="G26"),
    Column(key="group", unit="text", definition="G27"),
    Column(key="topic", unit="text", definition="G28"),
    Column(key="result", unit="text", definition="G29"),
    Column(key="comment", unit="text", definition="G30"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """What the team calls topics and results, the retired ones included."""

    topics: Topics = field(default_factory=dict)
    results: Results = field(default_factory=dict)

    @staticmethod
    async def of(c: AsyncConnection, team_id: int) -> Directory:
        return Directory(topics=await store.topic_titles(c, team_id), results=await store.result_titles(c, team_id))


def table_row(question: Question, directory: Directory, row: Row) -> dict[str, Any]:
    """One line of the table; a built-in result is told by its code, which words are found for."""
    code, title = directory.results.get(row["result_id"], (None, None))
    return {
        "channel": row["channel"],
        "number": row["id"],
        "client": client_of(row),
        "entry_point": question.book.line_name(row["entry_point"]),
        "created_at": row["at"],
        "reaction_seconds": row["wait"],
        "handling_seconds": row["handling"],
        "employee": question.book.member_name(row["owner_id"]),
        "group": row["group_name"],
        "topic": topic_path(directory.topics, row["topic_id"]) or None,
        "result": title or code,
        "comment": row["comment"],
    }


def ticket_fields(question: Question, directory: Directory, row: Row) -> dict[str, Any]:
    """A ticket as other programs read it: all that is known, codes as codes."""
    is_gone = _is_gone(row)
    code, title = directory.results.get(row["result_id"], (None, None))
    return dict(row) | {
        "status_title": question.book.status_titles.get(row["status"]),
        "client": None if is_gone else row["number"],
        "client_name": None if is_gone else row["client_name"] or row["account_name"],
        "is_erased": is_gone,
        "entry_point_name": question.book.line_name(row["entry_point"]),
        "topic": topic_path(directory.topics, row["topic_id"]) or None,
        "group": row["group_name"],
        "employee": question.book.member_name(row["owner_id"]),
        "created_at": row["at"],
        "result": title or code,
    }


def client_of(row: Row) -> str | None:
    """G21: the address book's name, else the account's, else the number; None: a guest, or one who was forgotten."""
    if _is_gone(row):
        return None
    found: str | None = row["client_name"] or row["account_name"] or row["number"]
    return found


def _is_gone(row: Row) -> bool:
    """Forgotten at his request: nothing is shown of him."""
    return any(known is not None and is_erased(known) for known in (row["number"], row["account"]))


def ticket_item(question: Question, row: Row) -> ListedItem:
    """A ticket in a list; ``seconds`` is what its client waited for us."""
    is_gone = _is_gone(row)
    return ListedItem(
        kind="ticket",
        id=row["id"],
        at=row["at"],
        number=None if is_gone else row["number"],
        name=None if is_gone else row["client_name"] or row["account_name"],
        line=question.book.line_name(row["entry_point"]),
        manager=question.book.member_name(row["owner_id"]),
        outcome=row["status"],
        seconds=row["reaction_seconds"],
        is_erased=is_gone,
    )
