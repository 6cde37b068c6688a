"""`perezvon import calls`: a file of the past, a fifth of its calls missed, read into cases by one process."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from followup.teams.actions import NewTeam, add_team
from storage.engine import Database
from tests.bench.companies import calls
from tests.bench.ground import KEY, OURS, Ground
from tests.bench.results import Result
from tests.house.source import ROOT

_TEAM = "History"
_EVERY = timedelta(seconds=4)  # a call, as companies make them


async def measure(found: Ground, backend: str) -> list[Result]:
    """Calls a second; what the command takes to start is told by a file of one call, and left out."""
    url, size = await found.new(backend), found.either(40_000, 8_000)
    now = datetime.now(UTC)
    await _founded(url, now)
    file = found.directory / f"history-{backend}.jsonl"
    one = await _imported(url, _written(file, 1, now))
    many = await _imported(url, _written(file, size, now))
    file.unlink()
    rate = size / (many - one)
    return [
        Result(
            what=f"calls of the past imported, {size:,}",
            backend=backend,
            figure=f"{rate:,.0f}/s",
            floor="",
            ratio=None,
            reach="≥ 5,000/s",
            is_reached=rate >= 5_000,
            more=f"{many:.1f} s in all, {one:.1f} s of them to start",
        )
    ]


async def _founded(url: str, now: datetime) -> None:
    settings = {"timezone": "Europe/Kyiv", "region": "UA", "language": "en", "hours": "24/7"}
    database = Database(url)
    async with database.write() as c:
        await add_team(c, NewTeam(name=_TEAM, settings=settings), now)
    await database.dispose()


def _written(file: Path, size: int, now: datetime) -> Path:
    """The same calls a client as a company has in a month."""
    told = calls(7, clients=max(size // 5, 1), started=now - size * _EVERY)
    with file.open("w") as opened:
        opened.writelines(json.dumps(call) + "\n" for call in itertools.islice(told, size))
    return file


async def _imported(url: str, file: Path) -> float:
    own = {"PEREZVON_DATABASE_URL": url, "PEREZVON_SECRET_KEY": KEY, "PYTHONPATH": str(ROOT)}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PEREZVON_")}
    command = (sys.executable, "-m", "bot", "import", "calls", str(file), "--team", _TEAM, "--json")
    pipe: Any = asyncio.subprocess.PIPE
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(*command, cwd=file.parent, env=kept | own, stdout=pipe)
    os.sched_setaffinity(process.pid, {OURS})
    said, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(said.decode())
    return time.perf_counter() - began
