from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from followup.teams.actions import NewTeam, add_team
from followup.teams.seal import Seal
from providers.crm.network import Network
from sandbox.clock import MovableClock
from tests.webhooks.stage import NOON, Receiver, Stage


@pytest.fixture
async def receiver():
    listening = Receiver()
    await listening.start()
    yield listening
    await listening.stop()


@pytest.fixture
async def stage(database, receiver):
    """Two teams, no webhook yet; time moves only when told. Receivers of tests live on this very machine."""
    async with database.write() as c:
        ids = [
            await add_team(
                c, NewTeam(name=name, settings={"timezone": "Europe/Kyiv", "region": "UA", "language": "en"}), NOON
            )
            for name in ("Aurora", "Borealis")
        ]
    made = Stage(
        database=database,
        clock=MovableClock(NOON, frozen=True),
        seal=Seal(Fernet.generate_key().decode()),
        receiver=receiver,
        network=Network(may_be_private=True),
        team_id=ids[0],
        other_team_id=ids[1],
    )
    yield made
    await made.network.close()
