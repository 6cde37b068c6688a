"""The SQL of tickets in reports: of the tickets report, and the ticket columns of the calls report (X7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, false, func, literal, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.calls.tables import calls
from followup.clients.tables import accounts, clients, numbers
from followup.reports.items_store import Page
from followup.reports.moments_store import grouped, passed, seconds, stretch
from followup.reports.phones_store import is_of
from followup.reports.question import Question, Span
from followup.reports.ticket_choice import Choice, HourSpan
from followup.teams.tables import ticket_results, topics
from followup.tickets.statuses import IN_WORK
from followup.tickets.tables import tickets
from storage.columns import UtcDateTime
from storage.rows import Row, all_rows

Condition = ColumnElement[bool]

NOTHING: Condition = false()
_EXISTS = tickets.c.state != "gone"
_IN_WORK = tickets.c.status.in_(sorted(IN_WORK))
_IS_TARGET_MISS = and_(calls.c.outcome == "missed", calls.c.is_non_target.is_(False))
# M24, M27, M30: what each counts of the tickets born of calls.
OF_CALLS: Mapping[str, Condition] = {
    "tickets": true(),
    "tickets_by_missed": _IS_TARGET_MISS,
    "tickets_in_work": _IN_WORK,
}
_KEYS: Mapping[str, ColumnElement[Any]] = {
    "employee": tickets.c.owner_id,
    "group": tickets.c.group_name,
    "channel": tickets.c.channel,
    "topic": tickets.c.topic_id,
}


class Told(NamedTuple):
    """What the report looks at of one ticket; ``key`` is its group's, or the stretch of time that tells it."""

    key: Any
    is_closed: int
    wait: int | None
    handling: int | None


# --- the columns of the calls report ----------------------------------------------------------------------------------


def _born(question: Question) -> list[Condition]:
    """Tickets created in the period by the calls that the filters mean; options of calls say nothing of them (X26)."""
    begins, ends = question.span
    found = [
        *(tickets.c.team_id == question.book.id, tickets.c.created_at >= begins, tickets.c.created_at < ends),
        *(_EXISTS, tickets.c.call_id == calls.c.id, calls.c.team_id == question.book.id),
    ]
    if question.members is not None:
        found.append(is_of(calls, question, question.members))
    if lines := question.keys("line"):
        found.append(calls.c.line.in_(lines))
    return found


async def counts_by_call(c: AsyncConnection, question: Question) -> list[Row]:
    """By the phone of the originating call, whoever has the ticket now (M26)."""
    stretch = passed(calls.c.started_at, question, question.span)
    figures = [func.count().filter(condition).label(name) for name, condition in OF_CALLS.items()]
    query = select(calls.c.extension, stretch.label("phone_stretch"), *figures).where(*_born(question))
    return await all_rows(c, query.group_by(*grouped(calls.c.extension, stretch)))


def behind_calls(question: Question, column: str, row: list[Condition]) -> Condition:
    """The tickets behind one of the three columns; ``row`` is said of the originating call."""
    own = exists().where(*_born(question), OF_CALLS[column], *row).correlate(tickets)
    return and_(tickets.c.team_id == question.book.id, own)


# --- the tickets report -----------------------------------------------------------------------------------------------


def _moment(choice: Choice) -> ColumnElement[datetime]:
    return tickets.c.closed_at if choice.is_by_closing else tickets.c.created_at


def _chosen(question: Question, choice: Choice) -> list[Condition]:
    """The selection (G9–G11): AND between filters, OR inside one."""
    (begins, ends), moment = question.span, _moment(choice)
    found = [tickets.c.team_id == question.book.id, moment >= begins, moment < ends]
    found.append(tickets.c.state == "closed" if choice.is_by_closing else _EXISTS)
    return found + _filtered(choice)


def _filtered(choice: Choice) -> list[Condition]:
    columns = {**_KEYS, "entry_point": tickets.c.entry_point}
    return [_is_one_of(columns[name], values) for name, values in choice.filters.items()]


def in_state(choice: Choice, state: str, span: Span | None) -> Condition:
    """Tickets for other programs: ``open``, ``closed`` or ``all``, created whenever or in a stretch of time."""
    found = [_EXISTS if state == "all" else tickets.c.state == state]
    if span is not None:
        found += [tickets.c.created_at >= span[0], tickets.c.created_at < span[1]]
    return and_(*found, *_filtered(choice))


def only(ticket_id: int) -> Condition:
    """One ticket, unless no facts speak for it any more."""
    return and_(tickets.c.id == ticket_id, _EXISTS)


def _is_one_of(column: ColumnElement[Any], values: frozenset[Any]) -> Condition:
    named = column.in_(sorted(value for value in values if value is not None))
    return or_(named, column.is_(None)) if None in values else named


def _wait(choice: Choice) -> ColumnElement[Any]:
    return tickets.c.reaction_working if choice.is_by_hours else tickets.c.reaction_seconds


def _handling(choice: Choice) -> ColumnElement[Any]:
    """X20; each of the two is rounded by itself, so that their difference may miss zero by a second."""
    by_hours = tickets.c.handling_working, tickets.c.snoozed_working
    whole, asleep = by_hours if choice.is_by_hours else (tickets.c.handling_seconds, tickets.c.snoozed_seconds)
    return case((whole < asleep, literal(0)), else_=whole - asleep) if choice.is_without_snooze else whole


