"""A connection of one's own, outside the pool: what PostgreSQL ties to a session (a lock, a bell) ends with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import asyncpg

from storage.engine import Database

# An internal error is how asyncpg says that it was hung up on in the middle of a question.
TROUBLES: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)
BEAT: Final = 1.0  # seconds between two signs of life
_PATIENCE: Final = 2.0  # seconds for an answer; a connection that gives none is lost
_TO_CONNECT: Final = 5.0
# A process that died is missed at once: its kernel hangs up. A machine that died does not hang up, so PostgreSQL asks.
_ASK_WHETHER_ALIVE: Final = "SET tcp_keepalives_idle = 2; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 2"
# What SQLAlchemy's dialect keeps for itself.
_NOT_FOR_ASYNCPG: Final = ("prepared_statement_cache_size", "prepared_statement_name_func", "async_fallback")


class Session:
    """One question at a time; whoever holds something by it must look at ``watch``."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._lost = asyncio.Event()
        connection.add_termination_listener(lambda _: self._lost.set())

    async def ask(self, question: str, *values: object) -> Any:
        """The first column of the first row; one of TROUBLES if the connection is lost."""
        return await self._connection.fetchval(question, *values, timeout=_PATIENCE)

    async def listen(self, channel: str, hear: Callable[[str], None]) -> None:
        """``hear`` what other sessions say; our own words we know."""
        ours = self._connection.get_server_pid()

        def told(_: Any, sender: int, __: str, said: object) -> None:
            if sender != ours:
                hear(str(said))

        await self._connection.add_listener(channel, told)

    async def watch(self) -> None:
        """Returns when the connection is lost, or does not answer any more."""
        while not self._lost.is_set():
            try:
                async with asyncio.timeout(BEAT):
                    await self._lost.wait()
            except TimeoutError:
                await self._beat()

    async def _beat(self) -> None:
        try:
            await self.ask("SELECT 1")
        except TROUBLES:
            self._lost.set()


@asynccontextmanager
async def session(database: Database) -> AsyncIterator[Session]:
    """Open while the block runs; it must be a direct connection: a pooler that lends sessions by turns breaks it."""
    _, address = database.engine.dialect.create_connect_args(database.url)
    wanted = {name: value for name, value in address.items() if name not in _NOT_FOR_ASYNCPG}
    connection = await asyncpg.connect(**wanted, timeout=_TO_CONNECT)
    try:
        await connection.execute(_ASK_WHETHER_ALIVE, timeout=_PATIENCE)
        yield Session(connection)
    finally:
        with suppress(*TROUBLES):
            await connection.close(timeout=_PATIENCE)
