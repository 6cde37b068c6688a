"""Many rows in one statement whose text is always the same: PostgreSQL then parses and plans it once.

SQLAlchemy writes a list as so many parameters, and rows as so many lists: for every length another text, which asyncpg
has to prepare anew and PostgreSQL to plan. An array is one parameter, however long. SQLite has no arrays: there a list is
one JSON, and rows are written one after another by a statement that is prepared (``storage/prepared.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, ClassVar

from sqlalchemy import (
    ColumnElement,
    Dialect,
    Insert,
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
from sqlalchemy.types import Boolean, String, TypeDecorator, TypeEngine

from storage.documents import JSON_BY
from storage.prepared import fetch, run_each, run_later


class _Listed(TypeDecorator[list[Any]]):
    """A list as SQLite reads one: JSON."""

    impl = String
    cache_ok = True

    def __init__(self, of: TypeEngine[Any]) -> None:
        super().__init__()
        self.of = of

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Each as its column keeps it."""
        turn = self.of.dialect_impl(dialect).bind_processor(dialect)
        return JSON_BY["json_serializer"]([turn(one) for one in value] if turn else list(value))


class among(ColumnElement[bool]):  # noqa: N801 - reads as SQL does: where(among(cases.c.id, "ids"))
    """Whether ``of`` is one of the list that the statement is given under ``name``."""

    type = Boolean()
    _traverse_internals: ClassVar[list[tuple[str, InternalTraversal]]] = [  # type: ignore[misc]
        ("listed", InternalTraversal.dp_clauseelement),
        ("arrayed", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, of: ColumnElement[Any], name: str) -> None:
        self.listed = of.in_(
            select(func.json_each(bindparam(name, type_=_Listed(of.type))).table_valued("value").c.value)
        )
        self.arrayed = of == func.any(bindparam(name, type_=_array_of(of.type)))

    def self_group(self, against: Any = None) -> among:
        """As it is: SQLAlchemy would write ``(… IN …) = 1`` on SQLite, for which no index can be used."""
        return self


@compiles(among)
def _listed(element: among, compiler: SQLCompiler, **how: Any) -> str:
    return compiler.process(element.listed, **how)


@compiles(among, "postgresql")
def _arrayed(element: among, compiler: SQLCompiler, **how: Any) -> str:
    return compiler.process(element.arrayed, **how)


class checked(ColumnElement[Any]):  # noqa: N801 - checked(cases.c.team_id) == …
    """A column that rows are not searched by but only checked for: they are found by a list.

    SQLite, which counts its rows only when told to, thinks that a team has ten of them, and would read them all.
    """

    _traverse_internals: ClassVar[list[tuple[str, InternalTraversal]]] = [  # type: ignore[misc]
        ("of", InternalTraversal.dp_clauseelement),
    ]

    def __init__(self, of: ColumnElement[Any]) -> None:
        self.of = of
        self.type = of.type


@compiles(checked)
def _searched(element: checked, compiler: SQLCompiler, **how: Any) -> str:
    return compiler.process(element.of, **how)


@compiles(checked, "sqlite")
def _checked(element: checked, compiler: SQLCompiler, **how: Any) -> str:
    return f"+{compiler.process(element.of, **how)}"


async def insert_many(
    c: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]], *told: ColumnElement[Any]
) -> list[Sequence[Any]]:
    """Write rows that name the same columns; (id, *told) of each, in the order of ``rows``."""
    if _go_as_arrays(c, rows):
        names = tuple(rows[0])
        added = await fetch(c, _from_arrays(table, names, told), _columns(rows, names))
        return sorted(added.rows, key=itemgetter(0))  # one writer gives growing ids, row after row
    plain = _plain(table, told)
    return [(await fetch(c, plain, row)).rows[0] for row in rows]


async def update_many(c: AsyncConnection, table: Table, team_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows of a team that name the same columns, each by its ``id``; not in any order, and not at once."""
    if _go_as_arrays(c, rows):
        names = tuple(rows[0])
        await run_later(c, _changed_by_arrays(table, names), _columns(rows, names) | {"of_team": team_id})
    else:
        await _update_each(c, table, team_id, rows)


async def update_versions(c: AsyncConnection, table: Table, team_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """The same one after the other, in this order, each with its ``version`` raised."""
    await _update_each(c, table, team_id, rows, has_version=True)


async def _update_each(
    c: AsyncConnection, table: Table, team_id: int, rows: Sequence[Mapping[str, Any]], *, has_version: bool = False
) -> None:
    if rows:
        statement = _changed(table, tuple(rows[0]), has_version=has_version)
        new = [{f"new_{name}": value for name, value in row.items()} | {"of_team": team_id} for row in rows]
        await (run_later(c, statement, new[0]) if len(new) == 1 else run_each(c, statement, new))


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
def _changed(table: Table, names: tuple[str, ...], *, has_version: bool) -> Update:
    mine = (table.c.team_id == bindparam("of_team")) & (table.c.id == bindparam("new_id"))
    values: dict[str, Any] = {
        name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names if name != "id"
    }
    if has_version:
        values["version"] = table.c.version + 1
    return update(table).where(mine).values(values)


def _given(table: Table, names: tuple[str, ...]) -> Any:
    """Arrays side by side as a table, with the place of each row."""
    arrays = [bindparam(f"new_{name}", type_=_array_of(table.c[name].type)) for name in names]
    columns = [column(name, table.c[name].type) for name in names]
    return func.unnest(*arrays).table_valued(*columns, with_ordinality="place").render_derived()
