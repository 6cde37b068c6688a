"""The real sender between a real database and a real HTTP server that answers what a test tells it to."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from sqlalchemy import select

from followup.teams.desk import Desk
from followup.teams.seal import Seal
from followup.teams.shelf import Shelf
from followup.teams.tables import webhooks
from followup.webhooks import actions
from followup.webhooks.actions import Happening, NewWebhook
from followup.webhooks.tables import deliveries
from jobs.webhooks import EventSender
from providers.crm import KINDS, shown
from providers.crm.network import Network
from sandbox.clock import MovableClock
from storage.engine import Database
from storage.rows import Row, all_rows

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECRET = "planted-secret"

Reply = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Heard:
    """A request that reached the receiver."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)

    @property
    def delivery(self) -> str:
        return self.headers["X-Perezvon-Delivery"]


class Receiver:
    """Somebody else's program. ``says`` are its next answers; after them it always says 200."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.says: deque[int | web.Response | Reply] = deque()
        self.came = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.heard.append(Heard(request.path_qs, dict(request.headers), await request.read()))
        self.came.set()
        say = self.says.popleft() if self.says else 200
        if isinstance(say, int):
            return web.Response(status=say)
        return say if isinstance(say, web.StreamResponse) else await say(request)

    @property
    def told(self) -> list[tuple[str, Any]]:
        """(event, number of the change) of every request, in order."""
        return [(each.document["event"], each.document["data"].get("n")) for each in self.heard]


@dataclass
class Stage:
    """What the tests of webhooks touch."""

    database: Database
    clock: MovableClock
    seal: Seal
    receiver: Receiver
    network: Network
    team_id: int
    other_team_id: int
    shelf: Shelf = field(default_factory=Shelf)

    def sender(self) -> EventSender:
        """A process that sends."""
        return EventSender(self.database, self.clock, self.seal, self.shelf, self.network)

    async def webhook(self, kind: str = "plain", path: str = "/in", *, team_id: int = 0, **given: Any) -> int:
        """Somebody who listens; ``events`` and ``options`` as the command line takes them."""
        known = KINDS[kind].events
        events = given.get("events") or (known if kind == "plain" else known[:1])
        url = given.get("url") or self.receiver.url + path
        options = ({"secret": SECRET} if kind == "plain" else {}) | given.get("options", {})
        new = NewWebhook(kind=kind, url=url, shown=shown(url), events=events, options=options)
        async with self.database.write() as c:
            made, _ = await actions.add_webhook(c, team_id or self.team_id, new, self.seal, self.clock.now())
        return made

    async def emit(self, *said: tuple[str, str, Mapping[str, Any]], team_id: int = 0) -> None:
        """(kind, key, payload) of what happens, in one transaction."""
        async with self.database.write() as c:
            desk = Desk(c, await self.shelf.book(c, team_id or self.team_id), self.clock.now())
            await actions.emit_all(desk, [Happening(kind=k, key=key, payload=p) for k, key, p in said])

    async def tickets(self, *numbers: int, subject: int = 7) -> None:
        """Changes of one ticket."""
        await self.emit(*(("ticket.changed", f"ticket:{subject}:{n}", {"n": n}) for n in numbers))

    async def step(self, **span: float) -> int:
        """Let time pass, then one round of one process."""
        self.clock.forward(timedelta(**span))
        return await self.sender().step()

    async def settle(self) -> None:
        """Rounds until nothing more may leave now."""
        sender = self.sender()
        while await sender.step():
            pass

    async def rows(self) -> list[Row]:
        async with self.database.read() as c:
            return await all_rows(c, select(deliveries).order_by(deliveries.c.id))

    async def row(self) -> Row:
        [found] = await self.rows()
        return found

    async def states(self) -> list[str]:
        return [row["state"] for row in await self.rows()]

    async def webhook_row(self, webhook_id: int) -> Row:
        async with self.database.read() as c:
            [found] = await all_rows(c, select(webhooks).where(webhooks.c.id == webhook_id))
        return found
