"""The SQL of the auditor: gaps between what is stored, what is due and what is shown, of all teams at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, insert, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from followup.calls.tables import calls
from followup.cases.tables import cases
from followup.clients.tables import numbers
from followup.health.tables import audits, mends
from followup.notices import priorities
from followup.notices.tables import cards, chats
from followup.reminders.tables import reminders
from storage.rows import Row, all_rows
from storage.upsert import insert_or_ignore

_NAME = "gaps"
_MOST = 500
_NEWEST_CALLS = 100_000
# As a word, not as a parameter: only so does a database see that its partial index holds what is asked for.
_IS_OPEN = cases.c.state == literal_column("'open'")
LOOKED_AT = "late: pushed by the auditor"  # a card is pushed once; the error goes when it is shown


@dataclass(frozen=True, slots=True)
class Turn:
    """Who has it looks through everything; ``position`` is the open case derived anew last."""

    due_at: datetime
    position: int


async def due_turn(c: AsyncConnection, now: datetime) -> Turn | None:
    """The turn that is due, if one is."""
    query = select(audits.c.next_at, audits.c.position).where(audits.c.name == _NAME, audits.c.next_at <= now)
    row = (await c.execute(query)).first()
    return Turn(row.next_at, row.position) if row is not None else None


async def begin_turns(c: AsyncConnection, at: datetime) -> None:
    """The first turn of an installation; nothing if it has had one."""
    values = {"name": _NAME, "next_at": at, "position": 0, "unknown_calls": 0}
    await c.execute(insert_or_ignore(c, audits).values(**values))


async def has_turns(c: AsyncConnection) -> bool:
    """Whether the auditor has begun."""
    return bool(await c.scalar(select(func.count()).where(audits.c.name == _NAME)))


async def take_turn(c: AsyncConnection, turn: Turn, next_at: datetime) -> bool:
    """Compare-and-set: True for the one process that looks this time."""
    mine = (audits.c.name == _NAME) & (audits.c.next_at == turn.due_at)
    return (await c.execute(update(audits).where(mine).values(next_at=next_at))).rowcount == 1


async def note_turn(c: AsyncConnection, **values: Any) -> None:
    """How far the sample came, what was counted."""
    await c.execute(update(audits).where(audits.c.name == _NAME).values(**values))


async def count_mends(c: AsyncConnection, team_id: int, kind: str, mended: int, now: datetime) -> None:
    """Raise a team's counter of one kind of gap."""
    mine = (mends.c.team_id == team_id) & (mends.c.kind == kind)
    known = await c.execute(update(mends).where(mine).values(mended=mends.c.mended + mended, mended_at=now))
    if known.rowcount == 0:
        await c.execute(insert(mends).values(team_id=team_id, kind=kind, mended=mended, mended_at=now))


async def mended(c: AsyncConnection) -> dict[str, int]:
    """Kind of gap → how many were mended since the installation began, of all teams."""
    rows = await c.execute(select(mends.c.kind, func.sum(mends.c.mended)).group_by(mends.c.kind))
    return {row[0]: int(row[1]) for row in rows}


async def unknown_calls(c: AsyncConnection) -> int:
    """What the last turn counted."""
    return await c.scalar(select(audits.c.unknown_calls).where(audits.c.name == _NAME)) or 0


async def count_unknown_calls(c: AsyncConnection, now: datetime, silent_since: datetime) -> int:
    """Calls of the last day whose end never came, among the newest of all teams."""
    columns = (calls.c.outcome, calls.c.last_event_at, calls.c.started_at)
    newest = select(*columns).order_by(calls.c.id.desc()).limit(_NEWEST_CALLS).subquery()
    is_unknown = (newest.c.outcome == "in_progress") & (newest.c.last_event_at < silent_since)
    query = select(func.count()).select_from(newest)
    return await c.scalar(query.where(is_unknown, newest.c.started_at >= now - timedelta(days=1))) or 0


