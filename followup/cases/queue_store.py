"""The queue of unprocessed missed calls (R1–R20): one query, whoever asks — a screen, a file, the CLI, the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.calls.tables import calls
from followup.cases.tables import cases
from followup.cases.views import QueueCounters, QueueFilter, QueuePage, QueueRow, Tab
from followup.clients import store as clients
from followup.hours import local_day
from followup.orders.tables import orders
from followup.phone import is_erased
from followup.teams.book import TeamBook
from storage.rows import Row, all_rows, one_row

PAGE_ROWS = 8


async def queue_rows(c: AsyncConnection, book: TeamBook, chosen: QueueFilter, now: datetime) -> list[QueueRow]:
    """All rows of a tab, never paged: open ones longest-waiting first, processed ones newest first."""
    return await _read(c, book, _query(book, chosen, now), now)


async def queue_page(c: AsyncConnection, book: TeamBook, chosen: QueueFilter, now: datetime) -> QueuePage:
    """One page of the queue; a page past the end is the last one."""
    counters = await _counters(c, book, chosen, now)
    rows = counters.open_rows if chosen.tab == "open" else counters.processed_rows
    pages = max(1, -(-rows // PAGE_ROWS))
    page = max(0, min(chosen.page, pages - 1))
    query = _query(book, chosen, now).limit(PAGE_ROWS).offset(page * PAGE_ROWS)
    shown = QueueFilter(tab=chosen.tab, day=chosen.day, line=chosen.line, page=page)
    return QueuePage(
        filter=shown,
        rows=tuple(await _read(c, book, query, now)),
        counters=counters,
        pages=pages,
        as_of=now,
        line_names={line.key: line.name for line in book.lines.values()},
    )


async def rows_by_id(c: AsyncConnection, book: TeamBook, ids: Sequence[int], now: datetime) -> list[QueueRow]:
    """Rows of chosen cases, in the order of ``ids``: the reports'."""
    found: dict[int, QueueRow] = {}
    for start in range(0, len(ids), clients.CHUNK):
        query = select(cases).where(cases.c.team_id == book.id, cases.c.id.in_(ids[start : start + clients.CHUNK]))
        found |= {row.case_id: row for row in await _read(c, book, query, now)}
    return [found[each] for each in ids if each in found]


def _query(book: TeamBook, chosen: QueueFilter, now: datetime) -> Select[Any]:
    query = select(cases).where(_where(book, chosen, chosen.tab, now))
    if chosen.tab == "open":
        return query.order_by(cases.c.opened_at, cases.c.id)
    return query.order_by(cases.c.closed_at.desc(), cases.c.id.desc())


def _where(book: TeamBook, chosen: QueueFilter, tab: Tab, now: datetime) -> ColumnElement[bool]:
    """R4: the last ``window_days``; R8: a row is shown if any of its missed calls is on that date."""
    conditions: list[ColumnElement[bool]] = [
        cases.c.team_id == book.id,
        cases.c.state == ("open" if tab == "open" else "closed"),
        cases.c.last_missed_at >= now - book.policy.window - timedelta(days=1),
    ]
    if chosen.day is not None or chosen.line is not None:
        conditions.append(or_(_has_miss(book, chosen), _has_order(book, chosen)))
    return and_(*conditions)


def _has_miss(book: TeamBook, chosen: QueueFilter) -> ColumnElement[bool]:
    conditions = [calls.c.team_id == book.id, calls.c.case_id == cases.c.id, calls.c.outcome == "missed"]
    return exists().where(*conditions, *_filters(book, chosen, calls.c.started_at, calls.c.line))


def _has_order(book: TeamBook, chosen: QueueFilter) -> ColumnElement[bool]:
    conditions = [orders.c.team_id == book.id, orders.c.case_id == cases.c.id]
    return exists().where(*conditions, *_filters(book, chosen, orders.c.ordered_at, orders.c.widget))


