"""The upgrade drill: a database of the first schema goes to head with its rows, while another process works."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress

from bot.migrations import schema
from storage.engine import Database
from tests.house.source import ROOT

NUMBER = "+380671234567"

_BUSY = """
import asyncio, sys
from sqlalchemy import text
from storage.engine import Database

async def main():
    database = Database(sys.argv[1])
    done = 0
    print("at work", flush=True)
    loop = asyncio.get_running_loop()
    ended = loop.run_in_executor(None, sys.stdin.readline)
    while not ended.done() or done < 20:
        async with database.write() as c:
            await c.execute(text("INSERT INTO clients (team_id, created_at, is_blocked) "
                                 "SELECT id, created_at, false FROM teams"))
        async with database.read() as c:
            await c.execute(text("SELECT count(*) FROM clients"))
        done += 1
    print(done, flush=True)
    await database.dispose()

asyncio.run(main())
"""
_AT = "'2026-11-20T08:00:00.000000Z'"
_ROWS = (
    f"INSERT INTO teams (id, name, created_at, revision) VALUES (1, 'Alpha', {_AT}, 1)",
    (
        "INSERT INTO connections (id, team_id, provider, name, token, options, created_at)"
        f" VALUES (1, 1, 'generic', 'PBX', 'tok', 'sealed', {_AT})"
    ),
    f"INSERT INTO clients (id, team_id, name, created_at, is_blocked) VALUES (1000, 1, 'Anna', {_AT}, false)",
    f"INSERT INTO numbers (id, team_id, number, client_id) VALUES (1, 1, '{NUMBER}', 1000)",
    (
        "INSERT INTO calls (id, team_id, connection_id, call_key, facts, last_event_at, number_id, outcome, talk_seconds,"
        f" is_suspect, is_non_target) VALUES (1, 1, 1, 'a', '{{}}', {_AT}, 1, 'missed', 0, false, false)"
    ),
    (
        "INSERT INTO orders (id, team_id, connection_id, order_key, widget, number_id, ordered_at, is_in_hours,"
        f" is_forbidden, deadline_at) VALUES (1, 1, 1, 'w', 'site', 1, {_AT}, true, false, {_AT})"
    ),
    "INSERT INTO chats (id, team_id, telegram_id, thread_id, kind, capabilities) VALUES (1, 1, -5, 0, 'team', '{}')",
    (
        "INSERT INTO cards (id, team_id, chat_id, subject, subject_id, wanted, shown, priority, is_photo, not_before, tries,"
        f" state, created_at) VALUES (1, 1, 1, 'case', 1, 1, 1, 10, false, {_AT}, 0, 'live', {_AT})"
    ),
)


async def counted(database: Database) -> dict[str, int]:
    names = ("teams", "connections", "clients", "numbers", "calls", "orders", "chats", "cards")
    async with database.read() as c:
        return {name: (await c.exec_driver_sql(f"SELECT count(*) FROM {name}")).scalar() for name in names}


async def test_an_older_database_is_brought_to_head_while_another_process_works(empty_database_url):
    database = Database(empty_database_url)
    await schema._run(database, "upgrade", "0001")
    async with database.write() as c:
        for row in _ROWS:
            await c.exec_driver_sql(row)
    busy = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _BUSY, empty_database_url),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert (await busy.stdout.readline()).strip() == b"at work"
        await schema.upgrade(database)
        told, trouble = await asyncio.wait_for(busy.communicate(b"\n"), 40)
        assert (busy.returncode, trouble) == (0, b"")
    finally:
        with suppress(ProcessLookupError):
            busy.kill()
    assert await schema.is_at_head(database)
    done = int(told)
    assert done >= 20
    assert await counted(database) == dict.fromkeys(
        ("teams", "connections", "numbers", "calls", "orders", "chats", "cards"), 1
    ) | {"clients": 1 + done}
    async with database.read() as c:
        assert (await c.exec_driver_sql("SELECT is_returning FROM orders")).scalar() in (0, False)
    await database.dispose()
