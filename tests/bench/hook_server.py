"""A child: the program's own hook door, or a bare aiohttp handler in front of the same group commit.

Of the third kind, ``relay``, the bare handler goes on: a second commit, and a request to the Bot API.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import uvloop
from aiohttp import ClientSession, web
from sqlalchemy import update

from bot.garbage import leave_what_stands
from followup.clock import SystemClock
from followup.teams.seal import Seal
from followup.teams.shelf import Shelf
from handlers.web.directory import Directory
from handlers.web.hooks import HookDoor
from handlers.web.metrics import Metrics
from handlers.web.server import start_site, web_app
from storage.engine import Database
from storage.inbox import InboxWriter
from storage.tables import inbox
from tests.bench.ground import KEY, TOKEN, say


async def main(kind: str, url: str, team_id: int, connection_id: int, api_url: str = "") -> None:
    database = Database(url)
    then = _relay(database, api_url) if kind == "relay" else None
    app = _ours(database) if kind == "ours" else _bare(database, team_id, connection_id, then)
    runner = await (start_site(app, "127.0.0.1", 0) if kind == "ours" else _site(app))
    leave_what_stands()  # as `serve` does
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
        wake=lambda _: None,
    )
    return web_app(door)


def _bare(
    database: Database, team_id: int, connection_id: int, then: Callable[[web.Request], Awaitable[None]] | None
) -> web.Application:
    writer = InboxWriter(database)
    going: set[asyncio.Task[None]] = set()
    fixed = {"team_id": team_id, "connection_id": connection_id, "method": "POST", "path": "", "query": {}}

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        await writer.append(
            {**fixed, "received_at": datetime.now(UTC), "headers": {}, "body": body, "state": "pending"}
        )
        if then is not None:
            going.add(task := asyncio.create_task(then(request)))
            task.add_done_callback(going.discard)
        return web.Response(body=b'{"ok":true}', content_type="application/json")

    app = web.Application()
    app.add_routes([web.post("/hooks/{token}", receive)])
    return app


def _relay(database: Database, api_url: str) -> Callable[[web.Request], Awaitable[None]]:
    http: list[ClientSession] = []

    async def then(request: web.Request) -> None:
        async with database.write() as c:
            await c.execute(update(inbox).where(inbox.c.state == "pending").values(state="done"))
        if not http:
            http.append(ClientSession(api_url))
        async with http[0].post(f"/bot{TOKEN}/sendMessage", data={"chat_id": request.headers["X-Chat"]}) as answer:
            await answer.read()

    return then


async def _site(app: web.Application) -> web.AppRunner:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    return runner


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), *sys.argv[5:]))
