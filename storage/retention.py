"""What may be forgotten of what arrived, and what must be."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import Database
from storage.rows import Row, all_rows
from storage.tables import inbox, updates

_CHUNK: Final = 1000
_HIDDEN: Final = "anonymous"  # every dialect reads this word as a hidden caller


class Searched(Protocol):
    """Somebody's number, and how to find it."""

    def is_in_raw(self, body: bytes) -> bool:
        """Whether bytes say it in any spelling."""
        ...

    def without(self, text: str, instead: str) -> str:
        """The text with another word in its place."""
        ...


async def forget_updates(c: AsyncConnection, before: datetime) -> None:
    """Telegram repeats nothing older than a day: what is done can go."""
    await c.execute(delete(updates).where(updates.c.state == "done", updates.c.received_at < before))


async def forget_requests(c: AsyncConnection, before: datetime) -> None:
    """Raw PBX requests are kept for replay; failed ones wait for a person."""
    await c.execute(delete(inbox).where(inbox.c.state == "done", inbox.c.received_at < before))


async def erase_from_inbox(c: AsyncConnection, team_id: int, number: Searched) -> int:
    """Done requests that say the number are deleted; in pending and failed ones it is replaced: others may be in them."""
    erased, last = 0, 0
    while rows := await _requests(c, team_id, last):
        last = rows[-1]["id"]
        for row in rows:
            told = f"{row['path']} {row['query']} {row['headers']} {row['error']}".encode()
            if number.is_in_raw(row["body"]) or number.is_in_raw(told):
                await _erase_request(c, team_id, row, number)
                erased += 1
    return erased


async def _requests(c: AsyncConnection, team_id: int, after: int) -> list[Row]:
    query = select(inbox).where(inbox.c.team_id == team_id, inbox.c.id > after).order_by(inbox.c.id).limit(_CHUNK)
    return await all_rows(c, query)


async def _erase_request(c: AsyncConnection, team_id: int, row: Row, number: Searched) -> None:
    mine = (inbox.c.team_id == team_id) & (inbox.c.id == row["id"])
    if row["state"] == "done":
        await c.execute(delete(inbox).where(mine))
        return
    body = number.without(row["body"].decode("latin-1"), _HIDDEN).encode("latin-1")
    texts = {name: number.without(row[name], _HIDDEN) for name in ("path", "error") if row[name]}
    pairs = {name: _replaced(row[name], number) for name in ("query", "headers")}
    await c.execute(update(inbox).where(mine).values(body=body, **texts, **pairs))


def _replaced(value: Any, number: Searched) -> Any:
    if isinstance(value, str):
        return number.without(value, _HIDDEN)
    if isinstance(value, dict):
        return {key: _replaced(each, number) for key, each in value.items()}
    return [_replaced(each, number) for each in value] if isinstance(value, list) else value


@dataclass(slots=True, kw_only=True)
class About:
    """How else an update may speak of somebody: by his name, by an answer to or a press under a message about him."""

    name: str
    messages: set[tuple[int | None, int | None]] = field(default_factory=set)

    def is_in(self, body: dict[str, Any]) -> bool:
        """Whether the update does."""
        message = body.get("message") or {}
        pressed = (body.get("callback_query") or {}).get("message") or {}
        near = message.get("reply_to_message") or pressed
        chat = (message or pressed).get("chat") or {}
        is_near = (chat.get("id"), near.get("message_id")) in self.messages
        return is_near or (len(self.name) > 2 and self.name in str(body))


async def erase_from_updates(c: AsyncConnection, number: Searched, about: About) -> int:
    """Done and failed updates that say the number keep their id alone: the same one twice is still done once."""
    erased, last = 0, -1
    while rows := await _updates(c, last):
        last = rows[-1]["update_id"]
        saying = [row["update_id"] for row in rows if _speaks(row, number, about)]
        if saying:
            bare = update(updates).where(updates.c.update_id.in_(saying)).values(body={}, error=None)
            erased += int((await c.execute(bare)).rowcount)
    return erased


def _speaks(row: Row, number: Searched, about: About) -> bool:
    return number.is_in_raw(f"{row['body']} {row['error']}".encode()) or about.is_in(row["body"])


async def _updates(c: AsyncConnection, after: int) -> list[Row]:
    finished = updates.c.state.in_(("done", "failed")) & (updates.c.update_id > after)
    return await all_rows(c, select(updates).where(finished).order_by(updates.c.update_id).limit(_CHUNK))


async def overwrite_freed(database: Database) -> None:
    """An SQLite file keeps the bytes of what was deleted until it is written anew; the log beside it, too."""
    if database.is_sqlite and database.url.database:
        await asyncio.to_thread(_vacuum, database.url.database)


def _vacuum(path: str) -> None:
    with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
