"""The schema by migrations is the schema by tables, and every step can be climbed up and down."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from itertools import pairwise

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.migrations import schema
from followup.errors import FollowupError
from storage.engine import Database
from tests.house.source import ROOT
from tests.house.statements import all_tables


def revisions() -> list[str]:
    """Oldest first."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "bot" / "migrations"))
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]


def differences(connection) -> list[object]:
    from storage.columns import metadata

    all_tables()
    return compare_metadata(MigrationContext.configure(connection), metadata)


@pytest.fixture
async def empty(empty_database_url):
    database = Database(empty_database_url)
    yield database
    await database.dispose()


async def test_head_is_the_newest_file():
    assert schema.head() == revisions()[-1]


async def test_tables_and_migrations_say_the_same(database):
    assert await schema.is_at_head(database)
    async with database.read() as c:
        assert await c.run_sync(differences) == []


async def test_every_step_can_be_climbed_down_and_up_again(empty):
    steps = ["base", *revisions()]
    for below, step in pairwise(steps):
        await schema._run(empty, "upgrade", step)
        await schema.downgrade(empty, below)
        await schema._run(empty, "upgrade", step)
    assert await schema.is_at_head(empty)


async def test_an_empty_database_is_not_at_head(empty):
    if empty.is_sqlite:
        pytest.skip("an SQLite file is migrated by whoever opens it")
    assert not await schema.is_at_head(empty)
    with pytest.raises(FollowupError, match="schema_not_at_head"):
        await schema.require_head(empty)


async def test_many_at_once_migrate_one_database(empty_database_url):
    databases = [Database(empty_database_url) for _ in range(4)]
    code = (
        "import asyncio, sys; from bot.migrations.schema import upgrade; from storage.engine import Database; "
        "asyncio.run(upgrade(Database(sys.argv[1])))"
    )
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, empty_database_url, cwd=ROOT, stderr=subprocess.PIPE
    )
    await asyncio.gather(*(asyncio.to_thread(_upgrade_in_thread, empty_database_url) for _ in databases))
    _, stderr = await other.communicate()
    assert (other.returncode, stderr) == (0, b"")
    assert await schema.is_at_head(databases[0])
    for database in databases:
        await database.dispose()


def _upgrade_in_thread(url: str) -> None:
    asyncio.run(schema.upgrade(Database(url)))


def test_a_file_at_head_is_not_migrated_again_and_alembic_is_not_even_imported(tmp_path):
    url = f"sqlite+aiosqlite:///{tmp_path / 'perezvon.db'}"
    _upgrade_in_thread(url)
    code = (
        "import asyncio, sys; from bot.migrations.schema import upgrade; from storage.engine import Database; "
        "asyncio.run(upgrade(Database(sys.argv[1]))); print('alembic' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", code, url], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (answer.stdout.strip(), answer.stderr) == ("False", "")


async def test_a_schema_of_a_newer_program_is_refused(tmp_path):
    url = f"sqlite+aiosqlite:///{tmp_path / 'perezvon.db'}"
    database = Database(url)
    await schema.upgrade(database)
    async with database.write() as c:
        await c.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(FollowupError, match="schema_unknown"):
        await schema.upgrade(database)
    await database.dispose()


async def test_a_file_that_is_no_database_is_refused(tmp_path):
    path = tmp_path / "perezvon.db"
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(FollowupError, match="database_closed"):
        await schema.upgrade(Database(f"sqlite+aiosqlite:///{path}"))
