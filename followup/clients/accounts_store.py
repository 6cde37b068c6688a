"""The SQL of accounts: where clients write from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.clients.tables import accounts, clients
from storage.many import among, checked
from storage.rows import Row, all_rows, one_row

_OF_CLIENTS = select(accounts).where(
    checked(accounts.c.team_id) == bindparam("of_team"), among(accounts.c.client_id, "ids")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Who writes, as a channel names him; ``client_id``: known already by his number."""

    channel: str
    account: str
    name: str | None = None
    username: str | None = None
    telegram_id: int | None = None
    client_id: int | None = None


async def ensure_account(c: AsyncConnection, team_id: int, writer: Writer, now: datetime) -> Row:
    """The row of an account; one never seen is of a provisional client of its own (D3), unless his number is known."""
    known = await find_account(c, team_id, writer.channel, writer.account)
    if known is not None:
        return await _renamed(c, known, writer)
    client_id = writer.client_id
    if client_id is None:
        added = insert(clients).values(team_id=team_id, name=writer.name, created_at=now, is_blocked=False)
        client_id = (await c.execute(added)).inserted_primary_key[0]  # type: ignore[index]
    values = {"team_id": team_id, "client_id": client_id, "channel": writer.channel[:32], "account": writer.account}
    values |= {"name": writer.name, "telegram_id": writer.telegram_id, "created_at": now}
    await _release_username(c, team_id, writer.username)
    await c.execute(insert(accounts).values(**values, username=writer.username))
    found = await find_account(c, team_id, writer.channel, writer.account)
    assert found is not None  # noqa: S101 - written two lines above
    return found


async def _renamed(c: AsyncConnection, known: Row, writer: Writer) -> Row:
    told = {"name": writer.name or known["name"]}
    if writer.telegram_id is not None:
        told["username"] = writer.username
    if all(known[name] == value for name, value in told.items()):
        return known
    if told.get("username") != known["username"]:
        await _release_username(c, known["team_id"], told.get("username"))
    await change_account(c, known["team_id"], known["id"], **told)
    return known | told


async def _release_username(c: AsyncConnection, team_id: int, username: str | None) -> None:
    """In Telegram a user name is one person's at a time: whoever had it before has another one by now."""
    if username is not None:
        mine = (accounts.c.team_id == team_id) & (accounts.c.username == username)
        await c.execute(update(accounts).where(mine).values(username=None))


async def find_username(c: AsyncConnection, team_id: int, username: str) -> Row | None:
    """Who is called so in Telegram, or by whoever tells us of messages."""
    called = (accounts.c.username == username) | func.lower(accounts.c.account).in_([username, f"@{username}"])
    query = select(accounts).where(accounts.c.team_id == team_id, called)
    return await one_row(c, query.order_by(accounts.c.username.is_(None), accounts.c.id.desc()).limit(1))


async def find_account(c: AsyncConnection, team_id: int, channel: str, account: str) -> Row | None:
    """An account by its channel's own name of it."""
    mine = (accounts.c.team_id == team_id) & (accounts.c.channel == channel[:32])
    return await one_row(c, select(accounts).where(mine, accounts.c.account == account))


async def account_by_id(c: AsyncConnection, team_id: int, account_id: int) -> Row | None:
    """One account of the team."""
    return await one_row(c, select(accounts).where(accounts.c.team_id == team_id, accounts.c.id == account_id))


async def accounts_of_telegram(c: AsyncConnection, telegram_id: int) -> list[Row]:
    """Everything a Telegram user has written to, whichever team: newest first."""
    query = select(accounts).where(accounts.c.telegram_id == telegram_id).order_by(accounts.c.id.desc())
    return await all_rows(c, query)


async def accounts_of_clients(c: AsyncConnection, team_id: int, ids: Collection[int]) -> dict[int, list[Row]]:
    """Client id → his accounts, oldest first."""
    found: dict[int, list[Row]] = defaultdict(list)
    rows = await all_rows(c, _OF_CLIENTS, {"of_team": team_id, "ids": list(ids)}) if ids else []
    for row in sorted(rows, key=lambda each: each["id"]):
        found[row["client_id"]].append(row)
    return dict(found)


async def change_account(c: AsyncConnection, team_id: int, account_id: int, **values: Any) -> None:
    """Write single columns of an account."""
    mine = (accounts.c.team_id == team_id) & (accounts.c.id == account_id)
    await c.execute(update(accounts).where(mine).values(**values))


async def move_accounts(c: AsyncConnection, team_id: int, ids: Collection[int], client_id: int) -> None:
    """These accounts are another client's from now on."""
    if ids:
        mine = (accounts.c.team_id == team_id) & accounts.c.id.in_(ids)
        await c.execute(update(accounts).where(mine).values(client_id=client_id))