async def without_card(c: AsyncConnection, before: datetime) -> list[Row]:
    """Open cases that a chat of their team has no card of."""
    own = and_(chats.c.team_id == cases.c.team_id, chats.c.kind == "team")
    card = and_(cards.c.chat_id == chats.c.id, cards.c.subject == "case", cards.c.subject_id == cases.c.id)
    query = (
        select(cases.c.team_id, cases.c.id.label("case_id"), chats.c.id.label("chat_id"))
        .join(chats, own)
        .outerjoin(cards, card)
        .where(_IS_OPEN, cases.c.created_at <= before, cards.c.id.is_(None))
        .order_by(cases.c.team_id, cases.c.id)
    )
    return await all_rows(c, query.limit(_MOST))


async def stuck_cards(c: AsyncConnection, now: datetime, late: timedelta) -> list[Row]:
    """Live cards behind the truth that nothing explains: no error, no pause of their chat, no claim one could make."""
    query = (
        select(cards.c.team_id, cards.c.id)
        .join(chats, (chats.c.id == cards.c.chat_id) & (chats.c.team_id == cards.c.team_id))
        .where(_is_stuck(now, late), chats.c.is_reachable)
        .order_by(cards.c.team_id, cards.c.id)
    )
    return await all_rows(c, query.limit(_MOST))


def _is_stuck(now: datetime, late: timedelta) -> ColumnElement[bool]:
    is_behind = (cards.c.shown < cards.c.wanted) & (cards.c.state == literal_column("'live'")) & cards.c.error.is_(None)
    is_put_off = or_(cards.c.not_before > now + late, cards.c.claimed_until > now + late)
    is_free = or_(cards.c.claimed_until.is_(None), cards.c.claimed_until <= now)
    is_overdue = (cards.c.shown == 0) & (cards.c.created_at <= now - late) & (cards.c.not_before <= now - late)
    other = aliased(cards)
    is_paused = exists().where(other.c.chat_id == cards.c.chat_id, other.c.error.is_not(None), other.c.not_before > now)
    return is_behind & or_(is_put_off, is_overdue & is_free & ~is_paused)


async def push_cards(c: AsyncConnection, team_id: int, ids: Collection[int], now: datetime, late: timedelta) -> int:
    """They go before every edit; how many were still stuck."""
    mine = (cards.c.team_id == team_id) & cards.c.id.in_(ids)
    free = {"not_before": now, "claimed_until": None, "priority": priorities.ALERT, "error": LOOKED_AT}
    return (await c.execute(update(cards).where(mine, _is_stuck(now, late)).values(**free))).rowcount


async def shown_unheard(c: AsyncConnection) -> list[Row]:
    """Open cases whose card stands in a chat, but whose clocks were never started by it."""
    card = and_(cards.c.subject == "case", cards.c.subject_id == cases.c.id, cards.c.team_id == cases.c.team_id)
    shown_at = func.min(cards.c.shown_at, type_=cards.c.shown_at.type).label("shown_at")
    query = (
        select(cases.c.team_id, cases.c.id, shown_at)
        .join(cards, card)
        .where(_IS_OPEN, cases.c.first_shown_at.is_(None), cards.c.shown_at.is_not(None))
        .group_by(cases.c.team_id, cases.c.id)
        .order_by(cases.c.team_id, cases.c.id)
    )
    return await all_rows(c, query.limit(_MOST))


async def without_steps(c: AsyncConnection) -> list[Row]:
    """Open cases that count as planned and have no step at all."""
    has_steps = exists().where(reminders.c.case_id == cases.c.id, reminders.c.team_id == cases.c.team_id)
    is_counted = or_(cases.c.first_shown_at.is_not(None), cases.c.owner_id.is_not(None))
    is_planned = cases.c.planned_version == cases.c.version
    query = select(cases).where(_IS_OPEN, cases.c.kind == "client", is_planned, is_counted, ~has_steps)
    return await all_rows(c, query.order_by(cases.c.team_id, cases.c.id).limit(_MOST))


async def step_count(c: AsyncConnection, team_id: int, case_id: int) -> int:
    """How many steps a case has, done ones too."""
    query = select(func.count()).where(reminders.c.team_id == team_id, reminders.c.case_id == case_id)
    return await c.scalar(query) or 0


