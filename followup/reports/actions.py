"""The door to reports: build one, and list what is behind any of its figures (M8)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from followup.errors import FollowupError
from followup.health.actions import blind_windows
from followup.hours import local_date
from followup.reports import (
    callbacks,
    calls,
    calls_store,
    items_store,
    missed,
    missed_store,
    team,
    team_store,
    tickets,
    tickets_store,
)
from followup.reports.items import call_item, case_item, order_item
from followup.reports.question import Question, Span
from followup.reports.selection import Kind, Selection
from followup.reports.shape import Column, Figure, Listing, Report
from followup.reports.ticket_rows import TABLE
from followup.teams.desk import Desk
from storage.vast import vast

_COLUMNS = {
    "callbacks": callbacks.columns_of,
    "calls": calls.columns_of,
    "missed": missed.columns_of,
    "team": team.columns_of,
    "tickets": tickets.columns_of,
}


async def build(desk: Desk, selection: Selection, *, most_rows: int | None = None) -> Report:
    """The report as of now. ``most_rows`` cuts the rows of ``missed``, which may be thousands; the total stays."""
    question = Question.of(desk, selection)
    async with vast(desk.c):
        rows, keys, total, series = await _parts(desk, question, most_rows)
        has_table = selection.kind == "tickets" and selection.is_on("table")
        table = await tickets.ticket_table(desk, question) if has_table else None
    return Report(
        selection=selection,
        team_id=desk.book.id,
        team_name=desk.book.name,
        timezone=question.timezone,
        as_of=desk.now,
        columns=columns_of(desk, selection),
        rows=rows,
        row_keys=keys,
        total=total,
        windows=await blind_windows(desk, question.span),
        series=series,
        table_columns=TABLE if selection.kind == "tickets" else (),
        table=table,
    )


async def build_stretch(desk: Desk, kind: Kind, stretch: Span, options: Mapping[str, str] | None = None) -> calls.Parts:
    """What a report says of a stretch of one local day: the digest's figures. Of ``missed`` no rows."""
    day = local_date(stretch[0], desk.book.policy.timezone)
    selection = Selection(kind=kind, begins=day, ends=day, options=options or {})
    return await _parts(desk, Question(book=desk.book, selection=selection, now=desk.now, part=stretch), 0)


def columns_of(desk: Desk, selection: Selection) -> tuple[Column, ...]:
    """The columns of a report without building it."""
    return _COLUMNS[selection.kind](Question.of(desk, selection))


async def _parts(desk: Desk, question: Question, most_rows: int | None) -> calls.Parts:
    match question.selection.kind:
        case "callbacks":
            return await callbacks.build_callbacks(desk, question)
        case "calls":
            return await calls.build_calls(desk, question)
        case "missed":
            return await missed.build_missed(desk, question, most_rows)
        case "team":
            return await team.build_team(desk, question)
        case "tickets":
            return await tickets.build_tickets(desk, question)


async def listed(desk: Desk, selection: Selection, figure: Figure, offset: int = 0, limit: int = 10) -> Listing:
    """A page of exactly what a figure counts, newest first."""
    question = Question.of(desk, selection)
    if not any(column.opens and column.key == figure.column for column in columns_of(desk, selection)):
        raise FollowupError("nothing_here")
    async with vast(desk.c):
        return await _LISTS[selection.kind](desk, question, figure, (offset, limit))


async def _calls_of_row(desk: Desk, question: Question, figure: Figure, page: tuple[int, int]) -> Listing:
    if figure.column in tickets_store.OF_CALLS:
        born = tickets_store.behind_calls(question, figure.column, calls.row_condition(question, figure.row))
        return await tickets.as_listing(desk, question, born, page)
    row = calls.row_condition(question, figure.row)
    if figure.column not in calls_store.DEAR and figure.column not in calls_store.OF_FIRSTS:
        return await _calls(desk, question, calls_store.behind(question, figure.column, row), page)
    found = calls_store.dear_calls(question, figure.column, row)
    total, rows = await items_store.dear_calls_behind(desk.c, question, found, page)
    return Listing(total=total, items=tuple(call_item(question, row) for row in rows))


async def _calls(desk: Desk, question: Question, condition: Any, page: tuple[int, int]) -> Listing:
    total, rows = await items_store.calls_behind(desk.c, question, condition, page)
    return Listing(total=total, items=tuple(call_item(question, row) for row in rows))


async def _cases(desk: Desk, question: Question, condition: Any, page: tuple[int, int]) -> Listing:
    total, rows = await items_store.cases_behind(desk.c, question, condition, page)
    return Listing(total=total, items=tuple(case_item(question, row) for row in rows))


async def _orders(desk: Desk, question: Question, figure: Figure, page: tuple[int, int]) -> Listing:
    orders = await callbacks.orders_now(desk, question)
    own = [order for order in orders if figure.row in (None, order.widget)]
    found = callbacks.behind(own, figure.column)
    shown = {order.id: order for order in found[page[0] : page[0] + page[1]]}
    rows = await items_store.orders_shown(desk.c, question, list(shown))
    items = (order_item(question, row, shown[row["id"]].state, shown[row["id"]].reason) for row in rows)
    return Listing(total=len(found), items=tuple(items))


async def _missed(desk: Desk, question: Question, figure: Figure, page: tuple[int, int]) -> Listing:
    if (figure.row is not None) != (figure.column in missed.OPENS_IN_ROW):
        raise FollowupError("nothing_here")
    if figure.row is not None:
        condition = missed_store.of_one_case(question, int(figure.row), figure.column)
        return await _calls(desk, question, condition, page)
    if figure.column.partition(".")[0] in ("calls", "reasons"):
        return await _calls(desk, question, missed_store.call_condition(question, figure.column), page)
    return await _cases(desk, question, missed_store.case_condition(question, figure.column), page)


async def _team(desk: Desk, question: Question, figure: Figure, page: tuple[int, int]) -> Listing:
    members = team.members_of(figure.row, question)
    if figure.column in team_store.CASE_FIGURES:
        return await _cases(desk, question, team_store.case_condition(question, figure.column, members), page)
    return await _calls(desk, question, team_store.call_condition(question, figure.column, members), page)


_LISTS: Mapping[str, Callable[[Desk, Question, Figure, tuple[int, int]], Awaitable[Listing]]] = {
    "callbacks": _orders,
    "calls": _calls_of_row,
    "missed": _missed,
    "team": _team,
    "tickets": tickets.listed_tickets,
}
