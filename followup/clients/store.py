"""The SQL of clients and their numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, bindparam, exists, false, insert, select, true, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.clients.tables import accounts, clients, merges, numbers
from storage.many import among, checked, insert_many
from storage.prepared import fetch
from storage.rows import Row, one_row
from storage.upsert import insert_or_ignore

CHUNK = 500  # SQLite allows 32,766 variables; short IN lists keep its planner on the index

# Built once: putting a statement together costs more than asking it.
_OF_TEAM = numbers.c.team_id == bindparam("of_team")
_KNOWN = select(numbers.c.number, numbers.c.id).where(_OF_TEAM, among(numbers.c.number, "wanted"))
_OWNERS = select(numbers.c.id, numbers.c.client_id).where(_OF_TEAM, among(numbers.c.id, "ids"))
_NUMBERS_OF = (
    select(numbers.c.client_id, numbers.c.id, numbers.c.number)
    .where(checked(numbers.c.team_id) == bindparam("of_team"), among(numbers.c.client_id, "ids"))
    .order_by(numbers.c.id)
)
_PEOPLE = (
    select(clients.c.id, clients.c.name, clients.c.is_blocked, numbers.c.id, numbers.c.number)
    .select_from(
        clients.outerjoin(
            numbers, (numbers.c.client_id == clients.c.id) & (checked(numbers.c.team_id) == clients.c.team_id)
        )
    )
    .where(checked(clients.c.team_id) == bindparam("of_team"), among(clients.c.id, "ids"))
    .order_by(numbers.c.id)
)
_TEAM, _NUMBER = bindparam("of_team", type_=BigInteger), bindparam("number", type_=numbers.c.number.type)
_FOUND = select(numbers.c.client_id, numbers.c.id).where(_OF_TEAM, numbers.c.number == _NUMBER).cte("found")
_CLIENT = (
    insert(clients)
    .from_select(
        ["team_id", "created_at", "is_blocked"],
        select(_TEAM, bindparam("now", type_=clients.c.created_at.type), false()).where(~exists(_FOUND.select())),
    )
    .returning(clients.c.id)
    .cte("client")
)
_MADE = (
    insert(numbers)
    .from_select(["team_id", "number", "client_id"], select(_TEAM, _NUMBER, _CLIENT.c.id))
    .returning(numbers.c.client_id, numbers.c.id)
    .cte("made")
)
_FOUND_OR_MADE = union_all(select(*_FOUND.c, false().label("is_new")), select(*_MADE.c, true()))


class Newcomer(NamedTuple):
    """A client whom nobody knew before this transaction: nothing else is stored of him, unless ``calls`` says so."""

    number_id: int
    number: str
    calls: list[Row]  # as ``calls.store.facts_of_numbers`` would find them


class Person(NamedTuple):
    """Who a client is."""

    name: str | None
    is_blocked: bool
    numbers: list[tuple[int, str]]  # (number id, number), oldest first


NOBODY = Person(None, False, [])


async def number_ids(c: AsyncConnection, team_id: int, wanted: Collection[str], now: datetime) -> dict[str, int]:
    """Ids of ``wanted`` numbers; a number never seen becomes a provisional client of one number (D3)."""
    known, _ = await known_or_new(c, team_id, wanted, now)
    return known


async def known_or_new(
    c: AsyncConnection, team_id: int, wanted: Collection[str], now: datetime
) -> tuple[dict[str, int], dict[int, Newcomer]]:
    """The same, and those who are new, by client id."""
    if len(wanted) == 1 and c.dialect.name == "postgresql":
        return await _found_or_made(c, team_id, next(iter(wanted)), now)
    known = await _known(c, team_id, wanted)
    missing = [number for number in dict.fromkeys(wanted) if number not in known]
    client = {"team_id": team_id, "created_at": now, "is_blocked": False}
    made = [row[0] for row in await insert_many(c, clients, [client] * len(missing))]
    pairs = zip(missing, made, strict=True)
    rows = [{"team_id": team_id, "number": number, "client_id": client_id} for number, client_id in pairs]
    ids = {number: id_ for id_, number in await insert_many(c, numbers, rows, numbers.c.number)}
    new = {client_id: Newcomer(ids[number], number, []) for number, client_id in zip(missing, made, strict=True)}
    return known | ids, new


async def _found_or_made(
    c: AsyncConnection, team_id: int, number: str, now: datetime
) -> tuple[dict[str, int], dict[int, Newcomer]]:
    """Of one number, in one statement, as PostgreSQL can."""
    whose = {"of_team": team_id, "number": number, "now": now}
    [(client_id, number_id, is_new)] = (await fetch(c, _FOUND_OR_MADE, whose)).rows
    return {number: number_id}, {client_id: Newcomer(number_id, number, [])} if is_new else {}


async def _known(c: AsyncConnection, team_id: int, wanted: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    pending = list(dict.fromkeys(wanted))
    for start in range(0, len(pending), CHUNK):
        part = pending[start : start + CHUNK]
        which = {"of_team": team_id, "wanted": part}
        found.update((await fetch(c, _KNOWN, which)).rows)
    return found


async def find_number(c: AsyncConnection, team_id: int, number: str) -> Row | None:
    """The row of one number."""
    query = select(numbers).where(numbers.c.team_id == team_id, numbers.c.number == number)
    return await one_row(c, query)


async def number_text(c: AsyncConnection, team_id: int, number_id: int) -> str:
    """A number by its id."""
    return str(await c.scalar(select(numbers.c.number).where(numbers.c.team_id == team_id, numbers.c.id == number_id)))


async def clients_of_numbers(c: AsyncConnection, team_id: int, ids: Collection[int]) -> dict[int, int]:
    """Number id → client id."""
    if not ids:
        return {}
    return dict((await fetch(c, _OWNERS, {"of_team": team_id, "ids": list(ids)})).rows)


async def numbers_of_clients(
    c: AsyncConnection, team_id: int, ids: Collection[int]
) -> dict[int, list[tuple[int, str]]]:
    """Client id → [(number id, number)], oldest first."""
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    if ids:
        for client_id, number_id, number in (await fetch(c, _NUMBERS_OF, {"of_team": team_id, "ids": list(ids)})).rows:
            found[client_id].append((number_id, number))
    return dict(found)


async def name_client(c: AsyncConnection, team_id: int, number_id: int, name: str) -> None:
    """Give a client the name that a PBX or a widget knows; of several the fullest one, whichever came first.

    Who was named by a person keeps that name.
    """
    client = (
        select(numbers.c.client_id).where(numbers.c.team_id == team_id, numbers.c.id == number_id).scalar_subquery()
    )
    condition = (clients.c.team_id == team_id) & (clients.c.id == client)
    known = await one_row(c, select(clients.c.name, clients.c.is_named_by_hand).where(condition))
    if known is None or known["is_named_by_hand"]:
        return
    if known["name"] is None or _fullness(name[:200]) > _fullness(known["name"]):
        await c.execute(update(clients).where(condition).values(name=name[:200]))


def _fullness(name: str) -> tuple[bool, int, str]:
    """Vendors write the number itself where they know no name."""
    return (any(map(str.isalpha, name)), len(name), name)


async def set_blocked(c: AsyncConnection, team_id: int, client_id: int, *, blocked: bool) -> None:
    """Put a client on the team's blacklist, or take it off."""
    condition = (clients.c.team_id == team_id) & (clients.c.id == client_id)
    await c.execute(update(clients).where(condition).values(is_blocked=blocked))