async def told(c: AsyncConnection, question: Question, choice: Choice) -> list[Told]:
    """Every ticket of the selection, in no order."""
    key: Any = _KEYS.get(choice.by)
    key = stretch(_moment(choice), question) if key is None else key
    is_closed = case((tickets.c.state == "closed", 1), else_=0)
    query = select(key, is_closed, _wait(choice), _handling(choice)).where(*_chosen(question, choice))
    return [Told._make(row) for row in await c.execute(query)]


def behind(question: Question, choice: Choice, column: str, row: list[Condition]) -> Condition:
    """The tickets behind a figure; of a spread those that have a value."""
    figures: Mapping[str, Condition] = {
        "created": true(),
        "closed": tickets.c.state == "closed",
        "wait_seconds": _wait(choice).is_not(None),
        "handling_seconds": _handling(choice).is_not(None),
    }
    return and_(*_chosen(question, choice), figures[column], *row)


def in_span(choice: Choice, span: Span) -> list[Condition]:
    """A row that is a stretch of time."""
    moment = _moment(choice)
    return [moment >= span[0], moment < span[1]]


def in_hour(choice: Choice, hour: int, spans: tuple[HourSpan, ...]) -> list[Condition]:
    """A row that is an hour of the day: between two changes of the clocks it begins every 24 hours."""
    moment = _moment(choice)
    found = []
    for span in spans:
        passed_by = seconds(literal(span.midnight, UtcDateTime), moment)
        found.append(and_(moment >= span.begins, moment < span.ends, (passed_by // 3600) % 24 == hour))
    return [or_(NOTHING, *found)]


def with_key(choice: Choice, value: Any) -> list[Condition]:
    """A row that is a person, a group, a channel or a topic."""
    return [_is_one_of(_KEYS[choice.by], frozenset({value}))]


# --- tickets one by one -----------------------------------------------------------------------------------------------

_SHOWN = (
    *(tickets.c.id, tickets.c.created_at.label("at"), tickets.c.channel, tickets.c.entry_point, tickets.c.status),
    *(tickets.c.owner_id, tickets.c.group_name, tickets.c.topic_id, tickets.c.result_id, tickets.c.comment),
    *(tickets.c.state, tickets.c.kind, tickets.c.subject, tickets.c.call_id, tickets.c.reopened),
    *(tickets.c.first_reaction_at, tickets.c.taken_at, tickets.c.contact_at, tickets.c.closed_at),
    *(tickets.c.snoozed_until, tickets.c.reaction_seconds, tickets.c.handling_seconds, tickets.c.contact_seconds),
)
_CLIENT = (
    numbers.c.number,
    clients.c.name.label("client_name"),
    accounts.c.name.label("account_name"),
    accounts.c.account,
)


def _with_client() -> Any:
    joined = tickets.outerjoin(
        numbers, and_(numbers.c.id == tickets.c.number_id, numbers.c.team_id == tickets.c.team_id)
    )
    named = and_(clients.c.id == tickets.c.client_id, clients.c.team_id == tickets.c.team_id)
    wrote = and_(accounts.c.id == tickets.c.account_id, accounts.c.team_id == tickets.c.team_id)
    return joined.outerjoin(clients, named).outerjoin(accounts, wrote)


async def table(c: AsyncConnection, question: Question, choice: Choice) -> list[Row]:
    """G17: one row a ticket, the oldest first."""
    spans = (_wait(choice).label("wait"), _handling(choice).label("handling"))
    query = select(*_SHOWN, *_CLIENT, *spans).select_from(_with_client()).where(*_chosen(question, choice))
    return await all_rows(c, query.order_by(_moment(choice), tickets.c.id))


async def tickets_behind(
    c: AsyncConnection, question: Question, condition: Condition, page: Page
) -> tuple[int, list[Row]]:
    """How many tickets there are, and one page of them, newest first."""
    mine = and_(tickets.c.team_id == question.book.id, condition)
    total = await c.scalar(select(func.count()).select_from(tickets).where(mine))
    query = select(*_SHOWN, *_CLIENT).select_from(_with_client()).where(mine)
    ordered = query.order_by(tickets.c.created_at.desc(), tickets.c.id.desc())
    return int(total or 0), await all_rows(c, ordered.offset(page[0]).limit(page[1]))


async def topic_titles(c: AsyncConnection, team_id: int) -> dict[int, tuple[int | None, str]]:
    """Topic id → (the one above it, title), those that are retired, too: old tickets keep them."""
    query = select(topics.c.id, topics.c.parent_id, topics.c.title).where(topics.c.team_id == team_id)
    return {row[0]: (row[1], row[2]) for row in await c.execute(query)}


async def result_titles(c: AsyncConnection, team_id: int) -> dict[int, tuple[str | None, str | None]]:
    """Result id → (code of a built-in one, title), likewise."""
    own = ticket_results
    query = select(own.c.id, own.c.code, own.c.title).where(own.c.team_id == team_id)
    return {row[0]: (row[1], row[2]) for row in await c.execute(query)}


async def known_words(c: AsyncConnection, team_id: int, column: str) -> list[str]:
    """Channels or entry points that the team's tickets have had: what a filter may be set to."""
    which = {"channel": tickets.c.channel, "entry_point": tickets.c.entry_point, "group": tickets.c.group_name}[column]
    query = select(which).where(tickets.c.team_id == team_id, _EXISTS, which.is_not(None)).distinct().order_by(which)
    return list(await c.scalars(query.limit(200)))
