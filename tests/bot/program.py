"""The program as scripts see it: arguments and variables in; exit code, stdout and stderr out.

Each command is a process of its own. `warm` ones are forked from one that has done all imports (zygote.py), because
those take longer than most commands; what a cold start alone can show asks for a cold one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.house.source import ROOT
from tests.warm_parent import held

COLD = (sys.executable, "-m", "bot")
_CLIENT = Path(__file__).with_name("client.py")


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Exactly one JSON document on stdout."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Program:
    """`perezvon` in a directory of its own, with these variables and no other PEREZVON_… ones."""

    directory: Path
    variables: dict[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = COLD

    @property
    def cold(self) -> Program:
        """The same, started from nothing."""
        return replace(self, command=COLD)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PEREZVON_")}
        return kept | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"} | self.variables

    def __call__(self, *arguments: str) -> Answer:
        done = subprocess.run(
            [*self.command, *arguments],
            cwd=self.directory,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    def told(self, *arguments: str) -> Any:
        """The document of a command that must succeed."""
        answer = self(*arguments)
        assert answer.code == 0, answer.err
        return answer.document

    def having(self, **variables: str) -> Program:
        named = {f"PEREZVON_{name.upper()}": value for name, value in variables.items()}
        return replace(self, variables=self.variables | named)


@contextmanager
def warm(directory: Path) -> Iterator[tuple[str, ...]]:
    """The command of the run's own zygote."""
    with held(directory, "tests.bot.zygote") as path:
        yield sys.executable, "-S", "-E", str(_CLIENT), str(path)
