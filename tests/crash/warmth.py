"""What a process of the program does slowly only the first time, done once by the parent of them all."""

from __future__ import annotations

import asyncio
import ssl
import tempfile
from functools import lru_cache
from pathlib import Path

from bot.migrations.schema import upgrade
from storage.engine import Database
from tests.stories.world import ANNA, kyiv, new_world


def warm_up() -> None:
    """A day of one company: metadata of numbers, templates, catalogues, a picture; nothing of it runs on."""
    # As tests/conftest.py: one context will do, and a child has it from its parent.
    ssl.create_default_context = lru_cache(ssl.create_default_context)
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(_a_day(f"sqlite+aiosqlite:///{Path(directory) / 'warm.db'}"))


async def _a_day(url: str) -> None:
    database = Database(url)
    await upgrade(database)
    async with new_world(database) as world:
        await world.call(ANNA)
        await world.olga.presses("Take")
        await world.until(kyiv(20, 18, 31))
