"""asyncpg beneath SQLAlchemy's connection: asked directly, in the same transaction, with the same refusals."""

from __future__ import annotations

from typing import Any, NoReturn, cast

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_connection
from sqlalchemy.ext.asyncio import AsyncConnection


def own_of(c: AsyncConnection) -> Connection:
    """SQLAlchemy's synchronous connection beneath it."""
    return cast("Connection", c.sync_connection)


async def begun(own: Connection, driver: Any) -> Any:
    """asyncpg's own connection, in the transaction that begins with the first statement, and that SQLAlchemy ends."""
    if driver._transaction is None and driver.isolation_level != "autocommit":
        if not own.in_transaction():
            own.begin()
        await driver._start_transaction()
    return driver._connection


async def refuse(c: AsyncConnection, driver: Any, error: BaseException, sql: str) -> NoReturn:
    """Raise what SQLAlchemy would have raised, and leave the connection as it would: cancelled, it is of no more use."""
    await c.run_sync(refuse_as_sqlalchemy, driver, error, sql)
    raise AssertionError from error


def refuse_as_sqlalchemy(own: Connection, driver: Any, error: BaseException, sql: str) -> NoReturn:
    """The same where SQLAlchemy itself is at work."""
    try:
        if isinstance(error, Exception) and isinstance(driver, AsyncAdapt_asyncpg_connection):
            driver._handle_exception(error)
        raise error
    except BaseException as told:
        own._handle_dbapi_exception(told, sql, None, None, None)
