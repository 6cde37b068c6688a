"""The SQL of what clients write and what they are answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.calls.tables import messages
from storage.many import among, checked
from storage.rows import Row, all_rows, one_row
from storage.upsert import insert_or_ignore

_FACTS = select(
    *(messages.c[name] for name in ("id", "connection_id", "message_key", "account_id", "at", "is_ours", "state")),
    *(messages.c[name] for name in ("number_id", "channel", "entry_point")),
).where(checked(messages.c.team_id) == bindparam("of_team"), among(messages.c.account_id, "ids"))


async def add_message(c: AsyncConnection, values: Mapping[str, Any]) -> int | None:
    """Keep a message; its id, or None if it is known already."""
    result = await c.execute(insert_or_ignore(c, messages).values(**values).returning(messages.c.id))
    return result.scalar_one_or_none()


async def facts_of_accounts(
    c: AsyncConnection, team_id: int, account_ids: Collection[int], since: datetime | None
) -> dict[int, list[Row]]:
    """Account id → its messages later than ``since``, without their texts."""
    found: dict[int, list[Row]] = defaultdict(list)
    rows = await all_rows(c, _FACTS, {"of_team": team_id, "ids": list(account_ids)}) if account_ids else []
    for row in rows:
        if since is None or row["at"] > since:
            found[row["account_id"]].append(row)
    return dict(found)


async def by_id(c: AsyncConnection, team_id: int, message_id: int) -> Row | None:
    """One message of the team."""
    return await one_row(c, select(messages).where(messages.c.team_id == team_id, messages.c.id == message_id))


async def by_key(c: AsyncConnection, team_id: int, key: str) -> Row | None:
    """One message that came by the bot itself."""
    own = (messages.c.team_id == team_id, messages.c.connection_id.is_(None), messages.c.message_key == key)
    return await one_row(c, select(messages).where(*own))


async def copied_as(c: AsyncConnection, chat_id: int, message_id: int) -> Row | None:
    """The message whose copy stands there: what a reply speaks of."""
    query = select(messages).where(messages.c.copy_chat_id == chat_id, messages.c.copy_id == message_id)
    return await one_row(c, query.limit(1))


async def count_since(c: AsyncConnection, team_id: int, account_id: int, since: datetime) -> int:
    """How much an account has written lately."""
    own = (messages.c.team_id == team_id, messages.c.account_id == account_id, messages.c.is_ours.is_(False))
    return len(list(await c.scalars(select(messages.c.id).where(*own, messages.c.at > since).limit(1000))))


async def change_message(c: AsyncConnection, team_id: int, message_id: int, **values: Any) -> None:
    """Write single columns of a message."""
    await c.execute(update(messages).where(messages.c.team_id == team_id, messages.c.id == message_id).values(**values))
