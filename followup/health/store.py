"""The SQL of silence: connections and when they were heard, the windows nobody saw."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.health.tables import blind_windows, watches
from followup.notices.tables import letters
from followup.teams.tables import connections, teams
from storage.rows import Row, all_rows, one_row
from storage.tables import inbox
from storage.upsert import insert_or_ignore

Span: TypeAlias = tuple[datetime, datetime]


async def to_look_at(c: AsyncConnection, now: datetime, limit: int) -> list[tuple[int, int]]:
    """(team, connection) of every connection that may have fallen silent, or is heard again, or was never watched."""
    is_waited_for = watches.c.due_at.is_(None) | watches.c.heard_at.is_(None)
    is_heard = watches.c.heard_at.is_distinct_from(connections.c.last_event_at) & is_waited_for
    is_old = watches.c.revision != teams.c.revision
    query = (
        select(connections.c.team_id, connections.c.id)
        .join(teams, teams.c.id == connections.c.team_id)
        .outerjoin(watches, watches.c.connection_id == connections.c.id)
        .where(or_(watches.c.id.is_(None), watches.c.due_at <= now, is_heard, is_old))
        .order_by(connections.c.team_id, connections.c.id)
    )
    return [(row.team_id, row.id) for row in await c.execute(query.limit(limit))]


async def connection_with_watch(c: AsyncConnection, team_id: int, connection_id: int) -> Row | None:
    """A connection and what is known of its silence; ``watch_id`` None: it is not watched yet."""
    watch = (watches.c.id.label("watch_id"), watches.c.heard_at, watches.c.due_at, watches.c.revision)
    query = (
        select(connections.c.id, connections.c.name, connections.c.created_at, connections.c.last_event_at, *watch)
        .outerjoin(watches, and_(watches.c.connection_id == connections.c.id, watches.c.team_id == team_id))
        .where(connections.c.team_id == team_id, connections.c.id == connection_id)
    )
    return await one_row(c, query)


async def keep_watch(c: AsyncConnection, team_id: int, connection_id: int, **values: Any) -> None:
    """Write when the connection is to be looked at again."""
    mine = (watches.c.team_id == team_id) & (watches.c.connection_id == connection_id)
    known = await c.execute(update(watches).where(mine).values(**values))
    if known.rowcount == 0:
        given = {"team_id": team_id, "connection_id": connection_id, **values}
        await c.execute(insert_or_ignore(c, watches).values(**given))


def _requests_of(team_id: int, connection_id: int, wanted: ColumnElement[Any]) -> Select[Any]:
    """The states are named because the index begins with them."""
    is_any = inbox.c.state.in_(("pending", "done", "failed"))
    return select(wanted).where(is_any, inbox.c.team_id == team_id, inbox.c.connection_id == connection_id)


async def last_request_at(c: AsyncConnection, team_id: int, connection_id: int) -> datetime | None:
    """When it last sent anything, understood or not."""
    newest = func.max(inbox.c.received_at, type_=inbox.c.received_at.type)
    moment: datetime | None = await c.scalar(_requests_of(team_id, connection_id, newest))
    return moment


async def first_request_after(c: AsyncConnection, team_id: int, connection_id: int, after: datetime) -> datetime | None:
    """When it first said something that was understood."""
    oldest = func.min(inbox.c.received_at, type_=inbox.c.received_at.type)
    query = _requests_of(team_id, connection_id, oldest).where(inbox.c.received_at > after, inbox.c.state == "done")
    moment: datetime | None = await c.scalar(query)
    return moment


async def heard_minutes(c: AsyncConnection, team_id: int, connection_id: int, since: datetime) -> list[datetime]:
    """The minutes in which it spoke, by their first event: a call's own events are one sign of life."""
    is_text = c.dialect.name == "sqlite"
    minute = func.substr(inbox.c.received_at, 1, 16) if is_text else func.date_trunc("minute", inbox.c.received_at)
    first = func.min(inbox.c.received_at, type_=inbox.c.received_at.type).label("first")
    query = _requests_of(team_id, connection_id, first).where(inbox.c.received_at >= since)
    return list(await c.scalars(query.group_by(minute).order_by(first)))


async def open_window(c: AsyncConnection, team_id: int, connection_id: int, begins_at: datetime) -> int | None:
    """A silence is noticed; None if somebody else has noticed it first."""
    values = {"team_id": team_id, "connection_id": connection_id, "begins_at": begins_at}
    result = await c.execute(insert_or_ignore(c, blind_windows).values(**values).returning(blind_windows.c.id))
    return result.scalar_one_or_none()


async def open_window_of(c: AsyncConnection, team_id: int, connection_id: int) -> Row | None:
    """The silence that has not ended."""
    query = select(blind_windows).where(
        blind_windows.c.team_id == team_id,
        blind_windows.c.connection_id == connection_id,
        blind_windows.c.ends_at.is_(None),
    )
    return await one_row(c, query)


async def close_window(c: AsyncConnection, team_id: int, window_id: int, ends_at: datetime) -> None:
    """It is heard again."""
    mine = (blind_windows.c.team_id == team_id) & (blind_windows.c.id == window_id)
    await c.execute(update(blind_windows).where(mine).values(ends_at=ends_at))


async def window(c: AsyncConnection, team_id: int, window_id: int) -> Row | None:
    """One silence, and whose it is."""
    query = (
        select(blind_windows, connections.c.name)
        .join(connections, connections.c.id == blind_windows.c.connection_id)
        .where(blind_windows.c.team_id == team_id, blind_windows.c.id == window_id)
    )
    return await one_row(c, query)


async def windows_in(c: AsyncConnection, team_id: int, span: Span) -> list[Row]:
    """Every silence that reaches into the span, oldest first."""
    query = (
        select(blind_windows, connections.c.name)
        .join(connections, connections.c.id == blind_windows.c.connection_id)
        .where(
            blind_windows.c.team_id == team_id,
            blind_windows.c.begins_at < span[1],
            or_(blind_windows.c.ends_at.is_(None), blind_windows.c.ends_at > span[0]),
        )
        .order_by(blind_windows.c.begins_at, blind_windows.c.id)
    )
    return await all_rows(c, query)


async def silent_since(c: AsyncConnection, team_id: int) -> datetime | None:
    """Since when some connection of the team has been silent; None while all are heard."""
    lasting = (blind_windows.c.team_id == team_id) & blind_windows.c.ends_at.is_(None)
    moment: datetime | None = await c.scalar(
        select(func.min(blind_windows.c.begins_at, type_=blind_windows.c.begins_at.type)).where(lasting)
    )
    return moment


async def count_connections(c: AsyncConnection, team_id: int) -> int:
    """How many PBXs the team has: where it is one, nobody needs its name."""
    return await c.scalar(select(func.count()).where(connections.c.team_id == team_id)) or 0


async def told_chats(c: AsyncConnection, team_id: int, keys: Collection[str]) -> set[str]:
    """Which of these letters have been said."""
    query = select(letters.c.key).where(letters.c.team_id == team_id, letters.c.key.in_(keys))
    return set(await c.scalars(query.where(letters.c.state == "sent")))


async def silent_connections(c: AsyncConnection) -> int:
    """How many PBXs of all teams are silent now."""
    return await c.scalar(select(func.count()).where(blind_windows.c.ends_at.is_(None))) or 0
