"""A child: the same inbox rows read as JSON and written as bare call rows, with no rules, clients, cases or cards."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import uvloop
from sqlalchemy import insert, select, update

from followup.calls.tables import calls
from storage.engine import Database
from storage.rows import Row, all_rows
from storage.tables import inbox
from tests.bench.ground import say


async def main(url: str) -> None:
    database = Database(url)
    async with database.read() as c:
        await all_rows(c, select(inbox.c.id).limit(1))
    say("ready")
    await asyncio.to_thread(sys.stdin.readline)
    began = time.perf_counter()
    by_team = await _waiting(database)
    for rows in by_team.values():
        await _write(database, rows)
    say({"rate": sum(map(len, by_team.values())) / (time.perf_counter() - began)})
    await database.dispose()


async def _waiting(database: Database) -> dict[int, list[Row]]:
    by_team: dict[int, list[Row]] = defaultdict(list)
    async with database.read() as c:
        for row in await all_rows(c, select(inbox).where(inbox.c.state == "pending").order_by(inbox.c.id)):
            by_team[row["team_id"]].append(row)
    return by_team


async def _write(database: Database, rows: list[Row]) -> None:
    async with database.write() as c:
        done = inbox.c.id.in_([row["id"] for row in rows])
        await c.execute(update(inbox).where(done).values(state="done", done_at=datetime.now(UTC)))
        await c.execute(insert(calls), [_bare(row) for row in rows])


def _bare(row: Row) -> dict[str, Any]:
    said = json.loads(row["body"])
    started = datetime.fromisoformat(said["started_at"])
    own = {"team_id": row["team_id"], "connection_id": row["connection_id"], "call_key": said["call_id"]}
    known = {"facts": said, "last_event_at": row["received_at"], "outcome": "unknown", "started_at": started}
    return own | known | {"direction": said["direction"], "line": said["line"]}


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
