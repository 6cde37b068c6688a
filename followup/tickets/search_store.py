"""The SQL of searching: the newest so many rows of a team are looked through, never a whole table."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import Column, Table, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.calls.tables import messages
from followup.clients.tables import accounts, clients, numbers
from followup.tickets.tables import tickets

# How many of the newest rows are looked through: a few tenths of a second on the slowest of machines.
_MOST_CONTACTS: Final = 200_000
_MOST_WORDS: Final = 50_000
_MOST_FOUND: Final = 200


async def by_digits(c: AsyncConnection, team_id: int, digits: str) -> list[int]:
    """Clients with a number that ends so, the newest first."""
    recent = (
        select(numbers.c.client_id, numbers.c.number, numbers.c.id)
        .where(numbers.c.team_id == team_id)
        .order_by(numbers.c.id.desc())
        .limit(_MOST_CONTACTS)
        .subquery()
    )
    found = select(recent.c.client_id).where(recent.c.number.endswith(digits, autoescape=True))
    return list(dict.fromkeys(await c.scalars(found.order_by(recent.c.id.desc()).limit(_MOST_FOUND))))


async def by_name(c: AsyncConnection, team_id: int, spellings: Sequence[str]) -> list[int]:
    """Clients called so in the book or by their accounts."""
    book = await _containing(c, (clients, clients.c.id, clients.c.name), team_id, (spellings, _MOST_CONTACTS))
    own = await _containing(c, (accounts, accounts.c.client_id, accounts.c.name), team_id, (spellings, _MOST_CONTACTS))
    return list(dict.fromkeys([*book, *own]))


async def by_words(c: AsyncConnection, team_id: int, spellings: Sequence[str]) -> list[int]:
    """Accounts whose messages say so."""
    where = (messages, messages.c.account_id, messages.c.text)
    found = await _containing(c, where, team_id, (spellings, _MOST_WORDS))
    return [each for each in dict.fromkeys(found) if each is not None]


async def by_comment(c: AsyncConnection, team_id: int, spellings: Sequence[str]) -> list[int]:
    """Tickets whose comment or subject says so."""
    said = await _containing(c, (tickets, tickets.c.id, tickets.c.comment), team_id, (spellings, _MOST_WORDS))
    about = await _containing(c, (tickets, tickets.c.id, tickets.c.subject), team_id, (spellings, _MOST_WORDS))
    return list(dict.fromkeys([*said, *about]))


async def _containing(
    c: AsyncConnection,
    where: tuple[Table, Column[Any], Column[Any]],
    team_id: int,
    what: tuple[Sequence[str], int],
) -> list[Any]:
    """Databases differ in what case means beyond ASCII: each spelling is looked for as it is."""
    table, wanted, text = where
    spellings, most = what
    recent = (
        select(wanted.label("wanted"), text.label("text"), table.c.id)
        .where(table.c.team_id == team_id)
        .order_by(table.c.id.desc())
        .limit(most)
        .subquery()
    )
    either = or_(*(recent.c.text.contains(each, autoescape=True) for each in spellings))
    query = select(recent.c.wanted).where(either).order_by(recent.c.id.desc()).limit(_MOST_FOUND)
    return list(await c.scalars(query))


async def tickets_of(
    c: AsyncConnection, team_id: int, client_ids: Collection[int], account_ids: Collection[int]
) -> list[int]:
    """Their tickets, the newest first."""
    if not client_ids and not account_ids:
        return []
    either = or_(tickets.c.client_id.in_(client_ids), tickets.c.account_id.in_(account_ids))
    query = select(tickets.c.id).where(tickets.c.team_id == team_id, either, tickets.c.state != "gone")
    return list(await c.scalars(query.order_by(tickets.c.id.desc()).limit(_MOST_FOUND)))


async def with_tickets(c: AsyncConnection, team_id: int, client_ids: Collection[int]) -> set[int]:
    """Which of these clients have a ticket."""
    own = (tickets.c.team_id == team_id, tickets.c.client_id.in_(client_ids), tickets.c.state != "gone")
    return set(await c.scalars(select(tickets.c.client_id).where(*own).distinct())) if client_ids else set()