async def is_blocked(c: AsyncConnection, team_id: int, client_id: int) -> bool:
    """Whether the client is on the team's blacklist."""
    query = select(clients.c.is_blocked).where(clients.c.team_id == team_id, clients.c.id == client_id)
    return bool(await c.scalar(query))


async def people(c: AsyncConnection, team_id: int, ids: Collection[int]) -> dict[int, Person]:
    """Client id → who it is."""
    found: dict[int, Person] = {}
    if ids:
        rows = (await fetch(c, _PEOPLE, {"of_team": team_id, "ids": list(ids)})).rows
        for client_id, name, is_blocked, number_id, number in rows:
            person = found.setdefault(client_id, Person(name, is_blocked, []))
            if number_id is not None:
                person.numbers.append((number_id, number))
    return found


async def rename_client(c: AsyncConnection, team_id: int, client_id: int, name: str) -> None:
    """What a person says the client is called."""
    condition = (clients.c.team_id == team_id) & (clients.c.id == client_id)
    await c.execute(update(clients).where(condition).values(name=name, is_named_by_hand=True))


async def add_merge(c: AsyncConnection, values: Mapping[str, Any]) -> bool:
    """Record a merge and move its numbers and accounts; False if this press was seen before."""
    team_id, into = values["team_id"], values["into_client_id"]
    name = await _name_to_move(c, team_id, values["from_client_id"], into)
    result = await c.execute(insert_or_ignore(c, merges).values(**values, has_moved_name=name is not None))
    if result.rowcount != 1:
        return False
    await _move(c, values, into)
    if name is not None:
        await rename_client(c, team_id, into, name)
    return True


async def _name_to_move(c: AsyncConnection, team_id: int, giver: int, taker: int) -> str | None:
    """What a person called the one, both are called, unless a person named the other, too."""
    mine = (clients.c.team_id == team_id) & clients.c.id.in_([giver, taker]) & clients.c.is_named_by_hand
    named = {row.id: row.name for row in await c.execute(select(clients.c.id, clients.c.name).where(mine))}
    return None if taker in named else named.get(giver)


async def _move(c: AsyncConnection, merge: Mapping[str, Any], client_id: int) -> None:
    condition = (numbers.c.team_id == merge["team_id"]) & numbers.c.id.in_(merge["number_ids"])
    await c.execute(update(numbers).where(condition).values(client_id=client_id))
    if written := merge.get("account_ids"):
        own = (accounts.c.team_id == merge["team_id"]) & accounts.c.id.in_(written)
        await c.execute(update(accounts).where(own).values(client_id=client_id))


async def last_merge(c: AsyncConnection, team_id: int, client_id: int) -> Row | None:
    """The newest merge into ``client_id`` that stands."""
    query = (
        select(merges)
        .where(merges.c.team_id == team_id, merges.c.into_client_id == client_id, merges.c.undone_at.is_(None))
        .order_by(merges.c.id.desc())
        .limit(1)
    )
    return await one_row(c, query)


async def undo_merge(c: AsyncConnection, team_id: int, merge: Mapping[str, Any], now: datetime) -> None:
    """Give the numbers and accounts back."""
    await c.execute(update(merges).where(merges.c.team_id == team_id, merges.c.id == merge["id"]).values(undone_at=now))
    await _move(c, merge, merge["from_client_id"])
    if merge["has_moved_name"]:
        await _give_name_back(c, team_id, merge["from_client_id"], merge["into_client_id"])


async def _give_name_back(c: AsyncConnection, team_id: int, giver: int, taker: int) -> None:
    """Unless somebody has named him since. What a PBX calls him is told with his next call."""
    given = select(clients.c.name).where(clients.c.team_id == team_id, clients.c.id == giver).scalar_subquery()
    mine = (clients.c.team_id == team_id) & (clients.c.id == taker) & (clients.c.name == given)
    await c.execute(update(clients).where(mine).values(name=None, is_named_by_hand=False))
