"""One web process and two workers, one look-alike with Telegram's limits, a dozen companies."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest_asyncio

from sandbox.clock import MovableClock
from sandbox.telegram_server import TelegramServer
from storage.engine import Database
from tests.bench.companies import FIRST_MEMBER, Company, found, miss, signed
from tests.fixtures_db import drop_postgres_database, make_postgres_database
from tests.processes.fleet import Fleet, Process

TOKEN = "42:sandbox"
WEB, WORKERS = "web-1", ("worker-1", "worker-2")
COMPANIES = 16


@dataclass
class Installation:
    """What a test touches."""

    fleet: Fleet
    telegram: TelegramServer
    database: Database
    http: aiohttp.ClientSession
    fresh: Iterator[Company]
    clients: Iterator[int]

    async def whole(self) -> None:
        await self.fleet.whole((WEB, *WORKERS))

    def take(self, count: int) -> list[Company]:
        """Companies that no other test has."""
        return [next(self.fresh) for _ in range(count)]

    async def post(self, company: Company) -> str:
        """A miss of a new client; his number."""
        client = f"+38067{next(self.clients):07d}"
        body = json.dumps(miss(f"call-{client}", client, datetime.now(UTC))).encode()
        url = f"http://127.0.0.1:{self.fleet.ports[WEB]}/hooks/{company.token}"
        headers = {"Content-Type": "application/json", "X-Perezvon-Signature": signed(body, int(time.time()))}
        async with self.http.post(url, data=body, headers=headers) as said:
            assert said.status == 200, await said.text()
        return client

    def cards(self, companies: list[Company]) -> list[dict[str, Any]]:
        """Messages with a button Take, of these companies' chats."""
        found = [message for company in companies for message in self.telegram.world.messages(company.chat)]
        return [message for message in found if '"c:take:' in json.dumps(message)]

    def shown(self, companies: list[Company]) -> Counter[tuple[int, str]]:
        """How often each case was sent to its chat."""
        return Counter((message["chat_id"], case_of(message)) for message in self.cards(companies))

    async def is_shown(self, companies: list[Company], count: int) -> None:
        """So many cases have a card; the time is a bound only, but shorter than the claim of a dead sender."""
        await self.telegram.wait_for(lambda: len(self.shown(companies)) >= count, 40)

    async def on_duty(self, what: str) -> Process:
        """Who alone does it now."""

        def found() -> Process | None:
            return self.fleet.on_duty(what)

        return await self.telegram.wait_for(found, 30)

    @property
    def refused(self) -> list[Any]:
        """Requests outside Telegram's limits."""
        return [each for each in self.telegram.world.requests if each.status == 429]


def case_of(message: dict[str, Any]) -> str:
    return json.dumps(message).partition('"c:take:')[2].partition('"')[0].partition(":")[0]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(postgres_server, warm_command, tmp_path_factory):
    url = await make_postgres_database(postgres_server)
    telegram = TelegramServer(MovableClock(), token=TOKEN)
    database = Database(url)
    companies = await found(database, COMPANIES)
    for company in companies:
        member = telegram.world.add_user("Olga", id=FIRST_MEMBER + company.number)
        telegram.world.add_chat("supergroup", id=company.chat, members=[member.id, telegram.world.bot.id])
    async with AsyncExitStack() as stack:
        await telegram.start()
        stack.push_async_callback(drop_postgres_database, postgres_server, url)
        stack.push_async_callback(database.dispose)
        stack.push_async_callback(telegram.stop)
        http = await stack.enter_async_context(aiohttp.ClientSession())
        fleet = Fleet(tmp_path_factory.mktemp("fleet"), url, telegram.url, TOKEN, warm_command)
        stack.push_async_callback(fleet.kill_all)
        yield Installation(fleet, telegram, database, http, iter(companies), iter(range(10**6)))


@pytest_asyncio.fixture(loop_scope="session")
async def here(installation):
    """With all three processes alive, and nothing that a test would have to be ashamed of afterwards."""
    await installation.whole()
    yield installation
    complaints = [line for each in installation.fleet.running.values() for line in each.complaints]
    assert complaints == []
