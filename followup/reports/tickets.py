"""The tickets report: how many are closed, how long clients waited, how long handling took (G9–G30)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from followup.reports import tickets_store as store
from followup.reports.calls import Parts
from followup.reports.moments_store import moment_of
from followup.reports.question import Question
from followup.reports.selection import NOT_ASSIGNED
from followup.reports.shape import Column, Figure, Listing
from followup.reports.spreads import spread
from followup.reports.ticket_choice import TIMES, Choice, topic_path
from followup.reports.ticket_rows import Directory, table_row, ticket_item
from followup.reports.tickets_store import Told
from followup.teams.desk import Desk

_GROUP_IDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(TIMES, "G13"),
    "employee": "G26",
    "group": "G27",
    "channel": "G19",
    "topic": "G28",
}


def columns_of(question: Question) -> tuple[Column, ...]:
    """What the table shows; its first column is the grouping."""
    by = question.selection.option("by")
    return (
        Column(key=by, unit="text", definition=_GROUP_IDS[by]),
        Column(key="created", unit="count", definition="G9", opens=True),
        Column(key="closed", unit="count", definition="G14", opens=True),
        Column(key="wait_seconds", unit="spread", definition="G15", opens=True, has_none_yet=True),
        Column(key="handling_seconds", unit="spread", definition="G16", opens=True, has_none_yet=True),
    )


async def build_tickets(desk: Desk, question: Question) -> Parts:
    """Rows, their keys, the total; pictures are drawn from the rows."""
    choice = await _choice(desk, question)
    told = await store.told(desk.c, question, choice)
    groups = _groups(choice, told)
    keys = sorted(groups, key=lambda key: _order(choice, key, groups[key]))
    rows = tuple({choice.by: _name(choice, key)} | _figures(groups[key]) for key in keys)
    return rows, tuple(_text(key) for key in keys), _figures(told), {}


async def ticket_table(desk: Desk, question: Question) -> tuple[Mapping[str, Any], ...]:
    """G17: one row for every ticket of the selection."""
    directory = await Directory.of(desk.c, desk.book.id)
    rows = await store.table(desk.c, question, Choice(question=question, topics=directory.topics))
    return tuple(table_row(question, directory, row) for row in rows)


async def listed_tickets(desk: Desk, question: Question, figure: Figure, page: tuple[int, int]) -> Listing:
    """The tickets behind a figure."""
    choice = await _choice(desk, question)
    condition = store.behind(question, choice, figure.column, _row_condition(choice, figure.row))
    return await as_listing(desk, question, condition, page)


async def as_listing(desk: Desk, question: Question, condition: Any, page: tuple[int, int]) -> Listing:
    """A page of the tickets that a condition means."""
    total, rows = await store.tickets_behind(desk.c, question, condition, page)
    return Listing(total=total, items=tuple(ticket_item(question, row) for row in rows))


async def _choice(desk: Desk, question: Question) -> Choice:
    selection = question.selection
    needs_topics = selection.option("by") == "topic" or "topic" in selection.filters
    topics = await store.topic_titles(desk.c, desk.book.id) if needs_topics else {}
    return Choice(question=question, topics=topics)


def _groups(choice: Choice, told: Iterable[Told]) -> dict[Any, list[Told]]:
    """A month has hundreds of hours and a hundred thousand tickets: whose group an hour is, is asked once."""
    found: dict[Any, list[Told]] = defaultdict(list)
    for ticket in told:
        found[ticket.key].append(ticket)
    if choice.by not in TIMES:
        return found
    groups: dict[Any, list[Told]] = defaultdict(list)
    for stretch, tickets in found.items():
        groups[choice.key_of(moment_of(stretch))] += tickets
    return groups


def _figures(told: Sequence[Told]) -> dict[str, Any]:
    """D18: who has no value yet is left out, and told."""
    return {
        "created": len(told),
        "closed": sum(ticket.is_closed for ticket in told),
        "wait_seconds": _spread([ticket.wait for ticket in told]),
        "handling_seconds": _spread([ticket.handling for ticket in told]),
    }


def _spread(values: Sequence[int | None]) -> dict[str, Any]:
    known = [value for value in values if value is not None]
    return spread(known) | {"none_yet": len(values) - len(known)}


def _order(choice: Choice, key: Any, told: Sequence[Told]) -> tuple[Any, ...]:
    """Time goes on; of others who has most comes first, what is nobody's last."""
    if choice.by == "hour":
        return (int(key),)
    if choice.by in TIMES:
        return (key,)
    return key is None, -len(told), str(_name(choice, key)), str(key)


def _name(choice: Choice, key: Any) -> str | None:
    if choice.by == "employee":
        return choice.question.book.member_name(key)
    return (topic_path(choice.topics, key) or None) if choice.by == "topic" else key


def _text(key: Any) -> str:
    return NOT_ASSIGNED if key is None else str(key)


def _row_condition(choice: Choice, row: str | None) -> list[Any]:
    """The tickets of one row, None: of all."""
    if row is None:
        return []
    if choice.by == "hour":
        return store.in_hour(choice, int(row), choice.hour_spans)
    if choice.by in TIMES:
        spans = dict(choice.spans)
        return store.in_span(choice, spans[row]) if row in spans else [store.NOTHING]
    value: Any = None if row == NOT_ASSIGNED else row
    return store.with_key(choice, int(row) if value is not None and choice.by in ("employee", "topic") else value)
