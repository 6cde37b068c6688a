"""A process of the run that has done all imports and forks the others: started by the first who needs it, ended with the last."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from tests.house.source import ROOT


@contextmanager
def held(directory: Path, module: str) -> Iterator[Path]:
    """The socket of the one that ``module`` is; it lives as long as anybody holds it."""
    name = module.rpartition(".")[2]
    path = directory / f"{name}.sock"
    with FileLock(directory / f"{name}.lock"):
        holder = _held(path) or _held(_started(path, module))
    assert holder is not None
    with holder:
        yield path


def _held(path: Path) -> socket.socket | None:
    holder = socket.socket(socket.AF_UNIX)
    try:
        holder.connect(str(path))
        holder.sendall(b"h")
    except OSError:
        holder.close()
        return None
    return holder


def _started(path: Path, module: str) -> Path:
    path.unlink(missing_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PEREZVON_")}
    kept |= {"OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}  # threads are not forked
    ready, done = os.pipe()
    told = path.with_suffix(".log")
    with told.open("a") as log:
        order = [sys.executable, "-m", module, str(path), str(done)]
        subprocess.Popen(order, cwd=ROOT, env=kept, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=[done])
    os.close(done)
    with os.fdopen(ready, "rb") as bell:
        assert bell.read() == b"1", told.read_text()
    return path
