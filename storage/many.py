"""Many rows in one statement whose text is always the same: PostgreSQL then parses and plans it once.

SQLAlchemy writes a list as so many parameters, and rows as so many lists: for every length another text, which asyncpg
has to prepare anew and PostgreSQL to plan. An array is one parameter, however long. SQLite has no arrays, and nothing to
plan that would cost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, ClassVar

from sqlalchemy import (
    ColumnElement,
    Insert,
    Row,
    Table,
    Update,
    bindparam,
    column,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import Boolean, TypeEngine


class among(ColumnElement[bool]):  # noqa: N801 - reads as SQL does: where(among(cases.c.id, "ids"))
    """Whether ``of`` is one of the list that the statement is given under ``name``."""

    type = Boolean()
    _traverse_internals: ClassVar[list[tuple[str, InternalTraversal]]] = [  # type: ignore[misc]
        ("listed", InternalTraversal.dp_clauseelement),
        ("arrayed", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, of: ColumnElement[Any], name: str) -> None:
        self.listed = of.in_(bindparam(name, expanding=True))
        self.arrayed = of == func.any(bindparam(name, type_=_array_of(of.type)))


@compiles(among)
def _listed(element: among, compiler: SQLCompiler, **how: Any) -> str:
    return compiler.process(element.listed, **how)


@compiles(among, "postgresql")
def _arrayed(element: among, compiler: SQLCompiler, **how: Any) -> str:
    return compiler.process(element.arrayed, **how)


async def insert_many(
    c: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]], *told: ColumnElement[Any]
) -> list[Row[Any]]:
    """Write rows that name the same columns; ``id`` and the columns ``told`` of each, in the order of ``rows``."""
    if not rows:
        return []
    names = tuple(rows[0])
    if _go_as_arrays(c, rows):
        added = await c.execute(_from_arrays(table, names, told), _columns(rows, names))
    else:
        added = await c.execute(_plain(table, told), rows)
    return sorted(added, key=lambda row: row.id)  # one writer gives growing ids, row after row


async def update_many(c: AsyncConnection, table: Table, team_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows of a team that name the same columns, each by its ``id``; they are not written in any order."""
    if not rows:
        return
    names = tuple(rows[0])
    if _go_as_arrays(c, rows):
        await c.execute(_changed_by_arrays(table, names), _columns(rows, names) | {"of_team": team_id})
    else:
        await c.execute(
            _changed(table, names), [{f"new_{n}": row[n] for n in names} | {"of_team": team_id} for row in rows]
        )


def _go_as_arrays(c: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> bool:
    """A row by itself has but one text either way, and is read faster without arrays."""
    return c.dialect.name == "postgresql" and len(rows) > 1


def _columns(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> dict[str, list[Any]]:
    return {f"new_{name}": [row[name] for row in rows] for name in names}


def _array_of(kind: TypeEngine[Any]) -> ARRAY[Any]:
    """Of one dimension: a list of JSON is a value."""
    return ARRAY(kind, dimensions=1)


@cache
def _plain(table: Table, told: tuple[ColumnElement[Any], ...]) -> Insert:
    return insert(table).returning(table.c.id, *told)


@cache
def _from_arrays(table: Table, names: tuple[str, ...], told: tuple[ColumnElement[Any], ...]) -> Insert:
    """Ids grow in the order of the array, because it is sorted before they are given."""
    given = _given(table, names)
    query = select(*(given.c[name] for name in names)).order_by(given.c.place)
    return insert(table).from_select(names, query).returning(table.c.id, *told)


@cache
def _changed_by_arrays(table: Table, names: tuple[str, ...]) -> Update:
    given = _given(table, names)
    mine = (table.c.team_id == bindparam("of_team")) & (table.c.id == given.c.id)
    return update(table).where(mine).values({name: given.c[name] for name in names if name != "id"})


@cache
def _changed(table: Table, names: tuple[str, ...]) -> Update:
    mine = (table.c.team_id == bindparam("of_team")) & (table.c.id == bindparam("new_id"))
    values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names if name != "id"}
    return update(table).where(mine).values(values)


def _given(table: Table, names: tuple[str, ...]) -> Any:
    """Arrays side by side as a table, with the place of each row."""
    arrays = [bindparam(f"new_{name}", type_=_array_of(table.c[name].type)) for name in names]
    columns = [column(name, table.c[name].type) for name in names]
    return func.unnest(*arrays).table_valued(*columns, with_ordinality="place").render_derived()
