"""One sequence of everything that happens, and the bell that rings when something did."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sandbox.models import Json

T = TypeVar("T")

KEPT = 50_000  # a demo may run for weeks


class Pulse:
    """A bell: whoever waits is woken by the next ring, nobody polls."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def ring(self) -> None:
        """Wake all who wait now."""
        rung, self._next = self._next, asyncio.Event()
        rung.set()

    async def wait(self) -> None:
        """Return at the next ring."""
        await self._next.wait()

    async def until(self, predicate: Callable[[], T | None]) -> T:
        """Return the first truthy value of `predicate`, asked now and after every ring."""
        while True:
            bell = self._next
            value = predicate()
            if value:
                return value
            await bell.wait()


@dataclass
class RequestRecord:
    """One Bot API request and how it ended; status 0 means that the connection was cut."""

    seq: int
    at: str
    method: str
    chat_id: str
    params: Json
    status: int
    description: str


class Journal:
    """Numbers every change, keeps the recent ones and wakes the listeners."""

    def __init__(self) -> None:
        self.seq = 0
        self.pulse = Pulse()
        self.changes: deque[Json] = deque(maxlen=KEPT)
        self.requests: deque[RequestRecord] = deque(maxlen=KEPT)

    def next_seq(self) -> int:
        """The next number of the one global sequence."""
        self.seq += 1
        return self.seq

    def note(self, kind: str, **what: object) -> int:
        """Write a change down under a new number and wake everybody."""
        seq = self.next_seq()
        self.changes.append({"type": kind, **what, "seq": seq})
        self.pulse.ring()
        return seq

    def note_request(self, record: RequestRecord) -> None:
        """Write a request down."""
        self.requests.append(record)
        self.pulse.ring()

    def since(self, seq: int) -> list[Json]:
        """Changes after `seq`, oldest first."""
        fresh: list[Json] = []
        for change in reversed(self.changes):
            if change["seq"] <= seq:
                break
            fresh.append(change)
        return fresh[::-1]
