"""Companies for the benchmarks: teams with a chat, a member and a signed connection each, and what their PBXs say."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.notices.tables import chats
from followup.teams import tables as t
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
    """The first company as an owner founds it, the others as its copies."""
    async with database.write() as c:
        first = await _company(c, 0)
        return [first, *await _copies(c, first, count - 1)] if count > 1 else [first]


async def _copies(c: AsyncConnection, first: Company, count: int) -> list[Company]:
    numbers = range(1, count + 1)
    team = await _row(c, t.teams, t.teams.c.id == first.team_id)
    team_ids = await _added(c, t.teams, [{**team, "name": f"Company {number}"} for number in numbers])
    member = await _row(c, t.members, t.members.c.team_id == first.team_id)
    own = list(zip(numbers, team_ids, strict=True))
    members = [{**member, "team_id": team_id, "telegram_id": FIRST_MEMBER + number} for number, team_id in own]
    member_ids = await _added(c, t.members, members)
    phone = await _row(c, t.extensions, t.extensions.c.team_id == first.team_id)
    phones = zip(team_ids, member_ids, strict=True)
    await _added(c, t.extensions, [{**phone, "team_id": team, "member_id": owner} for team, owner in phones])
    setting = await _row(c, t.team_settings, t.team_settings.c.team_id == first.team_id)
    await _added(c, t.team_settings, [{**setting, "team_id": team_id} for team_id in team_ids])
    chat = await _row(c, chats, chats.c.team_id == first.team_id)
    places = [{**chat, "team_id": team_id, "telegram_id": FIRST_CHAT - number} for number, team_id in own]
    await _added(c, chats, places)
    tokens = [secrets.token_urlsafe(32) for _ in numbers]
    pbx = await _row(c, t.connections, t.connections.c.team_id == first.team_id)
    lines = [{**pbx, "team_id": team, "token": token} for team, token in zip(team_ids, tokens, strict=True)]
    connections = await _added(c, t.connections, lines)
    made = zip(numbers, team_ids, connections, tokens, strict=True)
    return [Company(*each) for each in made]


async def _row(c: AsyncConnection, table: Table, where: ColumnElement[bool]) -> dict[str, Any]:
    [row] = (await c.execute(select(table).where(where))).mappings()
    return {name: value for name, value in row.items() if name != "id"}


async def _added(c: AsyncConnection, table: Table, rows: list[dict[str, Any]]) -> list[int]:
    return list(await c.scalars(insert(table).returning(table.c.id, sort_by_parameter_order=True), rows))


async def _company(c: AsyncConnection, number: int) -> Company:
    now = datetime.now(UTC)  # earlier, and its digests would be overdue
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
