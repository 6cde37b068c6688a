"""A copy of an SQLite file while others read and write it."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path


async def copy_file(source: Path, target: Path) -> int:
    """One consistent moment of ``source`` as a new file, readable by its owner alone; its size in bytes.

    ``VACUUM INTO`` reads like any reader, so nobody waits for it. (The backup API begins anew after every write of
    another process and may never end.) What was deleted does not come along. FileExistsError: nothing is overwritten.
    """
    return await asyncio.to_thread(_copy, source, target)


def _copy(source: Path, target: Path) -> int:
    if target.exists():
        raise FileExistsError(str(target))
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        _vacuum_into(source, draft)
        _sync(draft)
        os.link(draft, target)  # fails if somebody made the target meanwhile
        _sync(target.parent)
        return target.stat().st_size
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()


def _vacuum_into(source: Path, draft: Path) -> None:
    with closing(sqlite3.connect(source, timeout=60, isolation_level=None)) as connection:
        connection.execute("VACUUM INTO ?", (str(draft),))
    with closing(sqlite3.connect(draft, isolation_level=None)) as copy:
        found = copy.execute("PRAGMA quick_check").fetchone()[0]
    if found != "ok":
        raise sqlite3.DatabaseError(f"the copy is damaged: {found}")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
