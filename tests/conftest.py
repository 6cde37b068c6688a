"""What holds for every test: nothing leaks in from the machine, and no test is judged by its speed."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import shutil
import ssl
from collections.abc import Callable
from functools import lru_cache
from itertools import groupby
from zlib import crc32

import pytest
import uvloop
from hypothesis import settings

from tests import compiled_once

pytest_plugins = ["tests.fixtures_db"]

settings.register_profile("house", deadline=None, print_blob=True, max_examples=100)
settings.register_profile("all", settings.get_profile("house"), max_examples=300)

# Every aiogram session makes an SSL context of its own, which reads all certificates of the machine: one will do.
ssl.create_default_context = lru_cache(ssl.create_default_context)
compiled_once.share()


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop that `serve` runs on."""
    return {"uvloop": uvloop.new_event_loop}


def pytest_configure(config: pytest.Config) -> None:
    """Before the tests are imported: their laws are tried on as many examples as this profile says."""
    settings.load_profile("all" if config.getoption("--all") else "house")


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own PEREZVON_… variables are not the test's."""
    for name in [name for name in os.environ if name.startswith("PEREZVON_")]:
        monkeypatch.delenv(name)


# `make test` shall take minutes. What PostgreSQL could do differently lies in the stores, which all run on both; of what
# stands above them every tenth story and every third test of a door runs there, too, and all that has no twin on SQLite.
# Of what only follows from something else every third test runs, and of matrices in which each case shows the same thing
# every third case: always the same ones. `--all` runs everything everywhere.
_ON_POSTGRES_ONE_IN = {"stories": 10, "faults": 10, "web": 3, "webhooks": 3, "duty": 3}
_STORE = "test_store.py"
_ONE_IN = 3
_SAMPLED = (
    "faults/",
    "test_forget",
    "test_audit",
    "test_silence",
    "test_blind",
    "test_page_",
    "test_later_understands",
)
_MATRICES = (
    "test_every_picture_has_a_phones_width_and_every_letter",  # picture x language x theme
    "test_every_grouping_is_drawn_with_every_letter",  # grouping x picture x language
    "test_any_period_can_be_drawn",
    "test_forged_data_is_answered_in_words_and_changes_nothing",
)


_MOST_NEW_OBJECTS = 20_000


def pytest_collection_finish() -> None:
    """What was imported and collected, half a million objects, is never garbage: the collector need not walk it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_MOST_NEW_OBJECTS, 10, 10)


def pytest_addoption(parser: pytest.Parser) -> None:
    """What a developer may ask for."""
    parser.addoption("--all", action="store_true", help="every test, and every story on both databases")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what would only cost time, and what cannot run here."""
    if not config.getoption("--all"):
        everything = {item.nodeid for item in items}
        left_out = {item for item in items if not _is_chosen(item, everything)} | _cases_like_others(items)
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=list(left_out))
    _skip_without_a_browser(items)


def _is_chosen(item: pytest.Item, everything: set[str]) -> bool:
    chance = crc32(item.nodeid.replace("postgres", "").encode())
    if item.get_closest_marker("postgres") and item.nodeid.replace("postgres", "sqlite") in everything:
        one_in = next((n for room, n in _ON_POSTGRES_ONE_IN.items() if room in item.path.parts), 1)
        return item.path.name == _STORE or chance % one_in == 0
    return chance % _ONE_IN == 0 if any(name in item.nodeid for name in _SAMPLED) else True


def _cases_like_others(items: list[pytest.Item]) -> set[pytest.Item]:
    """Of each matrix two of every three cases; which third stays moves on, so that each value of each column is met."""
    cases = sorted(
        (item for item in items if item.nodeid.partition("[")[0].endswith(_MATRICES)), key=lambda i: i.nodeid
    )
    matrices = groupby(cases, key=lambda item: item.nodeid.partition("[")[0])
    return {item for _, matrix in matrices for n, item in enumerate(matrix) if (n + n // _ONE_IN) % _ONE_IN}


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
