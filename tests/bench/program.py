"""The whole program, `perezvon serve`, on a core of its own."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.ground import KEY, OURS, TOKEN, ticks
from tests.house.source import ROOT


@dataclass(frozen=True, slots=True)
class Running:
    """A process that is ready."""

    pid: int
    port: int

    @property
    def megabytes(self) -> float:
        """What it holds in memory now."""
        return resident(self.pid)

    @property
    def cpu(self) -> float:
        """The CPU seconds it has used."""
        return ticks(self.pid, 2) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """VmRSS of a process in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split(None, 1)[0]) / 1024


@asynccontextmanager
async def serving(database_url: str, api_url: str, directory: Path) -> AsyncIterator[Running]:
    """`perezvon serve` with its own settings only; stopped at the end as an operator would."""
    own = {"BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": api_url, "DATABASE_URL": database_url, "SECRET_KEY": KEY}
    own |= {"LISTEN": "127.0.0.1:0", "LOG_FORMAT": "json", "LOG_LEVEL": "INFO"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PEREZVON_")}
    environment = kept | {"PYTHONPATH": str(ROOT)} | {f"PEREZVON_{name}": value for name, value in own.items()}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "serve"), cwd=directory, env=environment, stderr=asyncio.subprocess.PIPE
    )
    os.sched_setaffinity(process.pid, {OURS})
    try:
        port = await _port(process)
        reading = asyncio.create_task(_read(process))
        yield Running(process.pid, port)
        process.terminate()
        await asyncio.wait_for(process.wait(), 15)
        await reading
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _port(process: asyncio.subprocess.Process) -> int:
    assert process.stderr is not None
    seen: list[str] = []
    async with asyncio.timeout(60):
        while line := (await process.stderr.readline()).decode():
            seen.append(line)
            if found := re.search(r"ready.*?127\.0\.0\.1:(\d+)", line):
                return int(found[1])
    raise RuntimeError("".join(seen))


async def _read(process: asyncio.subprocess.Process) -> None:
    """Its log must not fill the pipe; what it complains of is shown."""
    assert process.stderr is not None
    while line := (await process.stderr.readline()).decode():
        if '"error"' in line or "Traceback" in line:
            print(line.strip()[:500], flush=True)
