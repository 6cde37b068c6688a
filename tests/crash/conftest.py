"""The forge, and how much of the matrix is told: all of it by `make crash`, else always the same part of it."""

from __future__ import annotations

import shutil
from contextlib import asynccontextmanager

import pytest

from tests.fixtures_db import drop_postgres_database, make_postgres_database

pytest.register_assert_rewrite("tests.crash.children", "tests.crash.tales", "tests.crash.telling")

from tests.crash.children import forge as forge_of  # noqa: E402 - rewritten first


def pytest_addoption(parser: pytest.Parser) -> None:
    """What `make crash` asks for."""
    parser.addoption("--every-crash", action="store_true", help="the whole crash matrix, on both databases")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of what is marked as matrix only what is marked as sampled on its database. The forge takes its time on a busy machine."""
    for item in [item for item in items if "crash" in item.path.parts and not item.get_closest_marker("timeout")]:
        item.add_marker(pytest.mark.timeout(300))
    if config.getoption("--every-crash", default=False):
        return
    left_out = [item for item in items if item.get_closest_marker("matrix") and not _is_sampled(item)]
    if left_out:
        items[:] = [item for item in items if item not in set(left_out)]
        config.hook.pytest_deselected(items=left_out)


def _is_sampled(item: pytest.Item) -> bool:
    sampled = item.get_closest_marker("sampled")
    return sampled is not None and item.callspec.params["backend"] in sampled.args


@pytest.fixture(scope="session")
def forge(run_directory, tmp_path_factory):
    """The warm parent of all children of this run."""
    with forge_of(run_directory, tmp_path_factory.mktemp("children")) as found:
        yield found


@pytest.fixture
def another_database(backend, request, tmp_path):
    """As many fresh databases at head as a test wants, one after the other."""

    @asynccontextmanager
    async def another():
        if backend == "sqlite":
            path = tmp_path / "another.db"
            shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
            yield f"sqlite+aiosqlite:///{path}"
            for file in tmp_path.glob("another.db*"):
                file.unlink()
            return
        socket = request.getfixturevalue("postgres_server")
        url = await make_postgres_database(socket)
        try:
            yield url
        finally:
            await drop_postgres_database(socket, url)

    return another
