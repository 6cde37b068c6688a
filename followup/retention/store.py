"""The SQL of forgetting: what is known of a client, and taking it out of every table of his team."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, String, Table, Text, cast, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.calls.tables import calls, messages
from followup.cases.tables import actions, cases
from followup.clients.tables import accounts, clients, merges, numbers
from followup.ledger.tables import ledger
from followup.notices.tables import cards, chats, letters
from followup.orders.tables import orders
from followup.retention.tables import forgotten
from followup.tickets.tables import ticket_acts, tickets
from storage.columns import metadata
from storage.rows import Row, all_rows

# What the team has told of itself: its own numbers and people are nobody's to forget.
_OWN = frozenset({"teams", "team_settings", "lines", "line_settings", "members", "member_groups", "extensions"}) | {
    "connections",
    "reasons",
    "chats",
    "forgotten",
    "inbox",  # bytes: storage.retention looks through them
}


async def was_forgotten(c: AsyncConnection, team_id: int, mark: str) -> bool:
    """Whether the number was forgotten before."""
    query = select(forgotten.c.id).where(forgotten.c.team_id == team_id, forgotten.c.mark == mark)
    return await c.scalar(query) is not None


async def forgotten_widgets(c: AsyncConnection, team_id: int, marks: Collection[str]) -> dict[str, list[str]]:
    """Mark → widgets on which the forgotten number had ordered a callback."""
    mine = (forgotten.c.team_id == team_id) & forgotten.c.mark.in_(marks)
    found = await c.execute(select(forgotten.c.mark, forgotten.c.widgets).where(mine))
    return {row.mark: row.widgets for row in found}


async def any_forgotten(c: AsyncConnection, team_id: int) -> bool:
    """Whether the team has ever forgotten anybody."""
    return await c.scalar(select(forgotten.c.id).where(forgotten.c.team_id == team_id).limit(1)) is not None


async def keep_mark(c: AsyncConnection, team_id: int, mark: str, widgets: Collection[str], now: datetime) -> None:
    """Remember that there was such a number, and on which widgets."""
    known = (await forgotten_widgets(c, team_id, [mark])).get(mark)
    joined = sorted({*(known or ()), *widgets})
    if known is None:
        values = {"team_id": team_id, "mark": mark, "widgets": joined, "forgotten_at": now}
        await c.execute(insert(forgotten).values(**values))
        return
    mine = (forgotten.c.team_id == team_id) & (forgotten.c.mark == mark)
    await c.execute(update(forgotten).where(mine).values(widgets=joined, forgotten_at=now))


async def widgets_of(c: AsyncConnection, team_id: int, number_ids: Collection[int]) -> dict[int, set[str]]:
    """Number id → widgets on which it ordered."""
    mine = (orders.c.team_id == team_id) & orders.c.number_id.in_(number_ids)
    found: dict[int, set[str]] = defaultdict(set)
    for row in await c.execute(select(orders.c.number_id, orders.c.widget).where(mine).distinct()):
        found[row.number_id].add(row.widget)
    return found


async def mark_returning(c: AsyncConnection, team_id: int, connection_id: int, order_keys: Collection[str]) -> None:
    """These orders are of pairs (number, widget) that were known before they were forgotten."""
    mine = (orders.c.team_id == team_id) & (orders.c.connection_id == connection_id)
    await c.execute(update(orders).where(mine, orders.c.order_key.in_(order_keys)).values(is_returning=True))


async def cases_of(c: AsyncConnection, team_id: int, client_id: int) -> list[Row]:
    """Every case of the client, whatever its state."""
    return await all_rows(c, select(cases).where(cases.c.team_id == team_id, cases.c.client_id == client_id))


async def tickets_of(c: AsyncConnection, team_id: int, client_id: int) -> list[int]:
    """Ids of every ticket of the client, whatever its state."""
    mine = (tickets.c.team_id == team_id) & (tickets.c.client_id == client_id)
    return list(await c.scalars(select(tickets.c.id).where(mine)))


async def accounts_of(c: AsyncConnection, team_id: int, client_id: int) -> list[Row]:
    """Where he writes from."""
    return await all_rows(c, select(accounts).where(accounts.c.team_id == team_id, accounts.c.client_id == client_id))


async def messages_of(
    c: AsyncConnection, team_id: int, number_ids: Collection[int], account_ids: Collection[int]
) -> list[Row]:
    """What he wrote and was answered, without the texts."""
    his = messages.c.number_id.in_(number_ids) | messages.c.account_id.in_(account_ids)
    columns = (messages.c[name] for name in ("id", "kind", "is_ours", "message_key", "chat_id", "message_id"))
    return await all_rows(c, select(*columns).where(messages.c.team_id == team_id, his))


async def ticket_acts_of(c: AsyncConnection, team_id: int, whose: Mapping[str, Collection[int]]) -> list[Row]:
    """(id, data) of what people did about tickets of his: ``whose`` holds "numbers", "accounts" and "client"."""
    made = select(ticket_acts.c.id).where(
        ticket_acts.c.team_id == team_id, ticket_acts.c.client_id.in_(whose["client"])
    )
    his = (
        ticket_acts.c.number_id.in_(whose["numbers"])
        | ticket_acts.c.account_id.in_(whose["accounts"])
        | ticket_acts.c.client_id.in_(whose["client"])
        | ticket_acts.c.born_as.in_(made)
    )
    query = select(ticket_acts.c.id, ticket_acts.c.data).where(ticket_acts.c.team_id == team_id, his)
    return await all_rows(c, query)


async def calls_of(c: AsyncConnection, team_id: int, number_ids: Collection[int]) -> list[Row]:
    """(id, facts) of every call of these numbers."""
    mine = (calls.c.team_id == team_id) & calls.c.number_id.in_(number_ids)
    return await all_rows(c, select(calls.c.id, calls.c.facts).where(mine))


async def acts_of(c: AsyncConnection, team_id: int, number_ids: Collection[int]) -> list[Row]:
    """(id, kind, data) of what people did about these numbers."""
    mine = (actions.c.team_id == team_id) & actions.c.number_id.in_(number_ids)
    return await all_rows(c, select(actions.c.id, actions.c.kind, actions.c.data).where(mine))


async def lines_about(c: AsyncConnection, team_id: int, case_ids: Collection[int]) -> list[Row]:
    """(id, data) of the ledger's lines about these cases."""
    mine = (ledger.c.team_id == team_id) & ledger.c.case_id.in_(case_ids)
    return await all_rows(c, select(ledger.c.id, ledger.c.data).where(mine))


