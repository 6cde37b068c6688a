"""The HTTP side of a story: a listening program, PBXs that are connected to it, and what is stored of their calls."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest_asyncio
from sqlalchemy import select

from followup.calls.tables import calls
from followup.cases.queue_store import queue_page, queue_rows
from followup.cases.tables import cases
from followup.cases.views import QueueFilter, QueuePage, QueueRow, Tab
from followup.teams import actions as teams
from followup.teams import store as team_store
from handlers.web.directory import Directory
from handlers.web.hooks import HookDoor
from handlers.web.metrics import Metrics
from handlers.web.server import start_site, web_app
from storage.rows import all_rows
from storage.tables import inbox
from tests.stories.world import World

API_KEY, SALT = "vpbx-key", "vpbx-salt"


@dataclass
class Door:
    """Where the PBXs of a story knock."""

    world: World
    base: str

    async def connect(self, provider: str, team_id: int | None = None, **options: str) -> str:
        """A new connection; its address."""
        new = teams.NewConnection(provider=provider, name=provider, options=options)
        owner = team_id or self.world.team_id
        async with self.world.database.write() as c:
            _, token = await teams.add_connection(c, owner, new, self.world.works.seal, self.world.clock.now())
        return f"{self.base}/hooks/{token}"

    async def ask(self, url: str, *, method: str = "POST", status: int = 200, **given: Any) -> str:
        """One request, its answer, and all that follows from it."""
        async with self.world.http.request(method, url, **given) as answer:
            told = await answer.text()
            assert answer.status == status, f"{answer.status} {told}"
        await self.world.settle()
        return told

    async def mango(self, url: str, path: str, message: dict[str, Any], *, status: int = 200, salt: str = SALT) -> str:
        """A form as Mango posts and signs it."""
        text = json.dumps(message)
        sign = hashlib.sha256((API_KEY + text + salt).encode()).hexdigest()
        form = {"vpbx_api_key": API_KEY, "sign": sign, "json": text}
        return await self.ask(f"{url}/{path}", status=status, data=form)


@asynccontextmanager
async def listening(world: World) -> AsyncIterator[Door]:
    """The program listens; the world's own PBX posts over HTTP from now on."""
    works = world.works
    hooks = HookDoor(
        directory=Directory(works.database, works.seal, works.shelf),
        writer=works.inbox_writer,
        clock=world.clock,
        metrics=Metrics(),
        wake=works.wake_inbox,
    )
    runner = await start_site(web_app(hooks), "127.0.0.1", 0)
    host, port = runner.addresses[0][:2]
    world.hook = f"http://{host}:{port}{world.hook}"
    yield Door(world, f"http://{host}:{port}")
    await runner.cleanup()


@pytest_asyncio.fixture
async def door(world):
    """A listening world."""
    async with listening(world) as door:
        yield door


async def rows_of(world: World, tab: Tab = "open", **chosen: Any) -> list[QueueRow]:
    """The queue's rows now."""
    async with world.database.read() as c:
        book = await team_store.load_book(c, world.team_id)
        return await queue_rows(c, book, QueueFilter(tab=tab, **chosen), world.clock.now())


async def page_of(world: World, tab: Tab = "open", **chosen: Any) -> QueuePage:
    """A page of it with its counters."""
    async with world.database.read() as c:
        book = await team_store.load_book(c, world.team_id)
        return await queue_page(c, book, QueueFilter(tab=tab, **chosen), world.clock.now())


async def the_row(world: World, tab: Tab = "open") -> QueueRow:
    """The only row of a tab."""
    (row,) = await rows_of(world, tab)
    return row


async def stored_calls(world: World) -> dict[str, dict[str, Any]]:
    """Call key → what is stored of it."""
    async with world.database.read() as c:
        return {row["call_key"]: row for row in await all_rows(c, select(calls).order_by(calls.c.id))}


async def stored_cases(world: World, team_id: int | None = None) -> list[dict[str, Any]]:
    """Every case of a team, withdrawn ones included."""
    query = select(cases).where(cases.c.team_id == (team_id or world.team_id)).order_by(cases.c.id)
    async with world.database.read() as c:
        return await all_rows(c, query)


async def set_aside(world: World) -> list[dict[str, Any]]:
    """Rows of the inbox that could not be worked on."""
    async with world.database.read() as c:
        return await all_rows(c, select(inbox).where(inbox.c.state == "failed"))


async def change(world: World, **settings: str) -> None:
    """`perezvon team set` now."""
    async with world.database.write() as c:
        await teams.set_team(c, world.team_id, settings, world.clock.now())
