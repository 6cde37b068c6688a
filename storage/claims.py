"""What only one process of an installation may do at a time, and who goes on when that process dies."""

from __future__ import annotations

import asyncio
import logging
import zlib
from collections.abc import Awaitable, Callable
from typing import Final

from sqlalchemy.exc import DBAPIError

from storage.engine import Database
from storage.inbox import is_outage
from storage.session import TROUBLES, Session, session

log = logging.getLogger(__name__)

# Who has lost a duty ends what he has begun within it; who gets one after him waits longer.
TO_END: Final = 1.5  # seconds
HEIR_WAITS: Final = 2.0
_ASK_EVERY: Final = 0.5
_OURS: Final = 0x5EED << 32  # the high half of our advisory locks

Work = Callable[[], Awaitable[None]]


class Duty:
    """Work of one process; the others stand by, and one of them goes on within seconds when that process dies.

    PostgreSQL keeps the lock as long as the connection lives. Who loses the connection has lost the duty: he begins
    nothing new (``finish``), ends what he has in hand, and stands by like the others. An SQLite file has one process.
    """

    def __init__(self, database: Database, what: str, work: Work, finish: Work | None = None) -> None:
        self._database = database
        self._what = what
        self._key = _OURS + zlib.crc32(what.encode())
        self._work = work
        self._finish = finish
        self._over = asyncio.Event()

    async def run(self) -> None:
        """Until the work ends by itself, or ``stop``."""
        if self._database.is_sqlite:
            await self._work()
            return
        while not self._over.is_set():
            try:
                async with session(self._database) as own:
                    await self._stand_by(own)
            except TROUBLES as error:
                await self._wait_out(error)
            except ExceptionGroup as errors:
                if errors.split(_is_of_database)[1] is not None:
                    raise
                await self._wait_out(errors)

    async def _wait_out(self, error: Exception) -> None:
        log.warning("%s: the database is away: %s", self._what, error)
        await self._is_over_within(_ASK_EVERY)

    async def stop(self) -> None:
        """Stand by no longer, finish the work."""
        self._over.set()
        if self._finish is not None:
            await self._finish()

    async def _stand_by(self, own: Session) -> None:
        while not await own.ask("SELECT pg_try_advisory_lock($1)", self._key):
            if await self._is_over_within(_ASK_EVERY):
                return
        if not self._over.is_set():
            log.info("%s: on duty", self._what)
            await self._serve(own)

    async def _serve(self, own: Session) -> None:
        async with asyncio.TaskGroup() as group:
            work = group.create_task(_as_coroutine(self._work))
            watch = group.create_task(own.watch())
            await asyncio.wait((work, watch), return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                self._over.set()
            else:
                log.warning("%s: the connection that holds the lock is lost, another process may go on", self._what)
                if self._finish is not None:
                    group.create_task(_as_coroutine(self._finish))
                    await asyncio.wait((work,), timeout=TO_END)
            work.cancel()
            watch.cancel()

    async def _is_over_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._over.wait()
        except TimeoutError:
            return False
        return True


def _is_of_database(error: BaseException) -> bool:
    """The work lost the database before the lock's own connection did; anything else of its errors is a bug."""
    return isinstance(error, DBAPIError) and is_outage(error)


async def _as_coroutine(work: Work) -> None:
    await work()
