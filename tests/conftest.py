"""What holds for every test: nothing leaks in from the machine, and no test is judged by its speed."""

from __future__ import annotations

import ctypes
import os
import shutil

import pytest
from hypothesis import settings

pytest_plugins = ["tests.fixtures_db"]

settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own PEREZVON_… variables are not the test's."""
    for name in [name for name in os.environ if name.startswith("PEREZVON_")]:
        monkeypatch.delenv(name)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
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
