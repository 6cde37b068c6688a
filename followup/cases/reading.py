"""Cases as a card shows them, and a client's history."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from followup.calls import store as calls
from followup.cases import store
from followup.cases.views import CaseView, HistoryLine, NoteView, OrderView
from followup.clients import store as clients
from followup.orders import store as orders
from followup.phone import is_erased
from followup.teams.book import TeamBook
from storage.rows import Row

_ACTION_WORDS = frozenset(
    {"take", "release", "transfer", "return", "handle", "reopen", "snooze", "note", "dial", "block", "unblock"}
)
_CALL_WORDS = {("in", "missed"): "missed", ("in", "successful"): "contact_in", ("out", "successful"): "contact_out"}


async def case_view(c: AsyncConnection, book: TeamBook, case_id: int) -> CaseView | None:
    """One case, or None if the team has no such case."""
    views = await case_views(c, book, [case_id])
    return views[0] if views else None


async def case_views(c: AsyncConnection, book: TeamBook, ids: Collection[int]) -> list[CaseView]:
    """Some cases in order of their opening, by a fixed number of queries."""
    rows, people = await store.cases_and_clients(c, book.id, ids)
    ordered = [row["id"] for row in rows if any(key.startswith("o:") for key in row["fact_keys"])]
    case_orders = await orders.of_case(c, book.id, ordered)
    contacts = {row["contact_id"] for row in rows} - {None}
    reached_by = {row["id"]: row["member_id"] for row in await calls.facts_by_id(c, book.id, contacts)}
    views = []
    for row in sorted(rows, key=lambda row: (row["opened_at"], row["id"])):
        name, blocked, pairs = people[row["client_id"]]
        number = dict(pairs).get(row["number_id"]) or (pairs[0][1] if pairs else None)
        is_gone = number is not None and is_erased(number)
        about = {
            "number": None if is_gone else number,
            "other_numbers": tuple(other for _, other in pairs if other != number and not is_erased(other)),
            "is_erased": is_gone,
            "client_name": name,
            "is_blocked": blocked,
            "contact_by": book.member_name(reached_by.get(row["contact_id"])),
            "orders": tuple(_order(order, book) for order in case_orders.get(row["id"], [])),
        }
        views.append(_view(row, book, about))
    return views


def _order(row: Mapping[str, Any], book: TeamBook) -> OrderView:
    return OrderView(
        ordered_at=row["ordered_at"],
        widget_name=book.line_name(row["widget"]) or row["widget"],
        topic=row["topic"],
        wanted_at=row["wanted_at"],
    )


_SAME = (
    *("id", "team_id", "version", "kind", "state", "reason", "opened_at", "last_missed_at", "missed", "attempts"),
    *("first_attempt_at", "last_attempt_at", "contact_at", "owner_id", "taken_at", "snoozed_until", "calling_at"),
    *("closed_at", "how", "close_reason", "close_text"),
)


def _view(row: Row, book: TeamBook, about: Mapping[str, Any]) -> CaseView:
    return CaseView(
        **{name: row[name] for name in _SAME},
        **about,
        line_names=tuple(book.line_name(line) or line for line in row["lines"]),
        reasons=tuple(row["reasons"]),
        last_attempt_by=book.member_name(row["last_attempt_by"]),
        owner_name=book.member_name(row["owner_id"]),
        snoozed_by=book.member_name(row["snoozed_by"]),
        calling_by=book.member_name(row["calling_by"]),
        closed_by=book.member_name(row["closed_by"]),
        notes=tuple(
            NoteView(at=datetime.fromisoformat(at), author=book.member_name(author), text=text)
            for at, author, text in row["notes"]
        ),
    )


async def history(c: AsyncConnection, book: TeamBook, case_id: int, limit: int = 15) -> tuple[HistoryLine, ...]:
    """The newest calls, orders and acts about the case's client, oldest first."""
    case = await store.case_by_id(c, book.id, case_id)
    if case is None:
        return ()
    if case["client_id"] is None:
        own = [int(key[2:]) for key in case["fact_keys"] if key.startswith("c:")]
        acts = await store.actions_of_calls(c, book.id, own)
        lines = [_call_line(row, book) for row in await calls.facts_by_id(c, book.id, own)]
    else:
        pairs = (await clients.numbers_of_clients(c, book.id, [case["client_id"]])).get(case["client_id"], [])
        ids = [number_id for number_id, _ in pairs]
        acts = await store.actions_of_numbers(c, book.id, ids)
        lines = [_call_line(row, book) for row in await calls.calls_of_numbers(c, book.id, ids, limit)]
        for rows in (await orders.facts_of_numbers(c, book.id, ids, None)).values():
            lines += [_order_line(row, book) for row in rows]
    lines += [_act_line(row, book) for row in acts if row["kind"] in _ACTION_WORDS]
    return tuple(sorted(lines, key=lambda line: line.at)[-limit:])


def _call_line(row: Mapping[str, Any], book: TeamBook) -> HistoryLine:
    word = _CALL_WORDS.get((row["direction"], row["outcome"]), "attempt")
    return HistoryLine(
        at=row["started_at"],
        kind=word,
        who=book.member_name(row["member_id"]),
        line_name=book.line_name(row["line"]),
        reason=row["reason"],
        seconds=row.get("talk_seconds") or None,
    )


def _order_line(row: Mapping[str, Any], book: TeamBook) -> HistoryLine:
    return HistoryLine(at=row["ordered_at"], kind="order", line_name=book.line_name(row["widget"]), text=row["topic"])


def _act_line(row: Mapping[str, Any], book: TeamBook) -> HistoryLine:
    data = row["data"]
    text = data.get("text") or book.member_name(data.get("to"))
    reason = data.get("reason") if row["kind"] == "handle" else None
    return HistoryLine(
        at=row["made_at"], kind=row["kind"], who=book.member_name(row["member_id"]), text=text, reason=reason
    )
