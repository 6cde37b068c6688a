"""What the two databases plan differently: the same question, put to each so that it is quick to answer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CTE, Boolean, ColumnElement, Select, func, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Either(FunctionElement[bool]):
    """One condition, said in two ways: SQLite's and PostgreSQL's."""

    inherit_cache = True
    type = Boolean()
    name = "either"


def either(sqlite: ColumnElement[bool], postgres: ColumnElement[bool]) -> ColumnElement[bool]:
    """Two ways to say one thing: each database is asked the one that it answers sooner."""
    return _Either(sqlite, postgres)


def for_postgres(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """True anyway: said where PostgreSQL would read more than it need, kept from SQLite, which would look by it."""
    return either(true(), condition)


def found_in(column: ColumnElement[int], query: Select[Any]) -> ColumnElement[bool]:
    """PostgreSQL looks an array up in one walk along the index; of a subquery it looks up one value after the other."""
    return column == func.any(func.array(query.scalar_subquery()))


def materialized(query: Select[Any]) -> CTE:
    """PostgreSQL finds this first; left to itself it goes through all calls of all time to join a few of them."""
    return query.cte().prefix_with("MATERIALIZED", dialect="postgresql")


@compiles(_Either, "sqlite")
def _either_in_sqlite(element: _Either, compiler: SQLCompiler, **kw: Any) -> str:
    said, _ = element.clauses
    return str(compiler.process(said, **kw))


@compiles(_Either, "postgresql")
def _either_in_postgres(element: _Either, compiler: SQLCompiler, **kw: Any) -> str:
    _, said = element.clauses
    return str(compiler.process(said, **kw))
