"""Query results as plain dictionaries, column name → value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncConnection

Row = dict[str, Any]


async def all_rows(c: AsyncConnection, query: Executable, values: Mapping[str, Any] | None = None) -> list[Row]:
    """Every row of a query; ``values`` of its bind parameters where it was built beforehand."""
    result = await c.execute(query, values)
    names = list(result.keys())
    return [dict(zip(names, row, strict=True)) for row in result]


async def one_row(c: AsyncConnection, query: Executable, values: Mapping[str, Any] | None = None) -> Row | None:
    """The first row of a query, if there is one."""
    result = await c.execute(query, values)
    names = list(result.keys())
    row = result.first()
    return dict(zip(names, row, strict=True)) if row is not None else None
