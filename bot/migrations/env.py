"""Alembic's environment: the program hands over its connection; `alembic` by hand takes the address of the settings."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil

from alembic import context
from sqlalchemy import Connection

import followup
import storage.tables  # noqa: F401 - inbox and updates
from bot.migrations.rendering import render_item
from bot.migrations.schema import schema_engine
from bot.settings import load_settings
from storage.columns import metadata

for package in pkgutil.iter_modules(followup.__path__, "followup."):
    if package.ispkg and importlib.util.find_spec(f"{package.name}.tables"):
        importlib.import_module(f"{package.name}.tables")


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        render_item=render_item,
        transactional_ddl=True,  # SQLite too: our engines say BEGIN themselves
    )
    with context.begin_transaction():
        context.run_migrations()


async def _by_hand() -> None:
    engine = schema_engine(load_settings().database_url)
    async with engine.begin() as connection:
        await connection.run_sync(_migrate)
    await engine.dispose()


handed_over = context.config.attributes.get("connection")
if handed_over is None:
    asyncio.run(_by_hand())
else:
    _migrate(handed_over)
