"""What the tests of the HTTP side speak with."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession
from sqlalchemy import select

from followup.teams.seal import Seal
from handlers.web.health import Pulse
from sandbox.clock import MovableClock
from storage.engine import Database
from storage.rows import all_rows
from storage.tables import inbox


@dataclass
class Said:
    """An answer, read to its end."""

    status: int
    body: bytes
    headers: Any
    document: Any


@dataclass
class House:
    """A listening program and what lies behind it."""

    database: Database
    seal: Seal
    clock: MovableClock
    http: ClientSession
    port: int
    woken: list[str]
    pulse: Pulse
    team_id: int = 0
    heard: list[Said] = field(default_factory=list)

    async def ask(self, method: str, path: str, **given: Any) -> Said:
        async with self.http.request(method, path, **given) as response:
            body = await response.read()
            is_json = response.content_type == "application/json"
            document = await response.json() if is_json and body else None
            return Said(response.status, body, response.headers, document)

    async def post(self, path: str, **given: Any) -> Said:
        return await self.ask("POST", path, **given)

    async def get(self, path: str, **given: Any) -> Said:
        return await self.ask("GET", path, **given)

    async def rows(self) -> list[dict[str, Any]]:
        async with self.database.read() as c:
            return await all_rows(c, select(inbox).order_by(inbox.c.id))

    async def say_raw(self, *parts: bytes) -> bytes:
        """Bytes on a socket, and the first line of what comes back."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        for part in parts:
            writer.write(part)
            await writer.drain()
        line = await reader.readline()
        writer.close()
        return line
