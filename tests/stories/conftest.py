"""A world a story."""

from __future__ import annotations

import pytest_asyncio

from tests.stories.doors import door
from tests.stories.world import new_world

__all__ = ["door"]


@pytest_asyncio.fixture
async def world(database):
    """On SQLite and on PostgreSQL. A message that nobody looked at fails the story."""
    async with new_world(database) as world:
        yield world
        assert not world.unseen(), "\n---\n".join(["nobody looked at:", *world.unseen()])
