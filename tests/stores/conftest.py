from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from followup.clock import Clock
from followup.teams.actions import NewConnection, NewTeam, add_connection, add_team
from followup.teams.seal import Seal
from followup.teams.shelf import Shelf
from handlers.inbox import InboxWorker
from sandbox.clock import MovableClock
from tests.stores.arrivals import NOW


@pytest.fixture
def seal() -> Seal:
    return Seal(Fernet.generate_key().decode())


@pytest.fixture
def new_team(database):
    async def add(name="Alpha", **settings) -> int:
        async with database.write() as c:
            chosen = {"timezone": "Europe/Kyiv", "region": "UA"} | settings
            return await add_team(c, NewTeam(name=name, settings=chosen, chat=-100), NOW)

    return add


@pytest.fixture
def new_connection(database, seal):
    async def add(team_id: int, provider="generic", **options) -> tuple[int, str]:
        async with database.write() as c:
            new = NewConnection(provider=provider, name=provider, options=options)
            return await add_connection(c, team_id, new, seal, NOW)

    return add


@pytest.fixture
async def place(new_team, new_connection):
    team_id = await new_team()
    return team_id, (await new_connection(team_id))[0]


@pytest.fixture
def clock() -> Clock:
    return MovableClock(NOW, frozen=True)


@pytest.fixture
def woken() -> list[str]:
    return []


@pytest.fixture
def worker(database, clock, seal, woken) -> InboxWorker:
    return InboxWorker(database, clock, seal, Shelf(), lambda: woken.append("outbox"))
