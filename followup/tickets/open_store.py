"""The SQL of open tickets and of what their cards show: lists, counts, the conversation."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.calls.tables import messages
from followup.clients.tables import merges
from followup.tickets.tables import tickets
from followup.tickets.views import TicketFilter, TicketTab
from storage.rows import Row, all_rows

_SPOKEN = ("phone", "callback")


async def open_by_owner(c: AsyncConnection, team_id: int) -> dict[int, int]:
    """Member id → how many open tickets he has."""
    query = (
        select(tickets.c.owner_id, func.count())
        .where(tickets.c.team_id == team_id, tickets.c.state == "open", tickets.c.owner_id.is_not(None))
        .group_by(tickets.c.owner_id)
    )
    return {row[0]: row[1] for row in await c.execute(query)}


async def open_of_owner(c: AsyncConnection, team_id: int, owner_id: int, limit: int = 200) -> list[Row]:
    """What one person has in hand, oldest first."""
    own = (tickets.c.team_id == team_id, tickets.c.state == "open", tickets.c.owner_id == owner_id)
    return await all_rows(c, select(tickets).where(*own).order_by(tickets.c.id).limit(limit))


async def open_of_clients(c: AsyncConnection, team_id: int, ids: Collection[int]) -> dict[int, list[int]]:
    """Client id → his open tickets, oldest first."""
    query = (
        select(tickets.c.client_id, tickets.c.id)
        .where(tickets.c.team_id == team_id, tickets.c.client_id.in_(ids), tickets.c.state == "open")
        .order_by(tickets.c.id)
    )
    found: dict[int, list[int]] = {}
    for row in await c.execute(query) if ids else ():
        found.setdefault(row.client_id, []).append(row.id)
    return found


async def words_of(
    c: AsyncConnection, team_id: int, account_id: int, span: tuple[datetime, datetime | None], limit: int
) -> list[Row]:
    """The last messages of an account within a ticket's life, oldest first; those that did not arrive, too."""
    begin, end = span
    own = [messages.c.team_id == team_id, messages.c.account_id == account_id, messages.c.at >= begin]
    if end is not None:
        own.append(messages.c.at <= end)
    query = select(messages).where(*own).order_by(messages.c.at.desc(), messages.c.id.desc()).limit(limit)
    return (await all_rows(c, query))[::-1]


async def last_words(c: AsyncConnection, team_id: int, account_ids: Collection[int], limit: int) -> list[Row]:
    """The newest messages of some accounts."""
    own = (messages.c.team_id == team_id, messages.c.account_id.in_(account_ids))
    query = select(messages).where(*own).order_by(messages.c.at.desc(), messages.c.id.desc()).limit(limit)
    return await all_rows(c, query) if account_ids else []


async def merged_clients(c: AsyncConnection, team_id: int, ids: Collection[int]) -> set[int]:
    """Those into whom somebody was merged, if that stands."""
    query = select(merges.c.into_client_id).where(
        merges.c.team_id == team_id, merges.c.into_client_id.in_(ids), merges.c.undone_at.is_(None)
    )
    return set(await c.scalars(query)) if ids else set()


async def open_page(
    c: AsyncConnection, team_id: int, chosen: TicketFilter, topics: Collection[int], size: int
) -> list[int]:
    """Ids of one page of open tickets, the oldest first; ``topics``: the chosen one and all below it."""
    shown = and_(_open(team_id, chosen, topics), _tab(chosen.tab))
    query = select(tickets.c.id).where(tickets.c.team_id == team_id, shown).order_by(tickets.c.created_at, tickets.c.id)
    return list(await c.scalars(query.limit(size).offset(chosen.page * size)))


async def open_counts(
    c: AsyncConnection, team_id: int, chosen: TicketFilter, topics: Collection[int]
) -> dict[TicketTab, int]:
    """How many each tab has under the same filter."""
    query = select(func.count(), func.count().filter(_tab("voice"))).where(
        tickets.c.team_id == team_id, _open(team_id, chosen, topics)
    )
    total, voice = (await c.execute(query)).one()
    return {"voice": voice, "text": total - voice}


async def open_groups(c: AsyncConnection, team_id: int) -> list[str]:
    """Groups that have open tickets."""
    query = select(tickets.c.group_name).where(tickets.c.team_id == team_id, tickets.c.state == "open").distinct()
    return sorted(name for name in await c.scalars(query) if name)


def _open(team_id: int, chosen: TicketFilter, topics: Collection[int]) -> ColumnElement[bool]:
    wanted = [tickets.c.team_id == team_id, tickets.c.state == "open"]
    if chosen.group is not None:
        wanted.append(tickets.c.group_name == chosen.group)
    if chosen.topic is not None:
        wanted.append(tickets.c.topic_id.in_(topics))
    if chosen.owner is not None:
        wanted.append(tickets.c.owner_id == chosen.owner)
    return and_(*wanted)


def _tab(tab: TicketTab) -> ColumnElement[bool]:
    """G8: voice and text apart; one made by hand goes with its channel."""
    is_voice = or_(tickets.c.kind == "voice", and_(tickets.c.kind == "api", tickets.c.channel.in_(_SPOKEN)))
    return is_voice if tab == "voice" else ~is_voice
