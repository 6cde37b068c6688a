from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiohttp import ClientSession
from cryptography.fernet import Fernet

from followup.teams.actions import NewConnection, NewTeam, add_connection, add_team
from followup.teams.seal import Seal
from followup.teams.shelf import Shelf
from handlers.telegram.updates import UpdateKeeper
from handlers.web.directory import Directory
from handlers.web.health import Health, Pulse
from handlers.web.hooks import HookDoor
from handlers.web.metrics import Metrics
from handlers.web.server import start_site, web_app
from handlers.web.telegram import UpdateDoor
from sandbox.clock import MovableClock
from storage.inbox import InboxWriter, UpdateWriter
from tests.web.house import House

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@asynccontextmanager
async def opened(database):
    """The HTTP side of the program over a real socket, with everything behind it real."""
    clock, seal, shelf, metrics = (
        MovableClock(NOW, frozen=True),
        Seal(Fernet.generate_key().decode()),
        Shelf(),
        Metrics(),
    )
    woken: list[str] = []
    pulse = Pulse(clock)
    hooks = HookDoor(
        directory=Directory(database, seal, shelf),
        writer=InboxWriter(database),
        clock=clock,
        metrics=metrics,
        wake=lambda _: woken.append("inbox"),
    )
    telegram = UpdateDoor(
        path="secret-path",
        secret="secret-word",
        keeper=UpdateKeeper(UpdateWriter(database), clock, lambda: woken.append("updates")),
        metrics=metrics,
    )
    health = Health(database=database, clock=clock, pulse=pulse, metrics=metrics)
    runner = await start_site(web_app(hooks, telegram, health), "127.0.0.1", 0)
    host, port = runner.addresses[0][:2]
    async with ClientSession(f"http://{host}:{port}") as http:
        yield House(database=database, seal=seal, clock=clock, http=http, port=port, woken=woken, pulse=pulse)
    await runner.cleanup()


@pytest.fixture
async def house(database):
    async with opened(database) as found:
        async with database.write() as c:
            team = NewTeam(name="Alpha", settings={"timezone": "Europe/Kyiv", "region": "UA"})
            found.team_id = await add_team(c, team, NOW)
        yield found


@pytest.fixture
def connect(house):
    async def add(provider="generic", **options) -> str:
        async with house.database.write() as c:
            new = NewConnection(provider=provider, name=provider, options=options)
            _, token = await add_connection(c, house.team_id, new, house.seal, NOW)
        return f"/hooks/{token}"

    return add
