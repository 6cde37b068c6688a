from __future__ import annotations

import pytest

from tests.bot.program import Program


@pytest.fixture
def program(tmp_path) -> Program:
    return Program(tmp_path)
