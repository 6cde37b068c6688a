"""The forge, and how much of the matrix is told: all of it with `make crash`, else always the same part of it."""

from __future__ import annotations

import pytest

from tests.crash.children import forge as forge_of


@pytest.fixture(scope="session")
def forge(run_directory, tmp_path_factory):
    """The warm parent of all children of this run."""
    with forge_of(run_directory, tmp_path_factory.mktemp("children")) as found:
        yield found
