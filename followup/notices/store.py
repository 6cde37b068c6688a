"""The SQL of chats, cards, letters and screens: what handlers and the business write, and the outbox reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.notices import priorities
from followup.notices.behind_store import behind, raised
from followup.notices.tables import cards, chats, letters
from storage.rows import Row, all_rows, one_row
from storage.upsert import insert_or_ignore

Subject = Literal["case", "screen", "bundle", "ticket"]
# Built once: putting a statement together costs more than asking it.
_OF_KIND = (
    select(chats)
    .where(chats.c.team_id == bindparam("of_team"), chats.c.kind == bindparam("of_kind"))
    .order_by(chats.c.id)
)
_BY_ID = select(chats).where(chats.c.team_id == bindparam("of_team"), chats.c.id == bindparam("of_chat"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A place for a team's messages."""

    id: int
    team_id: int
    telegram_id: int
    thread_id: int
    kind: str
    member_id: int | None
    is_reachable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Something to be said once. ``key`` makes it once-only within the team."""

    team_id: int
    chat_id: int
    kind: str
    at: datetime
    payload: dict[str, Any] = field(default_factory=dict)
    priority: int = priorities.ANSWER
    key: str | None = None
    case_id: int | None = None


def chat_from(row: Row) -> Chat:
    """A row of chats as a chat."""
    return Chat(
        id=row["id"],
        team_id=row["team_id"],
        telegram_id=row["telegram_id"],
        thread_id=row["thread_id"],
        kind=row["kind"],
        member_id=row["member_id"],
        is_reachable=row["is_reachable"],
    )


async def chats_of(c: AsyncConnection, team_id: int, kind: str) -> list[Chat]:
    """The team's chats of one kind (team | private | client | other)."""
    return [chat_from(row) for row in await all_rows(c, _OF_KIND, {"of_team": team_id, "of_kind": kind})]


async def chat_by_id(c: AsyncConnection, team_id: int, chat_id: int) -> Chat | None:
    """One chat of the team."""
    row = await one_row(c, _BY_ID, {"of_team": team_id, "of_chat": chat_id})
    return chat_from(row) if row else None


async def chats_at(c: AsyncConnection, telegram_id: int) -> list[Chat]:
    """Every team's rows about one Telegram chat (a private chat may serve several teams)."""
    query = select(chats).where(chats.c.telegram_id == telegram_id).order_by(chats.c.id)
    return [chat_from(row) for row in await all_rows(c, query)]


