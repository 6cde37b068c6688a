"""Writes that can wait for the next one: several go to PostgreSQL in one statement, in as many parts.

A part sees none of the others, so one waits only until somebody asks for the table that it writes; at the latest it is
written before COMMIT. What goes wrong with it is then told late, but in the same transaction.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Executable, Insert, SelectBase, Transaction, UpdateBase, event
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.util import await_only

from storage.columns import metadata
from storage.driver import begun, own_of, refuse, refuse_as_sqlalchemy

_PLACE: Final = re.compile(r"\$(\d+)")


class Kind(NamedTuple):
    """What a statement does.

    ``is_new_row``: it reads nothing, so it may take along what is not written yet, but of its own table, where a change may
    make room for it. ``changes_rows``: and whatever hangs on them (ON DELETE CASCADE), not only what it names.
    """

    written: str | None
    tables: frozenset[str]
    is_new_row: bool
    changes_rows: bool


class Asked(NamedTuple):
    """A statement for the driver with its parameters."""

    sql: str
    given: Sequence[Any]
    kind: Kind


_WAITING: Final[WeakKeyDictionary[Transaction, list[Asked]]] = WeakKeyDictionary()


def kind_of(statement: Executable, sql: str) -> Kind:
    """By its text: every word in it that is the name of a table."""
    written = getattr(statement.table, "name", None) if isinstance(statement, UpdateBase) else None
    tables = frozenset(re.findall(r"\w+", sql)) & metadata.tables.keys()
    is_new_row = isinstance(statement, Insert) and sql.startswith("INSERT")
    is_new_row &= getattr(statement, "select", None) is None or tables == {written}
    # Values read no table, whatever their columns are called.
    return Kind(
        written,
        frozenset({written or ""}) if is_new_row else tables,
        is_new_row,
        changes_rows=not isinstance(statement, SelectBase | Insert),
    )


async def let_wait(c: AsyncConnection, driver: Any, asked: Asked) -> None:
    """Until the end of the transaction that the connection is in, or until somebody asks for its table."""
    own = own_of(c)
    if _concerns(asked.kind, _waiting(own)):
        await write_now(c, driver)
    transaction = own.get_transaction()
    assert transaction is not None  # noqa: S101 - whoever lets it wait has looked
    _WAITING.setdefault(transaction, []).append(asked)


async def with_what_waits(c: AsyncConnection, driver: Any, asked: Asked) -> Asked:
    """What the driver is to be asked now: a new row takes along what waits, who asks about other tables leaves it."""
    waiting = _waiting(own_of(c))
    if not waiting:
        return asked
    if asked.kind.changes_rows or _concerns(asked.kind, waiting):
        await write_now(c, driver)
    elif asked.kind.is_new_row:
        parts = [*waiting, asked]
        waiting.clear()
        return _together(parts)
    return asked


async def write_now(c: AsyncConnection, driver: Any) -> None:
    """All that waits in the connection's transaction."""
    if _waiting(own_of(c)):
        try:
            await _write(own_of(c), driver)
        except BaseException as error:
            await refuse(c, driver, error, "")


def write_before_others(engine: Engine) -> None:
    """See to it that nothing waits longer than until COMMIT, a savepoint, or what SQLAlchemy itself executes."""

    def write(own: Connection, *_: Any) -> None:
        if _waiting(own):
            driver: Any = own.connection.dbapi_connection
            try:
                await_only(_write(own, driver))
            except BaseException as error:
                refuse_as_sqlalchemy(own, driver, error, "")

    for moment in ("commit", "savepoint", "before_cursor_execute"):
        event.listen(engine, moment, write)


def _waiting(own: Connection) -> list[Asked]:
    transaction = own.get_transaction()
    return _WAITING.get(transaction, []) if transaction is not None else []


def _concerns(kind: Kind, waiting: Sequence[Asked]) -> bool:
    return any(each.kind.written in kind.tables for each in waiting)


async def _write(own: Connection, driver: Any) -> None:
    waiting = _waiting(own)
    whole = _together(waiting)
    waiting.clear()
    await (await begun(own, driver)).execute(whole.sql, *whole.given)


def _together(parts: Sequence[Asked]) -> Asked:
    """One statement of all of them; it finds what the last of them finds."""
    given = [value for part in parts for value in part.given]
    return Asked(_joined(*((part.sql, len(part.given)) for part in parts)), given, parts[-1].kind)


@lru_cache(maxsize=500)
def _joined(*parts: tuple[str, int]) -> str:
    written: list[str] = []
    before = 0
    for sql, count in parts:
        written.append(_counted_from(before, sql))
        before += count
    *others, last = written
    named = ", ".join(f"part_{number} AS ({sql})" for number, sql in enumerate(others))
    return f"WITH {named} {last}" if named else last


def _counted_from(first: int, sql: str) -> str:
    return _PLACE.sub(lambda place: f"${int(place[1]) + first}", sql)
