"""INSERT that gives way to a row already there: both databases say it alike, SQLAlchemy by two modules."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert_or_ignore(c: AsyncConnection, table: Table) -> Any:
    """``INSERT … ON CONFLICT DO NOTHING`` on any unique key of ``table``; for one table always the same statement."""
    return _on_sqlite(table) if c.dialect.name == "sqlite" else _on_postgres(table)


@cache
def _on_sqlite(table: Table) -> Any:
    return sqlite.insert(table).on_conflict_do_nothing()


@cache
def _on_postgres(table: Table) -> Any:
    return postgresql.insert(table).on_conflict_do_nothing()
