"""What holds for every test: nothing leaks in from the machine, and no test is judged by its speed."""

from __future__ import annotations

import asyncio
import ctypes
import os
import shutil
import ssl
from functools import lru_cache
from zlib import crc32

import pytest
import uvloop
from hypothesis import settings

pytest_plugins = ["tests.fixtures_db"]

settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")

# Every aiogram session makes an SSL context of its own, which reads all certificates of the machine: one will do.
ssl.create_default_context = lru_cache(ssl.create_default_context)


@pytest.fixture(scope="session")
def event_loop_policy() -> asyncio.AbstractEventLoopPolicy:
    """The loop that `serve` runs on."""
    return uvloop.EventLoopPolicy()


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own PEREZVON_… variables are not the test's."""
    for name in [name for name in os.environ if name.startswith("PEREZVON_")]:
        monkeypatch.delenv(name)


# Every story runs on SQLite. What PostgreSQL could do differently lies in the stores, which all run on both, so of the
# stories every tenth one runs there, too: always the same ones, chosen by their names. `--both` runs all on both.
_ONE_IN = 10


def pytest_addoption(parser: pytest.Parser) -> None:
    """What a developer may ask for."""
    parser.addoption("--both", action="store_true", help="every story on SQLite and on PostgreSQL")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what would only cost time, and what cannot run here."""
    if not config.getoption("--both"):
        left_out = [item for item in items if _is_story_on_postgres(item) and not _is_in_sample(item)]
        items[:] = [item for item in items if item not in set(left_out)]
        config.hook.pytest_deselected(items=left_out)
    _skip_without_a_browser(items)


def _is_story_on_postgres(item: pytest.Item) -> bool:
    is_slow = {"stories", "faults"} & set(item.path.parts)
    return bool(is_slow) and item.get_closest_marker("postgres") is not None


def _is_in_sample(item: pytest.Item) -> bool:
    return crc32(item.nodeid.replace("postgres", "").encode()) % _ONE_IN == 0


def _skip_without_a_browser(items: list[pytest.Item]) -> None:
    """Tests of the page are skipped where no browser can start, but never in CI: there a gap must be seen."""
    in_browser = [item for item in items if item.get_closest_marker("browser")]
    lacking = _lacking_for_a_browser()
    if not in_browser or not lacking:
        return
    if os.environ.get("CI"):
        raise pytest.UsageError(f"the page cannot be tested here: apt-get install {lacking}")
    for item in in_browser:
        item.add_marker(pytest.mark.skip(reason=f"apt-get install {lacking}"))


def _lacking_for_a_browser() -> str:
    """Debian packages that are missing: the browser, and what the driver's own Node.js is linked to."""
    lacking = [] if shutil.which("chromium") or shutil.which("chromium-browser") else ["chromium"]
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        lacking.append("libatomic1")
    return " ".join(lacking)
