"""Real processes of one installation on one PostgreSQL: `perezvon serve --role …`, started, killed, started again."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from tests.bench.ground import KEY
from tests.bot.program import COLD
from tests.house.source import ROOT

_TO_START = 240  # seconds, each of them imports aiogram; a bound, not a measure
_KEPT_LINES = 400


@dataclass
class Process:
    """One of them; ``duties`` are what it alone does now, by its own words."""

    name: str
    process: asyncio.subprocess.Process
    port: int = 0
    duties: set[str] = field(default_factory=set)
    lines: list[str] = field(default_factory=list)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    reading: asyncio.Task[None] | None = None

    @property
    def is_alive(self) -> bool:
        return self.process.returncode is None

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def complaints(self) -> list[str]:
        """Bugs: what was logged with a traceback, or broke the process."""
        return [line for line in self.lines if '"exception"' in line or "Traceback" in line or '"critical"' in line]

    async def read(self) -> None:
        """Its log must not fill the pipe."""
        assert self.process.stderr is not None
        while line := (await self.process.stderr.readline()).decode():
            self.lines.append(line)
            del self.lines[:-_KEPT_LINES]
            if found := re.search(r"(\w+): on duty", line):
                self.duties.add(found[1])
            if found := re.search(r"(\w+): the connection that holds the lock is lost", line):
                self.duties.discard(found[1])
            if found := re.search(r"ready: listening at (?:127\.0\.0\.1:(\d+))?", line):
                self.port = int(found[1] or 0)
                self.ready.set()


@dataclass
class Fleet:
    """The processes by name; a name begins with its role: web-1, worker-1, worker-2."""

    directory: Path
    database_url: str
    api_url: str
    token: str
    command: Sequence[str] = COLD
    running: dict[str, Process] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    async def whole(self, names: Sequence[str]) -> None:
        """Every one of them runs and is ready; who was killed is started anew, at the address it had."""
        missing = [name for name in names if name not in self.running or not self.running[name].is_alive]
        await asyncio.gather(*(self.start(name) for name in missing))

    async def start(self, name: str) -> Process:
        started = await asyncio.create_subprocess_exec(
            *(*self.command, "serve", "--role", name.partition("-")[0]),
            cwd=self.directory,
            env=self._environment(name),
            stderr=asyncio.subprocess.PIPE,
            limit=1 << 20,
        )
        process = self.running[name] = Process(name, started)
        process.reading = asyncio.create_task(process.read())
        ready = asyncio.create_task(process.ready.wait())
        await asyncio.wait((ready, process.reading), timeout=_TO_START, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if not process.ready.is_set():
            raise RuntimeError(f"{name} did not start:\n{''.join(process.lines)}")
        self.ports[name] = process.port
        return process

    def _environment(self, name: str) -> dict[str, str]:
        own = {"BOT_TOKEN": self.token, "TELEGRAM_API_URL": self.api_url, "DATABASE_URL": self.database_url}
        own |= {"SECRET_KEY": KEY, "LISTEN": f"127.0.0.1:{self.ports.get(name, 0)}", "LOG_FORMAT": "json"}
        kept = {variable: value for variable, value in os.environ.items() if not variable.startswith("PEREZVON_")}
        return kept | {"PYTHONPATH": str(ROOT)} | {f"PEREZVON_{variable}": value for variable, value in own.items()}

    def on_duty(self, what: str) -> Process | None:
        """Who does now what only one does."""
        return next((each for each in self.running.values() if each.is_alive and what in each.duties), None)

    async def kill(self, process: Process) -> None:
        """SIGKILL: nothing is finished, nothing is said."""
        process.process.kill()
        await self._wait(process)

    async def stop(self, process: Process) -> int:
        """SIGTERM; the exit code."""
        if process.is_alive:
            process.process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(20):
                await process.process.wait()
        await self._wait(process)
        return process.process.returncode or 0

    async def _wait(self, process: Process) -> None:
        await process.process.wait()
        if process.reading is not None:
            await process.reading

    async def kill_all(self) -> None:
        for process in self.running.values():
            if process.is_alive:
                await self.kill(process)

    async def hang_up(self, condition: str) -> int:
        """pg_terminate_backend for sessions of the fleet that fit; how many there were."""
        connection = await asyncpg.connect(self.database_url.replace("+asyncpg", ""))
        try:
            query = f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {condition}"
            only_here = " AND datname = current_database() AND pid <> pg_backend_pid()"
            return int(await connection.fetchval(query + only_here))
        finally:
            await connection.close()


HOLDS_A_LOCK = "pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1)"