async def late_steps(c: AsyncConnection, before: datetime) -> list[Row]:
    """Teams with steps that were due long ago and are not done, and since when."""
    due_at = func.min(reminders.c.due_at, type_=reminders.c.due_at.type).label("due_at")
    query = (
        select(reminders.c.team_id, due_at)
        .where(reminders.c.done_at.is_(None), reminders.c.due_at <= before)
        .group_by(reminders.c.team_id)
        .order_by(reminders.c.team_id)
    )
    return await all_rows(c, query)


async def undone_before(c: AsyncConnection, team_id: int, before: datetime) -> int:
    """How many of a team's steps are that late."""
    late = (reminders.c.team_id == team_id, reminders.c.done_at.is_(None), reminders.c.due_at <= before)
    return await c.scalar(select(func.count()).where(*late)) or 0


async def clients_of_newest_calls(c: AsyncConnection, limit: int) -> list[Row]:
    """Whose calls came last, and since when they are to be looked at."""
    newest = select(calls.c.team_id, calls.c.number_id, calls.c.started_at).order_by(calls.c.id.desc()).limit(4 * limit)
    recent = newest.subquery()
    since = func.min(recent.c.started_at, type_=calls.c.started_at.type).label("since")
    query = (
        select(recent.c.team_id, numbers.c.client_id, since)
        .join(numbers, (numbers.c.id == recent.c.number_id) & (numbers.c.team_id == recent.c.team_id))
        .where(recent.c.started_at.is_not(None))
        .group_by(recent.c.team_id, numbers.c.client_id)
        .limit(limit)
    )
    return await all_rows(c, query)


async def next_open_cases(c: AsyncConnection, position: int, now: datetime, limit: int) -> list[Row]:
    """The next open cases by id, whose time is not over (that is another job's)."""
    columns = (cases.c.team_id, cases.c.client_id, cases.c.opened_at.label("since"), cases.c.id)
    is_due = cases.c.expires_at <= now
    query = select(*columns).where(_IS_OPEN, cases.c.kind == "client", cases.c.id > position, ~is_due)
    return await all_rows(c, query.order_by(cases.c.id).limit(limit))


async def has_expiring(c: AsyncConnection, team_id: int, client_id: int, now: datetime) -> bool:
    """Whether the client has an open case whose time is over: it is closed by its own job, and no gap."""
    mine = (cases.c.team_id == team_id, cases.c.client_id == client_id, _IS_OPEN)
    return bool(await c.scalar(select(func.count()).where(*mine, cases.c.expires_at <= now)))


async def dead_cards(c: AsyncConnection, before: datetime) -> list[Row]:
    """Cards of open cases that were given up for good, a day ago or longer."""
    case = and_(cases.c.id == cards.c.subject_id, cases.c.team_id == cards.c.team_id)
    query = (
        select(cards.c.team_id, cards.c.id)
        .join(cases, case)
        .join(chats, (chats.c.id == cards.c.chat_id) & (chats.c.team_id == cards.c.team_id))
        .where(_is_dead(before), _IS_OPEN, chats.c.is_reachable)
        .order_by(cards.c.team_id, cards.c.id)
    )
    return await all_rows(c, query.limit(_MOST))


def _is_dead(before: datetime) -> ColumnElement[bool]:
    # `not_before` of a dead card is the moment of its last trial.
    return (cards.c.state == literal_column("'dead'")) & (cards.c.subject == "case") & (cards.c.not_before <= before)


async def revive_cards(c: AsyncConnection, team_id: int, ids: Collection[int], now: datetime, before: datetime) -> int:
    """One more trial; how many nobody else had revived."""
    mine = (cards.c.team_id == team_id) & cards.c.id.in_(ids)
    fresh = {"state": "live", "not_before": now, "tries": 0, "error": None, "claimed_until": None}
    return (await c.execute(update(cards).where(mine, _is_dead(before)).values(**fresh))).rowcount
