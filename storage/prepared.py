"""Statements built beforehand, asked without the work that SQLAlchemy does anew for each execution.

SQLAlchemy writes the text once and says how values go in and come out; then the driver is asked directly, on the same
connection and in the same transaction. What goes wrong is told as SQLAlchemy tells it. Long queries of SQLite run on plain
connections (``Database.read``), and lists that are not ``among`` need another text for every length: these SQLAlchemy executes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, NoReturn, TypeAlias, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect, Executable
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_connection
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from storage.near import NearConnection

Values: TypeAlias = Mapping[str, Any]
_Turn: TypeAlias = Callable[[Any], Any]  # a value of ours as the driver takes it, or the other way


class Prepared:
    """The text of one statement in one dialect, what stands at its parameters, and how its columns are read."""

    def __init__(self, statement: Executable, dialect: Dialect, values: Values) -> None:
        compiled = cast("Any", statement).compile(dialect=dialect, column_keys=list(values))
        defaults = {column.key: column.default.arg for column in compiled.insert_prefetch}
        written = compiled.construct_expanded_state({**defaults, **values})
        turns = {**compiled._bind_processors, **written.processors}
        self.sql: str = written.statement
        self.is_fixed = values.keys().isdisjoint(written.parameter_expansion)
        self._parameters: list[tuple[str | None, Any]] = [
            (name, turns.get(name)) if name in values else (None, _turned(turns.get(name), written.parameters[name]))
            for name in written.positiontup
        ]
        self.columns: list[str] = [column.keyname for column in compiled._result_columns]
        turns_back = [_turn_back(column.type, dialect) for column in compiled._result_columns]
        self._read = [(place, turn) for place, turn in enumerate(turns_back) if turn is not None]

    def given(self, values: Values) -> list[Any]:
        """The parameters as the driver takes them."""
        return [
            known if name is None else values[name] if known is None else known(values[name])
            for name, known in self._parameters
        ]

    def found(self, rows: Sequence[Any]) -> list[list[Any]]:
        """Rows of the driver as ours."""
        ours = [list(row) for row in rows]
        for place, turn in self._read:
            for row in ours:
                row[place] = turn(row[place])
        return ours


class Found(NamedTuple):
    """What a query has found."""

    columns: Sequence[str]
    rows: Sequence[Any]  # of as many values each


async def fetch(c: AsyncConnection, query: Executable, values: Values) -> Found:
    """The rows of a query that was built beforehand."""
    asked = _asked(c, query, values)
    if asked is None:
        result = await c.execute(query, values)
        return Found(list(result.keys()), cast("Sequence[Any]", result.all()))
    driver, prepared = asked
    given = prepared.given(values)
    try:
        if isinstance(driver, NearConnection):
            rows: Sequence[Any] = driver.ask(prepared.sql, given).fetchall()
        else:
            rows = await (await _begun(c, driver)).fetch(prepared.sql, *given)
    except BaseException as error:
        await _refuse(c, driver, error, prepared.sql)
    return Found(prepared.columns, prepared.found(rows))


async def run(c: AsyncConnection, statement: Executable, values: Values) -> int:
    """Execute a statement that was built beforehand and tells nothing back; how many rows it has changed."""
    asked = _asked(c, statement, values)
    if asked is None:
        return (await c.execute(statement, values)).rowcount
    driver, prepared = asked
    given = prepared.given(values)
    try:
        if isinstance(driver, NearConnection):
            return driver.ask(prepared.sql, given).rowcount
        told = await (await _begun(c, driver)).execute(prepared.sql, *given)
    except BaseException as error:
        await _refuse(c, driver, error, prepared.sql)
    return int(told.rpartition(" ")[2])  # "UPDATE 3"


async def run_each(c: AsyncConnection, statement: Executable, rows: Sequence[Values]) -> None:
    """Execute such a statement once for each of the rows, which all name the same values."""
    if not rows:
        return
    asked = _asked(c, statement, rows[0])
    if asked is None:
        await c.execute(statement, rows)
        return
    driver, prepared = asked
    given = [prepared.given(values) for values in rows]
    try:
        if isinstance(driver, NearConnection):
            driver.ask_each(prepared.sql, given)
        else:
            await (await _begun(c, driver)).executemany(prepared.sql, given)
    except BaseException as error:
        await _refuse(c, driver, error, prepared.sql)


# Of each statement what was made of it, by dialect and the names of the values it was given.
_PREPARED: Final[WeakKeyDictionary[Executable, dict[tuple[str, ...], Prepared]]] = WeakKeyDictionary()


def _asked(c: AsyncConnection, statement: Executable, values: Values) -> tuple[Any, Prepared] | None:
    """The driver's connection and what to ask it; None where SQLAlchemy has to."""
    own = cast("Connection", c.sync_connection)
    driver: Any = own.connection.dbapi_connection
    if not isinstance(driver, NearConnection | AsyncAdapt_asyncpg_connection):
        return None
    known = _PREPARED.setdefault(statement, {})
    which = (own.dialect.name, *values)
    prepared = known.get(which)
    if prepared is None:
        prepared = known[which] = Prepared(statement, own.dialect, values)
    return (driver, prepared) if prepared.is_fixed else None


def _turn_back(kind: TypeEngine[Any], dialect: Dialect) -> _Turn | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _turned(turn: _Turn | None, value: Any) -> Any:
    return value if turn is None else turn(value)


async def _begun(c: AsyncConnection, driver: Any) -> Any:
    """asyncpg's own connection, in the transaction that begins with the first statement, and that SQLAlchemy ends."""
    if driver._transaction is None and driver.isolation_level != "autocommit":
        own = cast("Connection", c.sync_connection)
        if not own.in_transaction():
            own.begin()
        await driver._start_transaction()
    return driver._connection


async def _refuse(c: AsyncConnection, driver: Any, error: BaseException, sql: str) -> NoReturn:
    """Raise what SQLAlchemy would have raised, and leave the connection as it would: cancelled, it is of no more use."""

    def handle(own: Connection) -> NoReturn:
        try:
            if isinstance(error, Exception) and isinstance(driver, AsyncAdapt_asyncpg_connection):
                driver._handle_exception(error)
            raise error
        except BaseException as told:
            own._handle_dbapi_exception(told, sql, None, None, None)

    await c.run_sync(handle)
    raise AssertionError from error
