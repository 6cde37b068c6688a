"""A PBX with many companies: its calls at a steady rate, each posted again until it is answered with 200."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from tests.bench.companies import Company, _answered, miss, signed

CLIENTS = 60  # of each company
MISSED = 0.2
_APART = 5.0  # seconds between two calls of a client: which of them came last is beyond doubt
_AGAIN_AFTER = 0.5
_LONGEST_PAUSE = 8.0
_PATIENCE = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=10)  # its own queue is nobody's fault

Client = tuple[int, str]  # company, number


@dataclass
class Pbx:
    """Posts, and knows the truth."""

    companies: list[Company]
    chance: random.Random
    addresses: Callable[[], list[str]]
    said: Counter[str] = field(default_factory=Counter)
    accepted: dict[str, tuple[Client, bool]] = field(default_factory=dict)  # call id → client, whether missed
    last_missed: dict[Client, bool] = field(default_factory=dict)
    repeated: int = 0
    posting: int = 0
    _last_at: dict[Client, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def misses(self) -> int:
        return sum(is_missed for _, is_missed in self.accepted.values())

    @property
    def waiting(self) -> set[Client]:
        """Whose last call was missed: these, and no others, have an open case."""
        return {client for client, is_missed in self.last_missed.items() if is_missed}

    async def work(self, rate: float, until: float) -> None:
        """``rate`` calls a second until then; returns when all of them are accepted."""
        async with aiohttp.ClientSession(timeout=_PATIENCE) as http, asyncio.TaskGroup() as group:
            began, number = time.monotonic(), 0
            while time.monotonic() < until:
                await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
                number += 1
                group.create_task(self._call(http, number))

    async def _call(self, http: aiohttp.ClientSession, number: int) -> None:
        company, client = self._caller()
        is_missed = self.chance.random() < MISSED
        call_id, now = f"soak-{number}", datetime.now(UTC)
        event = miss(call_id, client[1], now) if is_missed else self._talk(call_id, client[1], now)
        self.last_missed[client] = is_missed
        self.posting += 1
        await self._post(http, company, json.dumps(event).encode())
        self.posting -= 1
        self.accepted[call_id] = (client, is_missed)

    def _talk(self, call_id: str, number: str, now: datetime) -> dict[str, Any]:
        """Began twenty seconds ago like a miss, so that calls of a client come in the order in which they ended."""
        direction = self.chance.choice(("in", "out"))
        return _answered(call_id, number, now, direction) | _span(now)

    def _caller(self) -> tuple[Company, Client]:
        while True:
            company = self.chance.choice(self.companies)
            client = (company.team_id, f"+38067{company.number:04d}{self.chance.randrange(CLIENTS):03d}")
            if time.monotonic() - self._last_at[client] >= _APART:
                self._last_at[client] = time.monotonic()
                return company, client

    async def _post(self, http: aiohttp.ClientSession, company: Company, body: bytes) -> None:
        pause = _AGAIN_AFTER
        while not await self._is_taken(http, company, body):
            self.repeated += 1
            await asyncio.sleep(pause * self.chance.uniform(1, 2))
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _is_taken(self, http: aiohttp.ClientSession, company: Company, body: bytes) -> bool:
        addresses = self.addresses()
        if not addresses:
            return False
        headers = {"Content-Type": "application/json", "X-Perezvon-Signature": signed(body, int(time.time()))}
        url = f"{self.chance.choice(addresses)}/hooks/{company.token}"
        try:
            async with http.post(url, data=body, headers=headers) as answer:
                self.said[str(answer.status)] += 1
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self.said[type(error).__name__] += 1
            return False


def _span(now: datetime) -> dict[str, str]:
    """Fifteen seconds of talk that end now."""
    moments = {"started_at": 20, "answered_at": 15, "ended_at": 0}
    return {name: (now - timedelta(seconds=seconds)).isoformat() for name, seconds in moments.items()}
