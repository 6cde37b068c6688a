"""Children of the forge, seen from a test: what they say, and that they die."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.warm_parent import held

PATIENCE = 120  # seconds: no test is judged by its speed, this only ends one that hangs


@dataclass
class Child:
    """One process of the program."""

    words: asyncio.StreamReader
    log: Path
    pid: int = 0
    counted: int = 0
    address: str = ""

    async def hear(self) -> bool:
        """Its next word; False if it was killed. One that ends otherwise is a bug."""
        async with asyncio.timeout(PATIENCE):
            line = await self.words.readline()
        if not line.endswith(b"\n"):
            return False
        said = json.loads(line)
        assert "ended" not in said, f"{said['ended']}\n{self.log.read_text()}"
        self.pid = said.get("pid", self.pid)
        self.counted = said.get("counted", self.counted)
        self.address = said.get("ready", self.address)
        return True

    async def is_ready(self) -> bool:
        """Whether it lived to listen."""
        while not self.address:
            if not await self.hear():
                return False
        return True

    async def until(self, is_so: Callable[[], Awaitable[bool]]) -> None:
        """Look again whenever it has got on."""
        while not await is_so():
            assert await self.hear(), f"it died\n{self.log.read_text()}"

    async def is_dead(self) -> None:
        """Returns when it was killed."""
        while await self.hear():
            pass


class Forge:
    """The door to the warm parent."""

    def __init__(self, path: Path, logs: Path) -> None:
        self._path = path
        self._logs = logs
        self._born = 0

    @asynccontextmanager
    async def child(self, **order: Any) -> AsyncIterator[Child]:
        """A new one; killed at the end, as all of them are."""
        self._born += 1
        log = self._logs / f"child-{self._born}.log"
        words, orders = await asyncio.open_unix_connection(str(self._path))
        orders.write(b"f" + json.dumps(order | {"log": str(log)}).encode() + b"\n")
        born = Child(words, log)
        assert await born.hear()
        try:
            yield born
        finally:
            if not words.at_eof():
                with suppress(ProcessLookupError):
                    os.kill(born.pid, signal.SIGKILL)
                with suppress(ConnectionError):
                    while await words.read(65536):
                        pass
            orders.close()


@contextmanager
def forge(directory: Path, logs: Path) -> Iterator[Forge]:
    """The run's own one."""
    with held(directory, "tests.crash.forge") as path:
        yield Forge(path, logs)