async def private_chat(c: AsyncConnection, team_id: int, member_id: int) -> Chat | None:
    """A member's own chat with the bot, if he has started it."""
    query = select(chats).where(chats.c.team_id == team_id, chats.c.kind == "private", chats.c.member_id == member_id)
    row = await one_row(c, query.limit(1))
    return chat_from(row) if row else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a chat is in Telegram, and what it is to the team. ``thread_id`` 0: no topic."""

    telegram_id: int
    thread_id: int = 0
    kind: Literal["team", "private", "client", "other"] = "other"
    member_id: int | None = None


async def ensure_chat(c: AsyncConnection, team_id: int, place: Place) -> Chat:
    """The row of a chat, made if need be; a chat we hear from is reachable again."""
    where = (
        (chats.c.team_id == team_id)
        & (chats.c.telegram_id == place.telegram_id)
        & (chats.c.thread_id == place.thread_id)
    )
    known = await _chat_where(c, where)
    if known is None:
        values = {"telegram_id": place.telegram_id, "thread_id": place.thread_id, "member_id": place.member_id}
        statement = insert_or_ignore(c, chats).values(team_id=team_id, kind=place.kind, capabilities={}, **values)
        await c.execute(statement)
        known = await _chat_where(c, where)
    elif not known.is_reachable or place.kind not in ("other", known.kind):
        kind = known.kind if place.kind == "other" else place.kind
        whose = {"member_id": place.member_id} if kind == "private" and place.member_id else {}
        await c.execute(update(chats).where(where).values(is_reachable=True, trouble=None, kind=kind, **whose))
        known = await _chat_where(c, where)
    assert known is not None  # noqa: S101 - the row was written three lines above
    return known


async def retire_team_chats(c: AsyncConnection, team_id: int) -> None:
    """The team moves elsewhere: its present chat keeps its old messages and gets no new ones."""
    await c.execute(update(chats).where(chats.c.team_id == team_id, chats.c.kind == "team").values(kind="other"))


async def _chat_where(c: AsyncConnection, where: ColumnElement[bool]) -> Chat | None:
    row = await one_row(c, select(chats).where(where))
    return chat_from(row) if row else None


async def add_card(
    c: AsyncConnection, chat: Chat, subject: Subject, subject_id: int, *, now: datetime, **values: Any
) -> bool:
    """A card for ``chat``, shown as soon as its turn comes; False if the chat has one already."""
    base = {"team_id": chat.team_id, "chat_id": chat.id, "subject": subject, "subject_id": subject_id}
    defaults = {"priority": priorities.ALERT, "not_before": now, "created_at": now, "state": "live"}
    result = await c.execute(insert_or_ignore(c, cards).values(**base, **(defaults | values)))
    return bool(result.rowcount == 1)


async def raise_cards(
    c: AsyncConnection, team_id: int, subject: Subject, ids: Collection[int], priority: int = priorities.EDIT
) -> None:
    """The truth has changed: every card of these subjects is behind it (held ones stay held), and so is every bundle."""
    if not ids:
        return
    which = {"of_team": team_id, "of_subject": subject, "ids": list(ids), "by": priority}
    await c.execute(raised(has_bundles=subject == "case"), which)


async def raise_card(c: AsyncConnection, team_id: int, card_id: int) -> None:
    """One person asked something of one card: it goes before all others."""
    await raise_where(c, team_id, cards.c.id == card_id, priorities.ANSWER)


async def close_menu(c: AsyncConnection, team_id: int, card_id: int) -> None:
    """Nobody chose anything: the plain buttons again, when their turn comes."""
    await change_card(c, team_id, card_id, menu=None, menu_until=None)
    await raise_where(c, team_id, cards.c.id == card_id, priorities.EDIT)


async def change_buttons_at(c: AsyncConnection, team_id: int, card_id: int, at: datetime) -> None:
    """Then the card looks different though nothing has happened; an open menu ends in its own time."""
    no_menu = (cards.c.team_id == team_id) & (cards.c.id == card_id) & cards.c.menu.is_(None)
    await c.execute(update(cards).where(no_menu).values(menu_until=at))


async def raise_where(c: AsyncConnection, team_id: int, where: ColumnElement[bool], priority: int) -> None:
    """These cards of the team are behind the truth."""
    await c.execute(behind(team_id, priority).where(where))


async def card_of(c: AsyncConnection, team_id: int, chat_id: int, subject: Subject, subject_id: int) -> Row | None:
    """The card of a subject in one chat."""
    query = select(cards).where(
        cards.c.team_id == team_id,
        cards.c.chat_id == chat_id,
        cards.c.subject == subject,
        cards.c.subject_id == subject_id,
    )
    return await one_row(c, query)


async def card_by_id(c: AsyncConnection, team_id: int, card_id: int) -> Row | None:
    """One card of the team."""
    return await one_row(c, select(cards).where(cards.c.team_id == team_id, cards.c.id == card_id))


async def change_card(c: AsyncConnection, team_id: int, card_id: int, **values: Any) -> None:
    """Write single columns of a card (menu, state, message id …)."""
    await c.execute(update(cards).where(cards.c.team_id == team_id, cards.c.id == card_id).values(**values))


async def renew_card(c: AsyncConnection, team_id: int, card_id: int, now: datetime) -> None:
    """Show the card by a new message: the old one is gone, or too far up to be found."""
    fresh = {"message_id": None, "shown_in": None, "content_hash": None, "state": "live", "shown": 0, "tries": 0}
    await change_card(
        c, team_id, card_id, **fresh, wanted=cards.c.wanted + 1, priority=priorities.ANSWER, not_before=now
    )


async def held_cases(c: AsyncConnection, team_id: int, chat_id: int) -> list[int]:
    """Case ids whose cards wait for the morning in one chat."""
    query = select(cards.c.subject_id).where(
        cards.c.team_id == team_id, cards.c.chat_id == chat_id, cards.c.subject == "case", cards.c.state == "held"
    )
    return list(await c.scalars(query))


async def release_held(
    c: AsyncConnection, team_id: int, chat_id: int, case_ids: Collection[int], now: datetime
) -> None:
    """The night is over for these cards: they are shown like any first alert."""
    which = (cards.c.team_id == team_id) & (cards.c.chat_id == chat_id) & cards.c.subject_id.in_(case_ids)
    which &= (cards.c.subject == "case") & (cards.c.state == "held")
    await c.execute(update(cards).where(which).values(state="live", not_before=now))


async def expired_menus(c: AsyncConnection, now: datetime) -> list[tuple[int, int]]:
    """(team, card) of menus that nobody closed in time."""
    query = select(cards.c.team_id, cards.c.id).where(cards.c.menu_until <= now).limit(200)
    return [(row.team_id, row.id) for row in await c.execute(query)]


async def add_letter(c: AsyncConnection, letter: Letter) -> int | None:
    """Queue a letter; None if one with the same key was queued before."""
    values = {
        "team_id": letter.team_id,
        "chat_id": letter.chat_id,
        "kind": letter.kind,
        "key": letter.key,
        "payload": letter.payload,
        "case_id": letter.case_id,
        "priority": letter.priority,
        "state": "pending",
        "not_before": letter.at,
        "created_at": letter.at,
    }
    result = await c.execute(insert_or_ignore(c, letters).values(**values).returning(letters.c.id))
    return result.scalar_one_or_none()


async def letter_by_id(c: AsyncConnection, team_id: int, letter_id: int) -> Row | None:
    """One letter of the team."""
    return await one_row(c, select(letters).where(letters.c.team_id == team_id, letters.c.id == letter_id))


async def letter_shown_as(c: AsyncConnection, telegram_id: int, message_id: int) -> Row | None:
    """The letter behind a message: whose question a reply answers."""
    query = select(letters).where(letters.c.shown_in == telegram_id, letters.c.message_id == message_id)
    return await one_row(c, query.limit(1))


async def last_question(c: AsyncConnection, chat_ids: Collection[int], since: datetime) -> Row | None:
    """The newest question asked in these private chats since then: what a plain text answers."""
    query = (
        select(letters)
        .where(letters.c.chat_id.in_(chat_ids), letters.c.kind == "question", letters.c.sent_at >= since)
        .order_by(letters.c.id.desc())
        .limit(1)
    )
    row = await one_row(c, query)
    return None if row is not None and row["payload"].get("answered") else row


async def letter_before(c: AsyncConnection, team_id: int, row: Mapping[str, Any]) -> Row | None:
    """The newest sent letter of the same kind and chat before this one."""
    query = (
        select(letters)
        .where(
            letters.c.team_id == team_id,
            letters.c.chat_id == row["chat_id"],
            letters.c.kind == row["kind"],
            letters.c.id < row["id"],
            letters.c.message_id.is_not(None),
        )
        .order_by(letters.c.id.desc())
        .limit(1)
    )
    return await one_row(c, query)


async def card_shown_as(c: AsyncConnection, telegram_id: int, message_id: int) -> Row | None:
    """The card behind a message."""
    query = select(cards).where(cards.c.shown_in == telegram_id, cards.c.message_id == message_id)
    return await one_row(c, query.limit(1))


async def change_letter(c: AsyncConnection, team_id: int, letter_id: int, **values: Any) -> None:
    """Write single columns of a letter."""
    await c.execute(update(letters).where(letters.c.team_id == team_id, letters.c.id == letter_id).values(**values))
