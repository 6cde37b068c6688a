"""The outbox's own SQL: what waits, who has it in hand, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    Table,
    Update,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.notices import priorities
from followup.notices.store import Chat, chat_from
from followup.notices.tables import cards, chats, letters
from storage.columns import TEAM
from storage.prepared import run
from storage.rows import Row, all_rows, one_row

Kind: TypeAlias = Literal["card", "letter"]
_TABLES: dict[Kind, Table] = {"card": cards, "letter": letters}
# A chat sends one message a second: more of it than that is of no use before the next look.
_MOST_OF_A_CHAT = 3
_PLACE = (
    *(chats.c.telegram_id, chats.c.thread_id, chats.c.member_id, chats.c.capabilities),
    chats.c.kind.label("chat_kind"),
    TEAM.c.revision,
)


@dataclass(frozen=True, slots=True)
class Item:
    """A card or a letter in the outbox."""

    kind: Kind
    team_id: int
    id: int


async def next_items(c: AsyncConnection, now: datetime, limit: int, *, below: int = priorities.LEAST) -> list[Row]:
    """What may be sent now, of all teams (one bot serves them all): of each Telegram chat its first few, best first.

    Of what is equally urgent the first of every chat comes before the second of any.

    ``below``: only what is more urgent than that. Columns: item, id, team_id, chat_id, telegram_id, priority, since.
    """
    return await all_rows(c, waiting(), {"moment": now, "most": limit, "below": below})


@cache
def waiting() -> Select[Any]:
    """The statement of ``next_items``, built once: putting it together costs more than asking it."""
    due = _due_cards().union_all(_due_letters()).subquery("due")
    order = (due.c.priority, due.c.since, due.c.item, due.c.id)
    place = func.row_number().over(partition_by=due.c.telegram_id, order_by=order).label("place")
    ranked = select(due, place).subquery("ranked")
    best = select(ranked).where(ranked.c.place <= _MOST_OF_A_CHAT)
    best = best.order_by(ranked.c.priority, ranked.c.place, ranked.c.since, ranked.c.item, ranked.c.id)
    return best.limit(bindparam("most", type_=Integer))


def _due_cards() -> Select[Any]:
    # The card shown least lately is the oldest: one that changes all the time must not starve the others.
    since = func.coalesce(cards.c.shown_at, cards.c.created_at, type_=cards.c.created_at.type)
    target = case((cards.c.message_id.is_not(None), func.coalesce(cards.c.shown_in, chats.c.telegram_id)))
    columns = (
        literal_column("'card'", String).label("item"),
        cards.c.id,
        cards.c.team_id,
        cards.c.chat_id,
        func.coalesce(target, chats.c.telegram_id).label("telegram_id"),
        cards.c.priority,
        since.label("since"),
    )
    joined = cards.join(chats, (chats.c.id == cards.c.chat_id) & (chats.c.team_id == cards.c.team_id))
    return (
        select(*columns)
        .select_from(joined)
        .where(_is_card_behind(), chats.c.is_reachable, *_is_free(cards), _is_below(cards))
    )


def _due_letters() -> Select[Any]:
    columns = (
        literal_column("'letter'", String).label("item"),
        letters.c.id,
        letters.c.team_id,
        letters.c.chat_id,
        chats.c.telegram_id,
        letters.c.priority,
        letters.c.created_at.label("since"),
    )
    joined = letters.join(chats, (chats.c.id == letters.c.chat_id) & (chats.c.team_id == letters.c.team_id))
    return (
        select(*columns)
        .select_from(joined)
        .where(_is_letter_pending(), chats.c.is_reachable, *_is_free(letters), _is_below(letters))
    )


def _is_card_behind() -> ColumnElement[bool]:
    # As words, not as parameters: only so does a database see that its partial index holds what is asked for.
    return (cards.c.shown < cards.c.wanted) & (cards.c.state == literal_column("'live'"))


def _is_letter_pending() -> ColumnElement[bool]:
    return letters.c.state == literal_column("'pending'")


def _is_free(table: Table) -> tuple[ColumnElement[bool], ...]:
    moment = bindparam("moment", type_=table.c.not_before.type)
    return table.c.not_before <= moment, or_(table.c.claimed_until.is_(None), table.c.claimed_until <= moment)


def _is_below(table: Table) -> ColumnElement[bool]:
    return table.c.priority < bindparam("below", type_=table.c.priority.type)


async def claim(c: AsyncConnection, item: Item, now: datetime, until: datetime) -> Row | None:
    """Take the item in hand until then; None if it waits no more or somebody has it.

    The row as it is now, with its chat's ``telegram_id``, ``thread_id``, ``chat_kind``, ``member_id``, ``capabilities``, and
    the ``revision`` of its team's book.
    """
    which = {"of_team": item.team_id, "of_id": item.id}
    taking = which | {"moment": now, "deadline": until}
    if c.dialect.name == "postgresql":
        return await one_row(c, _taken_with_chat(item.kind), taking)
    taken = await run(c, _taken(item.kind), taking)
    return await one_row(c, _with_chat(item.kind), which) if taken == 1 else None


def chat_of(claimed: Row) -> Chat:
    """The chat of a claimed row."""
    return chat_from({**claimed, "id": claimed["chat_id"], "kind": claimed["chat_kind"], "is_reachable": True})


@cache
def _taken(kind: Kind) -> Update:
    table = _TABLES[kind]
    is_waiting = _is_card_behind() if kind == "card" else _is_letter_pending()
    mine = (table.c.team_id == bindparam("of_team")) & (table.c.id == bindparam("of_id"))
    deadline = bindparam("deadline", type_=table.c.claimed_until.type)
    return update(table).where(mine, is_waiting, *_is_free(table)).values(claimed_until=deadline)


@cache
def _with_chat(kind: Kind) -> Select[Any]:
    table = _TABLES[kind]
    query = select(table, *_PLACE).join(chats, chats.c.id == table.c.chat_id).join(TEAM, TEAM.c.id == table.c.team_id)
    return query.where(table.c.team_id == bindparam("of_team"), table.c.id == bindparam("of_id"))


@cache
def _taken_with_chat(kind: Kind) -> Select[Any]:
    """Both in one statement, as PostgreSQL can."""
    taken = _taken(kind).returning(*_TABLES[kind].c).cte("taken")
    place = (chats.c.id == taken.c.chat_id) & (chats.c.team_id == taken.c.team_id)
    return select(taken, *_PLACE).join(chats, place).join(TEAM, TEAM.c.id == taken.c.team_id)


async def release(c: AsyncConnection, item: Item, **values: Any) -> None:
    """Give the item back, with what has become of it."""
    table = _TABLES[item.kind]
    mine = update(table).where(table.c.team_id == item.team_id, table.c.id == item.id)
    await c.execute(mine.values(claimed_until=None, **values))


async def release_all(c: AsyncConnection) -> None:
    """Give back what a sender had in hand when it died; only for the one process that sends."""
    for table in (cards, letters):
        await c.execute(update(table).where(table.c.claimed_until.is_not(None)).values(claimed_until=None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The message that shows a card."""

    message_id: int | None
    shown_in: int | None
    is_photo: bool
    content_hash: str | None


