"""The SQL of bundles: cards of cases that wait in one chat become lines of one card (promise 7)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.notices import priorities
from followup.notices.store import Chat, raise_where
from followup.notices.tables import cards, chats
from storage.rows import Row, all_rows
from storage.upsert import insert_or_ignore


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A bundle that waits to be shown or changed, and how many lines it has."""

    card_id: int
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """How many cards of a chat wait to be shown for the first time, and how many bundles wait beside them."""

    team_id: int
    chat_id: int
    alerts: int
    bundles: int


async def crowds(
    c: AsyncConnection, team_ids: Collection[int], chat_ids: Collection[int], now: datetime
) -> list[Crowd]:
    """Of these chats those where something waits to be shown for the first time."""
    waits = (_waits_for_a_bundle() & (cards.c.not_before <= now) | _is_bundle_behind()) & _is_in_no_hand(now)
    alerts = func.sum(case((cards.c.subject == "case", 1), else_=0)).label("alerts")
    query = (
        select(cards.c.team_id, cards.c.chat_id, alerts, (func.count() - alerts).label("bundles"))
        .where(cards.c.team_id.in_(team_ids), cards.c.chat_id.in_(chat_ids), waits)
        .group_by(cards.c.team_id, cards.c.chat_id)
        .having(alerts > 0)
    )
    return [Crowd(**row) for row in await all_rows(c, query)]


def _waits_for_a_bundle() -> ColumnElement[bool]:
    # What was tried already goes by itself: perhaps it is the one that cannot be rendered.
    is_new = (cards.c.shown < cards.c.wanted) & (cards.c.state == "live") & cards.c.message_id.is_(None)
    is_first = (cards.c.subject == "case") & cards.c.shown_at.is_(None) & (cards.c.priority == priorities.ALERT)
    return is_new & is_first & (cards.c.tries == 0) & cards.c.bundle_id.is_(None)


def _is_bundle_behind() -> ColumnElement[bool]:
    return (cards.c.subject == "bundle") & (cards.c.shown < cards.c.wanted) & (cards.c.state == "live")


def _is_in_no_hand(now: datetime) -> ColumnElement[bool]:
    return cards.c.claimed_until.is_(None) | (cards.c.claimed_until <= now)


async def lock_chat(c: AsyncConnection, chat: Chat) -> None:
    """One process at a time bundles what waits in a chat; on SQLite the transaction itself is that lock."""
    query = select(chats.c.id).where(chats.c.team_id == chat.team_id, chats.c.id == chat.id)
    await c.execute(query.with_for_update(key_share=True))


async def lone_alerts(c: AsyncConnection, chat: Chat, now: datetime) -> list[Row]:
    """The cards of the chat that wait to be shown for the first time, oldest first; from now on ours."""
    mine = (cards.c.team_id == chat.team_id) & (cards.c.chat_id == chat.id)
    query = select(cards.c.id, cards.c.created_at).where(
        mine, _waits_for_a_bundle(), _is_in_no_hand(now), cards.c.not_before <= now
    )
    ordered = query.order_by(cards.c.created_at, cards.c.id)
    return await all_rows(c, ordered.with_for_update(skip_locked=True))


async def open_bundle(c: AsyncConnection, chat: Chat, now: datetime) -> Bundle | None:
    """The newest bundle of the chat that waits itself: more lines cost no more messages."""
    mine = (cards.c.team_id == chat.team_id) & (cards.c.chat_id == chat.id)
    query = select(cards.c.id).where(mine, _is_bundle_behind(), _is_in_no_hand(now)).order_by(cards.c.id.desc())
    card_id = (await c.execute(query.limit(1).with_for_update(skip_locked=True))).scalar_one_or_none()
    if card_id is None:
        return None
    lines = select(func.count()).where(cards.c.team_id == chat.team_id, cards.c.bundle_id == card_id)
    return Bundle(card_id=card_id, lines=(await c.execute(lines)).scalar_one())


async def add_bundle(c: AsyncConnection, chat: Chat, members: Sequence[Row], now: datetime) -> None:
    """One card instead of these; as old as the oldest of them."""
    values = {
        "team_id": chat.team_id,
        "chat_id": chat.id,
        "subject": "bundle",
        "subject_id": members[0]["id"],
        "priority": priorities.ALERT,
        "not_before": now,
        "created_at": members[0]["created_at"],
        "state": "live",
    }
    result = await c.execute(insert_or_ignore(c, cards).values(**values).returning(cards.c.id))
    bundle_id = result.scalar_one_or_none()
    if bundle_id is not None:
        await _list(c, chat.team_id, bundle_id, members)


async def join_bundle(c: AsyncConnection, chat: Chat, bundle_id: int, members: Sequence[Row]) -> None:
    """More lines of a bundle; they are first alerts, so its change goes before other changes."""
    await _list(c, chat.team_id, bundle_id, members)
    await raise_where(c, chat.team_id, cards.c.id == bundle_id, priorities.ALERT)


async def _list(c: AsyncConnection, team_id: int, bundle_id: int, members: Sequence[Row]) -> None:
    mine = (cards.c.team_id == team_id) & cards.c.id.in_([member["id"] for member in members])
    listed = update(cards).where(mine, cards.c.state == "live", cards.c.bundle_id.is_(None))
    await c.execute(listed.values(state="bundled", bundle_id=bundle_id))


async def bundled_cases(c: AsyncConnection, team_id: int, bundle_id: int) -> list[int]:
    """The case ids of a bundle, in the order of their waiting."""
    query = (
        select(cards.c.subject_id)
        .where(cards.c.team_id == team_id, cards.c.bundle_id == bundle_id, cards.c.state == "bundled")
        .order_by(cards.c.created_at, cards.c.id)
    )
    return list(await c.scalars(query))


async def raise_bundle(c: AsyncConnection, team_id: int, bundle_id: int) -> None:
    """One of its cases has left it for a card of its own."""
    await raise_where(c, team_id, cards.c.id == bundle_id, priorities.EDIT)


async def dissolve_bundle(c: AsyncConnection, team_id: int, bundle_id: int, now: datetime) -> None:
    """A bundle that cannot be shown falls apart: each case gets its own card, and no bundle any more."""
    listed = (cards.c.team_id == team_id) & (cards.c.bundle_id == bundle_id) & (cards.c.state == "bundled")
    alone = {"state": "live", "shown": 0, "not_before": now, "priority": priorities.ALERT}
    await c.execute(update(cards).where(listed).values(**alone, wanted=cards.c.wanted + 1))
