"""The API over a real socket, with a company behind it."""

from __future__ import annotations

import csv
import io
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import ClientSession

from followup.teams.shelf import Shelf
from followup.teams.tokens import issue
from handlers.web.api.door import ApiDoor
from handlers.web.server import start_site, web_app
from sandbox.clock import MovableClock
from storage.engine import Database
from tests.reports.company import ANNA, BORYS, SERVICE, VIRA, Company, kyiv

NOVEMBER = {"from": "2026-11-01", "to": "2026-11-30"}


@dataclass
class Said:
    status: int
    headers: Any
    body: bytes
    document: Any

    @property
    def rows(self) -> list[list[str]]:
        """Of CSV."""
        return list(csv.reader(io.StringIO(self.body.decode())))


@dataclass
class Api:
    database: Database
    http: ClientSession
    url: str
    door: ApiDoor
    token: str = ""

    async def new_token(self, team_id: int) -> str:
        async with self.database.write() as c:
            return (await issue(c, team_id, "test", "read", kyiv(30, 23)))[1]

    async def get(self, path: str, *, method: str = "GET", token: str | None = None, **query: Any) -> Said:
        bearer = self.token if token is None else token
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        async with self.http.request(method, f"/api/v1/{path}", params=query, headers=headers) as response:
            body = await response.read()
            document = await response.json() if response.content_type == "application/json" and body else None
            return Said(response.status, response.headers, body, document)


@asynccontextmanager
async def listening(database: Database, now: datetime, rate: int = 0, patience: float = 30):
    """Without a limit of requests unless one is wanted."""
    door = ApiDoor(database=database, clock=MovableClock(now, frozen=True), shelf=Shelf(), rate=rate, patience=patience)
    runner = await start_site(web_app(door), "127.0.0.1", 0)
    host, port = runner.addresses[0][:2]
    url = f"http://{host}:{port}"
    async with ClientSession(url) as http:
        yield Api(database, http, url, door)
    await runner.cleanup()


async def seeded(database: Database) -> Company:
    """A fortnight with one of everything."""
    company = await Company(database).opens()
    await company.posts(
        company.missed(ANNA, kyiv(20, 10)),
        company.missed(ANNA, kyiv(20, 10, 30)),
        company.dialled(ANNA, kyiv(20, 11), 65),
        company.answered(BORYS, kyiv(19, 12), recording_url="https://pbx.example/r/1"),
        company.missed(None, kyiv(18, 9, 5)),
        company.missed(VIRA, kyiv(21, 23), line=SERVICE),
        company.ordered("A", VIRA, kyiv(20, 13), topic="=cmd()", name="Vira"),
        company.dialled(BORYS, kyiv(20, 15), None, "103"),
        company.missed("0671000009", kyiv(30, 22, 50)),
        *(company.answered(f"06710001{n:02}", kyiv(25, 10), 30 + n) for n in range(7)),  # at one instant
    )
    await company.rests()
    return company