@cache
def _card_shown() -> Update:
    seen = bindparam("seen", type_=cards.c.wanted.type)
    mine = (cards.c.team_id == bindparam("of_team")) & (cards.c.id == bindparam("of_id"))
    is_same = cards.c.message_id.is_not_distinct_from(bindparam("old_message", type_=cards.c.message_id.type))
    was_asked_since = (cards.c.wanted > seen) & (cards.c.priority == priorities.ANSWER)
    told = {
        "message_id": "new_message",
        "shown_in": "new_place",
        "is_photo": "new_is_photo",
        "content_hash": "new_hash",
        "shown_at": "new_shown_at",
    }
    values = {
        "shown": case((cards.c.shown < seen, seen), else_=cards.c.shown),
        # Only an edit is left to do, unless a person has asked for something meanwhile.
        "priority": case((was_asked_since, priorities.ANSWER), else_=priorities.EDIT),
        **{column: bindparam(name, type_=cards.c[column].type) for column, name in told.items()},
    }
    return update(cards).where(mine, is_same).values(claimed_until=None, tries=0, error=None, **values)


async def record_card_shown(c: AsyncConnection, card: Row, message: Shown, now: datetime) -> bool:
    """The chat shows what ``card`` (the row as claimed) wanted; what was wanted since then is still wanted.

    False if the card was given up for a new message meanwhile: then it only goes back to the queue.
    """
    which = {"of_team": card["team_id"], "of_id": card["id"], "old_message": card["message_id"], "seen": card["wanted"]}
    values = {
        "new_message": message.message_id,
        "new_place": message.shown_in,
        "new_is_photo": message.is_photo,
        "new_hash": message.content_hash,
        "new_shown_at": now if message.message_id is not None else card["shown_at"],
    }
    if await run(c, _card_shown(), which | values) == 1:
        return True
    await release(c, Item("card", card["team_id"], card["id"]))
    return False


async def forget_message(c: AsyncConnection, card: Row, error: str) -> None:
    """The message cannot be changed any more: the card is shown by a new one in its turn."""
    fresh = {"message_id": None, "shown_in": None, "content_hash": None, "is_photo": False}
    await release(c, Item("card", card["team_id"], card["id"]), error=error, **fresh)


async def record_letter_sent(c: AsyncConnection, letter: Row, message_id: int, now: datetime) -> None:
    """Said."""
    sent = {"state": "sent", "message_id": message_id, "shown_in": letter["telegram_id"], "sent_at": now, "error": None}
    await release(c, Item("letter", letter["team_id"], letter["id"]), **sent)


async def skip_letter(c: AsyncConnection, letter: Row, why: str) -> None:
    """No longer true, so not said."""
    await release(c, Item("letter", letter["team_id"], letter["id"]), state="skipped", error=why or None)


async def postpone(c: AsyncConnection, item: Item, until: datetime, error: str) -> None:
    """Not now."""
    table = _TABLES[item.kind]
    await release(c, item, not_before=until, error=error, tries=table.c.tries + 1)


async def give_up(c: AsyncConnection, item: Item, error: str) -> None:
    """Telegram will never take it."""
    await release(c, item, state="dead", error=error)
