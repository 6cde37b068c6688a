"""Statements built beforehand, asked without the work that SQLAlchemy does anew for each execution.

SQLAlchemy writes the text once and says how values go in and come out; then the driver is asked directly, on the same
connection and in the same transaction. What goes wrong is told as SQLAlchemy tells it. Long queries of SQLite run on plain
connections (``Database.read``), and lists that are not ``among`` need another text for every length: these SQLAlchemy executes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect, Executable
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_connection
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from storage.driver import begun, own_of, refuse
from storage.later import Asked, kind_of, let_wait, with_what_waits, write_now
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
        self._kind = kind_of(statement, self.sql)
        self.is_fixed = values.keys().isdisjoint(written.parameter_expansion)
        self._parameters: list[tuple[str | None, Any]] = [
            (name, turns.get(name)) if name in values else (None, _turned(turns.get(name), written.parameters[name]))
            for name in written.positiontup
        ]
        self.columns: list[str] = [column.keyname for column in compiled._result_columns]
        turns_back = [_turn_back(column.type, dialect) for column in compiled._result_columns]
        self._read = [(place, turn) for place, turn in enumerate(turns_back) if turn is not None]

    def asked(self, values: Values) -> Asked:
        """What to ask the driver."""
        return Asked(self.sql, self._given(values), self._kind)

    def _given(self, values: Values) -> list[Any]:
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
    one = await with_what_waits(c, driver, prepared.asked(values))
    try:
        if isinstance(driver, NearConnection):
            rows: Sequence[Any] = driver.ask(one.sql, one.given).fetchall()
        else:
            rows = await (await begun(own_of(c), driver)).fetch(one.sql, *one.given)
    except BaseException as error:
        await refuse(c, driver, error, one.sql)
    return Found(prepared.columns, prepared.found(rows))


async def run(c: AsyncConnection, statement: Executable, values: Values) -> int:
    """Execute a statement that was built beforehand and tells nothing back; how many rows it has changed."""
    asked = _asked(c, statement, values)
    if asked is None:
        return (await c.execute(statement, values)).rowcount
    driver, prepared = asked
    one = await with_what_waits(c, driver, prepared.asked(values))
    try:
        if isinstance(driver, NearConnection):
            return driver.ask(one.sql, one.given).rowcount
        told = await (await begun(own_of(c), driver)).execute(one.sql, *one.given)
    except BaseException as error:
        await refuse(c, driver, error, one.sql)
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
    given = [prepared.asked(values).given for values in rows]
    await write_now(c, driver)
    try:
        if isinstance(driver, NearConnection):
            driver.ask_each(prepared.sql, given)
        else:
            await (await begun(own_of(c), driver)).executemany(prepared.sql, given)
    except BaseException as error:
        await refuse(c, driver, error, prepared.sql)


async def run_later(c: AsyncConnection, statement: Executable, values: Values) -> None:
    """Execute such a statement by the end of the transaction, and before anybody asks for the table that it writes."""
    asked = _asked(c, statement, values)
    if asked is not None and _may_wait(own_of(c), asked[0]):
        driver, prepared = asked
        await let_wait(c, driver, prepared.asked(values))
    else:
        await run(c, statement, values)


def _may_wait(own: Connection, driver: Any) -> bool:
    is_far = isinstance(driver, AsyncAdapt_asyncpg_connection) and driver.isolation_level != "autocommit"
    return is_far and own.in_transaction() and not own.in_nested_transaction()


# Of each statement what was made of it, by dialect and the names of the values it was given.
_PREPARED: Final[WeakKeyDictionary[Executable, dict[tuple[str, ...], Prepared]]] = WeakKeyDictionary()


def _asked(c: AsyncConnection, statement: Executable, values: Values) -> tuple[Any, Prepared] | None:
    """The driver's connection and what to ask it; None where SQLAlchemy has to."""
    own = own_of(c)
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
