"""A child: the program's own hook door, or a bare aiohttp handler in front of the same group commit."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime

import uvloop
from aiohttp import web

from followup.clock import SystemClock
from followup.teams.seal import Seal
from followup.teams.shelf import Shelf
from handlers.web.directory import Directory
from handlers.web.hooks import HookDoor
from handlers.web.metrics import Metrics
from handlers.web.server import start_site, web_app
from storage.engine import Database
from storage.inbox import InboxWriter
from tests.bench.ground import KEY, say


async def main(kind: str, url: str, team_id: int, connection_id: int) -> None:
    database = Database(url)
    app = _ours(database) if kind == "ours" else _bare(database, team_id, connection_id)
    runner = await (start_site(app, "127.0.0.1", 0) if kind == "ours" else _site(app))
    say({"port": runner.addresses[0][1]})
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()
    await database.dispose()


def _ours(database: Database) -> web.Application:
    door = HookDoor(
        directory=Directory(database, Seal(KEY), Shelf()),
        writer=InboxWriter(database),
        clock=SystemClock(),
        metrics=Metrics(),
        wake=lambda: None,
    )
    return web_app(door)


def _bare(database: Database, team_id: int, connection_id: int) -> web.Application:
    writer = InboxWriter(database)
    fixed = {"team_id": team_id, "connection_id": connection_id, "method": "POST", "path": "", "query": {}}

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        await writer.append(
            {**fixed, "received_at": datetime.now(UTC), "headers": {}, "body": body, "state": "pending"}
        )
        return web.Response(body=b'{"ok":true}', content_type="application/json")

    app = web.Application()
    app.add_routes([web.post("/hooks/{token}", receive)])
    return app


async def _site(app: web.Application) -> web.AppRunner:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    return runner


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
