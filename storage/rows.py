"""Query results as plain dictionaries, column name → value."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.prepared import Values, fetch

Row = dict[str, Any]


async def all_rows(c: AsyncConnection, query: Executable, values: Values | None = None) -> list[Row]:
    """Every row of a query; ``values`` of its bind parameters where it was built beforehand, once and for all."""
    if values is not None:
        columns, found = await fetch(c, query, values)
        return [dict(zip(columns, row, strict=True)) for row in found]
    result = await c.execute(query)
    names = list(result.keys())
    return [dict(zip(names, row, strict=True)) for row in result]


async def one_row(c: AsyncConnection, query: Executable, values: Values | None = None) -> Row | None:
    """The first row of a query, if there is one."""
    if values is not None:
        found = await all_rows(c, query, values)
        return found[0] if found else None
    result = await c.execute(query)
    names = list(result.keys())
    row = result.first()
    return dict(zip(names, row, strict=True)) if row is not None else None


async def all_values(c: AsyncConnection, query: Executable, values: Values) -> list[Any]:
    """The first column of every row of a query that was built beforehand."""
    return [row[0] for row in (await fetch(c, query, values)).rows]


async def one_value(c: AsyncConnection, query: Executable, values: Values) -> Any:
    """The first column of the first row, or None."""
    found = (await fetch(c, query, values)).rows
    return found[0][0] if found else None
