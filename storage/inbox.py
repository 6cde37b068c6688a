"""What arrives is on disk before anyone is told "received": requests of PBXs and updates of Telegram.

Concurrent writers share one commit. The first who waits writes for all who wait, then hands the turn on, so a burst of
a thousand requests costs a handful of transactions and nobody waits for more than two of them.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any, Final

from asyncpg import InternalClientError
from sqlalchemy import Integer, bindparam, func, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import Database
from storage.prepared import run_each
from storage.rows import Row, all_rows, all_values
from storage.tables import inbox, updates
from storage.upsert import insert_or_ignore

LARGEST_BATCH: Final = 256
MOST_WAITING: Final = 4096
_LONGEST_ERROR: Final = 2000

# PostgreSQL: connection lost, out of resources, shut down by its operator, deadlock. The row is not to blame.
_OUTAGES: Final = ("08", "53", "57", "58", "40")
_SQLITE_OUTAGES: Final = ("locked", "disk", "full", "readonly", "unable to open", "busy", "closed")

# Built once: putting a statement together costs more than asking it.
_KEEP: Final = insert(inbox)
_WAITING_TEAMS: Final = (
    select(inbox.c.team_id).where(inbox.c.state == "pending").group_by(inbox.c.team_id).order_by(func.min(inbox.c.id))
)
_IS_PENDING_OF_TEAM: Final = (inbox.c.team_id == bindparam("of_team")) & (inbox.c.state == "pending")
_OLDEST: Final = (
    select(inbox.c.id).where(_IS_PENDING_OF_TEAM).order_by(inbox.c.id).limit(bindparam("most", type_=Integer))
)
_DONE: Final = (
    update(inbox)
    .where(_IS_PENDING_OF_TEAM)
    .values(state="done", done_at=bindparam("now"), error=None)
    .returning(*inbox.c)
)
OF_TEAM: Final = inbox.c.team_id
TAKE: Final = _DONE.where(inbox.c.id.in_(_OLDEST))
_TAKE_ONE: Final = _DONE.where(inbox.c.id == bindparam("of_id"))


class InboxFull(Exception):
    """More wait for the disk than it can take: the sender is asked to come again."""


class InboxRefused(Exception):
    """The database did not take it: nothing of this request is stored."""


@dataclass(slots=True, eq=False)
class _Waiter:
    """One who waits: his row, and what becomes of it (True: stored, False: he is to write for all)."""

    row: Mapping[str, Any]
    fate: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class _SharedCommit:
    """Rows of concurrent writers in as few transactions as there can be."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[_Waiter] = deque()
        self._is_writing = False

    async def append(self, row: Mapping[str, Any]) -> None:
        """Return when the row is committed; InboxFull or InboxRefused if it is not stored."""
        if len(self._waiting) >= MOST_WAITING:
            raise InboxFull
        waiter = _Waiter(row)
        self._waiting.append(waiter)
        if self._is_writing and await self._is_stored_by_another(waiter):
            return
        self._is_writing = True
        await self._write_for_all()

    async def _is_stored_by_another(self, waiter: _Waiter) -> bool:
        try:
            return await waiter.fate
        except asyncio.CancelledError:
            if waiter.fate.done() and not waiter.fate.cancelled() and waiter.fate.exception() is None:
                self._leave(waiter)
            raise

    def _leave(self, waiter: _Waiter) -> None:
        """Cancelled at the very moment the turn was handed over: somebody else must write."""
        if waiter in self._waiting:
            self._waiting.remove(waiter)
            self._hand_on()

    async def _write_for_all(self) -> None:
        batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), LARGEST_BATCH))]
        batch = [waiter for waiter in batch if not waiter.fate.cancelled()]
        try:
            async with self._database.write_one() as c:
                await self._insert(c, [waiter.row for waiter in batch])
        except BaseException as error:
            for waiter in batch:
                if not waiter.fate.done():
                    waiter.fate.set_exception(InboxRefused(str(error)))
                    waiter.fate.exception()  # its writer may be gone: nobody need hear of it twice
            if isinstance(error, Exception):
                raise InboxRefused(str(error)) from error
            raise
        else:
            for waiter in batch:
                if not waiter.fate.done():
                    waiter.fate.set_result(True)
        finally:
            self._hand_on()

    def _hand_on(self) -> None:
        while self._waiting and self._waiting[0].fate.done():
            self._waiting.popleft()
        self._is_writing = bool(self._waiting)
        if self._waiting:
            self._waiting[0].fate.set_result(False)

    async def _insert(self, c: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
        raise NotImplementedError


class InboxWriter(_SharedCommit):
    """Requests of PBXs, as they came."""

    async def _insert(self, c: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
        await run_each(c, _KEEP, rows)


class UpdateWriter(_SharedCommit):
    """Updates of Telegram; one that comes again is the one that is there."""

    async def _insert(self, c: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
        await run_each(c, insert_or_ignore(c, updates), rows)


def is_outage(error: BaseException) -> bool:
    """Whether the database is away (to be tried again), rather than a row bad (to be set aside)."""
    if isinstance(error, DBAPIError):
        code = getattr(error.orig, "sqlstate", None) or ""
        told = str(error.orig).lower()
        is_sqlite_outage = not code and any(word in told for word in _SQLITE_OUTAGES)
        # The server's last words have come, the end of the line not yet: for a moment the driver is confused.
        is_hanging_up = isinstance(getattr(error.orig, "__cause__", None), InternalClientError)
        return error.connection_invalidated or code.startswith(_OUTAGES) or is_sqlite_outage or is_hanging_up
    return isinstance(error, OSError | TimeoutError) or type(error).__module__.startswith("asyncpg")


async def waiting_teams(c: AsyncConnection) -> list[int]:
    """Teams with rows to be worked on, whose oldest came first."""
    return await all_values(c, _WAITING_TEAMS, {})


async def pending(c: AsyncConnection, team_id: int, limit: int = LARGEST_BATCH) -> list[int]:
    """Ids of the team's oldest rows to be worked on, in order of arrival."""
    return await all_values(c, _OLDEST, {"of_team": team_id, "most": limit})


async def take(c: AsyncConnection, team_id: int, now: datetime, limit: int = LARGEST_BATCH) -> list[Row]:
    """The same rows whole, done with the transaction of ``c``: for one at a time, see ``followup.teams.turn_store.take_turn``."""
    taken = await all_rows(c, TAKE, {"of_team": team_id, "most": limit, "now": now})
    return sorted(taken, key=itemgetter("id"))


async def take_one(c: AsyncConnection, team_id: int, row_id: int, now: datetime) -> list[Row]:
    """One of them, if nobody else has done it."""
    return await all_rows(c, _TAKE_ONE, {"of_team": team_id, "of_id": row_id, "now": now})


async def set_aside(c: AsyncConnection, team_id: int, row_id: int, error: str) -> None:
    """A row taken in this transaction cannot be worked on: it waits for a person and blocks nobody."""
    mine = (inbox.c.team_id == team_id) & (inbox.c.id == row_id)
    await c.execute(update(inbox).where(mine).values(state="failed", error=error.replace("\0", "")[:_LONGEST_ERROR]))


async def set_pending(c: AsyncConnection, ids: Collection[int] | None) -> list[int]:
    """Failed rows (all, or some) are to be worked on again; the ids of those that were failed."""
    failed = inbox.c.state == "failed"
    chosen = failed if ids is None else failed & inbox.c.id.in_(ids)
    statement = update(inbox).where(chosen).values(state="pending", error=None, done_at=None)
    return sorted(await c.scalars(statement.returning(inbox.c.id)))


async def counts(c: AsyncConnection) -> dict[str, int]:
    """How many rows are pending and failed."""
    query = select(inbox.c.state, func.count()).where(inbox.c.state.in_(("pending", "failed"))).group_by(inbox.c.state)
    return {"pending": 0, "failed": 0} | {row[0]: row[1] for row in await c.execute(query)}


async def listed(c: AsyncConnection, states: Collection[str], limit: int) -> list[Row]:
    """Rows in these states, oldest first."""
    return await all_rows(c, select(inbox).where(inbox.c.state.in_(states)).order_by(inbox.c.id).limit(limit))


async def with_ids(c: AsyncConnection, ids: Collection[int]) -> list[Row]:
    """What became of some rows."""
    columns = select(inbox.c.id, inbox.c.state, inbox.c.error)
    return await all_rows(c, columns.where(inbox.c.id.in_(ids)).order_by(inbox.c.id))


async def oldest_pending_at(c: AsyncConnection) -> datetime | None:
    """When the row came that has been waiting longest."""
    query = select(inbox.c.received_at).where(inbox.c.state == "pending").order_by(inbox.c.id).limit(1)
    moment: datetime | None = await c.scalar(query)
    return moment
