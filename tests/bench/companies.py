"""Companies for the benchmarks: teams with a chat, a member and a signed connection each, and what their PBXs say."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.teams.actions import NewConnection, NewMember, NewTeam, add_connection, add_member, add_team
from followup.teams.seal import Seal
from storage.engine import Database
from storage.tables import inbox
from tests.bench.ground import KEY

SECRET = "the secret of the bench"
FIRST_CHAT = -1_001_000_000_000
FIRST_MEMBER = 5_000_000
_SETTINGS = {"timezone": "Europe/Kyiv", "region": "UA", "language": "en", "quiet": "off", "hours": "24/7"}
_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Company:
    """One team; its chat and its member are numbered as it is."""

    number: int
    team_id: int
    connection_id: int
    token: str

    @property
    def chat(self) -> int:
        return FIRST_CHAT - self.number

    @property
    def member(self) -> int:
        return FIRST_MEMBER + self.number


async def found(database: Database, count: int) -> list[Company]:
    """So many companies, in a few transactions."""
    made: list[Company] = []
    for start in range(0, count, 100):
        async with database.write() as c:
            made += [await _company(c, number) for number in range(start, min(start + 100, count))]
    return made


async def _company(c: AsyncConnection, number: int) -> Company:
    now = datetime.now(UTC) - timedelta(days=1)
    new = NewTeam(name=f"Company {number}", settings=_SETTINGS, chat=FIRST_CHAT - number)
    team_id = await add_team(c, new, now)
    member = NewMember(name=f"Member {number}", telegram_id=FIRST_MEMBER + number, extensions=[("101", None)])
    await add_member(c, team_id, member, now)
    pbx = NewConnection(provider="generic", name="PBX", options={"secret": SECRET, "rate_limit": "0"})
    connection_id, token = await add_connection(c, team_id, pbx, Seal(KEY), now)
    return Company(number, team_id, connection_id, token)


def calls(seed: int, *, clients: int, started: datetime) -> Iterator[dict[str, Any]]:
    """An endless day of one company: a call every four seconds, every fifth one missed, clients that come again."""
    chance = random.Random(seed)
    for number in range(10**9):
        at = started + timedelta(seconds=4 * number)
        client = f"+380{50 + seed % 40:02d}{chance.randrange(clients):07d}"
        if number % 5 == 0:
            yield miss(f"{seed}-{number}", client, at)
        else:
            yield _answered(f"{seed}-{number}", client, at, direction=chance.choice(("in", "out")))


def miss(call_id: str, client: str, ended: datetime) -> dict[str, Any]:
    """Rang twenty seconds, nobody answered."""
    started = ended - timedelta(seconds=20)
    leg = {"extension": "101", "rang_at": started.isoformat(), "result": "no_answer"}
    return _call(call_id, client, started, ended) | {"direction": "in", "stage": "ringing", "legs": [leg]}


def _answered(call_id: str, client: str, started: datetime, direction: str) -> dict[str, Any]:
    answered = started + timedelta(seconds=5)
    talk = {"direction": direction, "extension": "101", "answered_at": answered.isoformat(), "stage": "talk"}
    return _call(call_id, client, started, started + timedelta(seconds=65)) | talk


def _call(call_id: str, client: str, started: datetime, ended: datetime) -> dict[str, Any]:
    span = {"started_at": started.isoformat(), "ended_at": ended.isoformat()}
    return {"type": "call", "call_id": call_id, "client": client, "line": "+380441112233", **span}


def signed(body: bytes, at: int) -> str:
    """The header's value."""
    digest = hmac.new(SECRET.encode(), b"%d." % at + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def stored(company: Company, event: dict[str, Any], at: datetime) -> dict[str, Any]:
    """An inbox row as the door writes it."""
    body = json.dumps(event).encode()
    headers = {"content-type": "application/json", "x-perezvon-signature": signed(body, int(at.timestamp()))}
    own = {"team_id": company.team_id, "connection_id": company.connection_id, "received_at": at}
    return own | {"method": "POST", "path": "", "query": {}, "headers": headers, "body": body, "state": "pending"}


async def fill(database: Database, rows: list[dict[str, Any]]) -> None:
    """Rows into the inbox, as many a transaction as is convenient."""
    for start in range(0, len(rows), _CHUNK):
        async with database.write() as c:
            await c.execute(insert(inbox), rows[start : start + _CHUNK])


class Days:
    """The days of several companies, a stretch at a time."""

    def __init__(self, companies: list[Company], clients: int = 200) -> None:
        self._companies = companies
        self._at = datetime.now(UTC)
        started = self._at - timedelta(hours=20)
        self._calls = [calls(company.number, clients=clients, started=started) for company in companies]

    def rows(self, count: int) -> list[dict[str, Any]]:
        """The next ``count`` requests, the companies in turn."""
        size = len(self._companies)
        return [stored(self._companies[i % size], next(self._calls[i % size]), self._at) for i in range(count)]
