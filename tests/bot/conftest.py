from __future__ import annotations

import shutil

import pytest

from tests.bot.program import Program


@pytest.fixture
def unborn(tmp_path, warm_command) -> Program:
    """The program where it has never been: it makes its database itself."""
    return Program(tmp_path, command=warm_command)


@pytest.fixture
def program(unborn, sqlite_template) -> Program:
    """The program with a database at head, in which there is nothing yet."""
    shutil.copyfile(sqlite_template, unborn.directory / "perezvon.db")
    return unborn
