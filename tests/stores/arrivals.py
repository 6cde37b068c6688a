"""Rows as a PBX leaves them in the inbox."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from sqlalchemy import func, select

from storage.inbox import InboxWriter
from storage.tables import inbox

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def row(team_id, connection_id, body=b"{}", at=NOW):
    return {
        "team_id": team_id,
        "connection_id": connection_id,
        "received_at": at,
        "method": "POST",
        "path": "",
        "query": {},
        "headers": {"content-type": "application/json"},
        "body": body,
        "state": "pending",
    }


def call(key="a-1", client="+380671234567", ended=True, **fields) -> bytes:
    known = {"type": "call", "call_id": key, "direction": "in", "client": client, "line": "+380441112233"}
    times = {"started_at": "2026-11-20T09:50:00+02:00", "ended_at": "2026-11-20T09:50:30+02:00" if ended else None}
    return json.dumps(known | times | {"stage": "ringing"} | fields).encode()


async def counted(database, table, *where):
    async with database.read() as c:
        return await c.scalar(select(func.count()).select_from(table).where(*where))


async def put(database, place, *bodies):
    writer = InboxWriter(database)
    for body in bodies:
        await writer.append(row(*place, body=body))


async def states(database) -> list[str]:
    async with database.read() as c:
        return list(await c.scalars(select(inbox.c.state).order_by(inbox.c.id)))