async def letters_since(c: AsyncConnection, team_id: int, since: datetime) -> list[Row]:
    """Letters that may speak of the client, with where they were shown."""
    columns = (letters, chats.c.telegram_id, chats.c.is_reachable)
    joined = letters.join(chats, (chats.c.id == letters.c.chat_id) & (chats.c.team_id == letters.c.team_id))
    mine = (letters.c.team_id == team_id) & (letters.c.created_at >= since)
    return await all_rows(c, select(*columns).select_from(joined).where(mine))


async def cards_about(c: AsyncConnection, team_id: int, subject: str, ids: Collection[int]) -> list[Row]:
    """Cards of these cases or tickets that stand in a chat, and whether they can still be edited."""
    columns = (cards.c.id, cards.c.message_id, cards.c.shown_in, cards.c.state, cards.c.error, chats.c.is_reachable)
    joined = cards.join(chats, (chats.c.id == cards.c.chat_id) & (chats.c.team_id == cards.c.team_id))
    mine = (cards.c.team_id == team_id) & (cards.c.subject == subject) & cards.c.subject_id.in_(ids)
    return await all_rows(c, select(*columns).select_from(joined).where(mine, cards.c.message_id.is_not(None)))


async def skip_letters(c: AsyncConnection, team_id: int, ids: Collection[int], why: str) -> None:
    """What was not said yet is not said at all."""
    mine = (letters.c.team_id == team_id) & letters.c.id.in_(ids) & (letters.c.state == "pending")
    await c.execute(update(letters).where(mine).values(state="skipped", error=why))


