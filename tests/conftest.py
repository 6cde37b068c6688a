"""What holds for every test: nothing leaks in from the machine, and no test is judged by its speed."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own PEREZVON_… variables are not the test's."""
    for name in [name for name in os.environ if name.startswith("PEREZVON_")]:
        monkeypatch.delenv(name)