def _filters(
    book: TeamBook, chosen: QueueFilter, moment: ColumnElement[datetime], line: ColumnElement[Any]
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if chosen.day is not None:
        begins, ends = local_day(date.fromisoformat(chosen.day), book.policy.timezone)
        found += [moment >= begins, moment < ends]
    if chosen.line is not None:
        found.append(line == chosen.line)
    return found


async def _counters(c: AsyncConnection, book: TeamBook, chosen: QueueFilter, now: datetime) -> QueueCounters:
    """R20: clients who did not get through and calls to handle are separate figures."""
    # Who only ordered a callback waits, too, but did not fail to get through.
    is_client = (cases.c.kind == "client") & (cases.c.missed > 0)
    query = select(func.count().filter(is_client), func.coalesce(func.sum(cases.c.missed), 0), func.count()).where(
        _where(book, chosen, "open", now)
    )
    row = (await c.execute(query)).one()
    processed = await c.scalar(select(func.count()).where(_where(book, chosen, "processed", now)).select_from(cases))
    return QueueCounters(clients=row[0], calls=int(row[1]), open_rows=row[2], processed_rows=processed or 0)


async def _read(c: AsyncConnection, book: TeamBook, query: Select[Any], now: datetime) -> list[QueueRow]:
    rows = await all_rows(c, query)
    client_ids = {row["client_id"] for row in rows if row["client_id"] is not None}
    people = await clients.people(c, book.id, client_ids)
    found = []
    for row in rows:
        name, _, pairs = people.get(row["client_id"], clients.NOBODY)
        number = dict(pairs).get(row["number_id"]) or (pairs[0][1] if pairs else None)
        shown = None if number is None or is_erased(number) else number
        found.append(_row(row, book, (shown, name), now))
    return found


def _row(row: Row, book: TeamBook, client: tuple[str | None, str | None], now: datetime) -> QueueRow:
    opened_at = row["opened_at"]
    return QueueRow(
        case_id=row["id"],
        client=client[0],
        name=client[1],
        lines=tuple(book.line_name(line) or line for line in row["lines"]),
        reason=row["reason"],
        reasons=tuple(row["reasons"]),
        first_call_at=opened_at,
        last_call_at=row["last_missed_at"],
        lost_seconds=_seconds(opened_at, row["last_missed_at"]) or 0,
        waiting_seconds=max(0, _seconds(opened_at, row["closed_at"] or now) or 0),
        missed=row["missed"],
        attempts=row["attempts"],
        first_attempt_seconds=_seconds(opened_at, row["first_attempt_at"]),
        contact_seconds=_seconds(opened_at, row["contact_at"]),
        taken_by=book.member_name(row["owner_id"]),
        state=_state(row, now),
        closed_at=row["closed_at"],
        closed_by=book.member_name(row["closed_by"]),
        how=row["how"],
        close_reason=row["close_reason"],
        close_text=row["close_text"],
    )


def _state(row: Mapping[str, Any], now: datetime) -> Literal["open", "taken", "snoozed", "closed"]:
    if row["state"] != "open":
        return "closed"
    if row["snoozed_until"] is not None and row["snoozed_until"] > now:
        return "snoozed"
    return "taken" if row["owner_id"] is not None else "open"


def _seconds(since: datetime, until: datetime | None) -> int | None:
    return int((until - since).total_seconds()) if until is not None else None


async def open_case_of(c: AsyncConnection, team_id: int, client_id: int) -> Row | None:
    """The client's open case, if he waits for somebody."""
    query = select(cases).where(cases.c.team_id == team_id, cases.c.client_id == client_id, cases.c.state == "open")
    return await one_row(c, query.limit(1))


async def clients_of_owner(c: AsyncConnection, team_id: int, owner_id: int) -> set[int]:
    """Clients whose open case somebody has."""
    mine = (cases.c.team_id == team_id, cases.c.state == "open", cases.c.owner_id == owner_id)
    return set(await c.scalars(select(cases.c.client_id).where(*mine, cases.c.client_id.is_not(None))))