async def change_rows(c: AsyncConnection, table: Table, team_id: int, changes: Mapping[int, Mapping[str, Any]]) -> int:
    """Write single columns of rows by id; how many."""
    for row_id, values in changes.items():
        await c.execute(update(table).where(table.c.team_id == team_id, table.c.id == row_id).values(**values))
    return len(changes)


async def blank(c: AsyncConnection, table: Table, team_id: int, which: ColumnElement[bool], **values: Any) -> int:
    """Write the same into all rows of a condition; how many."""
    done = await c.execute(update(table).where(table.c.team_id == team_id, which).values(**values))
    return int(done.rowcount)


async def rename_numbers(c: AsyncConnection, team_id: int, names: Mapping[int, str]) -> int:
    """Number id → what stands in its place from now on; facts keep hanging on it, so that counts stay."""
    return await change_rows(c, numbers, team_id, {number_id: {"number": name} for number_id, name in names.items()})


async def forget_name(c: AsyncConnection, team_id: int, client_id: int) -> int:
    """The client has no name any more, nor have those that were found to be him."""
    ids, found = {client_id}, {client_id}
    while found:
        mine = (merges.c.team_id == team_id) & merges.c.into_client_id.in_(found) & merges.c.undone_at.is_(None)
        found = set(await c.scalars(select(merges.c.from_client_id).where(mine))) - ids
        ids |= found
    has_name = clients.c.id.in_(ids) & ((clients.c.id == client_id) | clients.c.name.is_not(None))
    return await blank(c, clients, team_id, has_name, name=None, is_named_by_hand=False)


async def forget_orders(c: AsyncConnection, team_id: int, number_ids: Collection[int]) -> int:
    """What a widget told of the person."""
    return await blank(c, orders, team_id, orders.c.number_id.in_(number_ids), topic=None, name=None, consent=None)


async def forget_messages(c: AsyncConnection, team_id: int, keys: Mapping[int, str]) -> int:
    """What the person wrote and was answered; ``keys``: message id → what names it from now on."""
    nothing = {"client_account": None, "client_name": None, "text": "", "error": None, "copy_chat_id": None}
    nothing |= {"copy_id": None, "chat_id": None, "message_id": None}
    return await change_rows(c, messages, team_id, {id_: nothing | {"message_key": key} for id_, key in keys.items()})


async def forget_accounts(c: AsyncConnection, team_id: int, names: Mapping[int, str]) -> int:
    """Account id → what stands in its place: whoever writes from it again is somebody new."""
    nothing = {"name": None, "username": None, "telegram_id": None, "consent_at": None}
    return await change_rows(c, accounts, team_id, {id_: nothing | {"account": name} for id_, name in names.items()})


async def forget_chats(c: AsyncConnection, team_id: int, telegram_ids: Collection[int]) -> None:
    """His own chats with the bot, with what was to be said there."""
    mine = (chats.c.team_id == team_id) & (chats.c.kind == "client") & chats.c.telegram_id.in_(telegram_ids)
    await c.execute(delete(chats).where(mine))


async def forget_tickets(c: AsyncConnection, team_id: int, ids: Collection[int]) -> int:
    """What they were about, and how it ended in words."""
    return await blank(c, tickets, team_id, tickets.c.id.in_(ids), subject=None, comment=None)


def swept_tables() -> list[Table]:
    """Every table that may say a client's number, those of rooms above this one too."""
    return [table for name, table in sorted(metadata.tables.items()) if name not in _OWN and "team_id" in table.c]


def texts_of(table: Table) -> list[str]:
    """Columns that may hold a text from outside."""
    return [column.name for column in table.c if isinstance(column.type, String | JSON)]


async def rows_saying(c: AsyncConnection, table: Table, team_id: int, spellings: Sequence[str]) -> list[Row]:
    """Rows of the team in which any text contains any of the spellings."""
    names = texts_of(table)
    if not names or not spellings:
        return []
    told = [cast(table.c[name], Text) for name in names]
    saying = or_(*(text.contains(spelling, autoescape=True) for text in told for spelling in spellings))
    columns = (table.c[name] for name in names)
    return await all_rows(c, select(table.c.id, *columns).where(table.c.team_id == team_id, saying))
