"""From the inbox to the business: rows of a team in order, one transaction a batch, a bad row never in the way."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from followup.calls.events import Event
from followup.clock import Clock
from followup.intake import take_in
from followup.phone import mask_in_text
from followup.retention.actions import recognise
from followup.teams import store as teams
from followup.teams.book import TeamBook
from followup.teams.connection_store import heard_from
from followup.teams.desk import Desk
from followup.teams.seal import Seal
from followup.teams.shelf import Shelf
from followup.teams.turn_store import lock_team, take_turn
from providers import PROVIDERS
from providers.contract import HookRefused, Provider, RawRequest, Reading
from storage import inbox
from storage.engine import Database
from storage.rows import Row

log = logging.getLogger(__name__)

# Another process may have stored a row without being able to wake us.
POLL: Final = timedelta(seconds=0.5)
_PAUSE_AFTER_OUTAGE: Final = timedelta(seconds=1)


class Dialect(NamedTuple):
    """Who speaks on a connection, and how his words are to be read."""

    provider: Provider
    reading: Reading


@dataclass(frozen=True, slots=True)
class _ReadRow:
    """What a row says."""

    connection_id: int
    events: Sequence[Event]


def dialect_of(connection: teams.Connection, book: TeamBook, seal: Seal) -> Dialect:
    """The provider of a connection and the zone, region and options to read it with."""
    options = seal.open(connection.options)
    zone = ZoneInfo(options.get("timezone") or book.policy.timezone)
    return Dialect(PROVIDERS[connection.provider], Reading(timezone=zone, region=book.policy.region, options=options))


class InboxWorker:
    """Takes what is pending, team by team; several processes may do so at once."""

    def __init__(
        self, database: Database, clock: Clock, seal: Seal, shelf: Shelf, wake_outbox: Callable[[], None]
    ) -> None:
        self._database = database
        self._clock = clock
        self._seal = seal
        self._shelf = shelf
        self._wake_outbox = wake_outbox
        self._dialects: dict[int, tuple[int, Mapping[int, Dialect]]] = {}  # team id → (revision of the book, …)
        self._expected: set[int] = set()
        self._must_ask, self._asked_at = True, clock.now()
        self._is_idle = False
        self._something_came = asyncio.Event()
        self._is_stopping = False

    def stop(self) -> None:
        """Finish what is in hand and return from ``run``."""
        self._is_stopping = True
        self._something_came.set()

    def wake(self) -> None:
        """Rows were stored, nobody says whose: the database is asked."""
        self._must_ask, self._is_idle = True, False
        self._something_came.set()

    def expect(self, team_id: int) -> bool:
        """A row of this team was stored; whether that is begun with at once, so that nobody else need be called."""
        was_idle, self._is_idle = self._is_idle, False
        self._expected.add(team_id)
        self._something_came.set()
        return was_idle

    async def run(self) -> None:
        """Work until stopped; trouble of the database is waited out."""
        while not self._is_stopping:
            self._something_came.clear()
            try:
                await self.step()
            except Exception as error:
                if not inbox.is_outage(error):
                    log.exception("the inbox stumbled; its rows stay where they are")
                else:
                    log.warning("the inbox waits for the database: %s", mask_in_text(str(error)))
                self._must_ask = True
                await asyncio.sleep(_PAUSE_AFTER_OUTAGE.total_seconds())
                continue
            if not (self._expected or self._must_ask):
                await self._rest()

    async def _rest(self) -> None:
        self._is_idle = True
        try:
            await asyncio.wait_for(self._something_came.wait(), POLL.total_seconds())
        except TimeoutError:
            self._must_ask = True
        finally:
            self._is_idle = False

    async def step(self) -> int:
        """One round: at most one batch of every team that has rows; how many rows were done or set aside.

        Twice a second the database is asked who has: others store rows, too, and a bell may not be heard.
        """
        expected, self._expected = self._expected, set()
        if self._must_ask or not expected or self._clock.now() - self._asked_at >= POLL:
            return await self._work_for_all(await self._waiting_teams())
        done = await self._work_for_all(expected)
        self._must_ask |= not done  # another process was at work for them
        return done

    async def _work_for_all(self, team_ids: Collection[int]) -> int:
        return sum([await self._work_for(team_id) for team_id in team_ids])

    async def _waiting_teams(self) -> Collection[int]:
        self._must_ask, self._asked_at = False, self._clock.now()
        async with self._database.glance() as c:
            return await inbox.waiting_teams(c)

    async def _work_for(self, team_id: int) -> int:
        try:
            count = await self._take_batch(team_id)
        except Exception as error:
            if inbox.is_outage(error):
                raise
            count = await self._take_one_by_one(team_id)
        if count:
            self._wake_outbox()
        if count == inbox.LARGEST_BATCH:
            self._expected.add(team_id)  # there may be more of them
        return count

    async def _take_batch(self, team_id: int) -> int:
        """In one transaction, which is the team's turn as well."""
        async with self._database.write() as c:
            now = self._clock.now()
            revision, rows = await take_turn(c, team_id, now)
            if rows:
                await self._apply(Desk(c, await self._shelf.book(c, team_id, revision), now), rows)
        return len(rows)

    async def _take_one_by_one(self, team_id: int) -> int:
        """One of them spoils the transaction: each in its own, so that only the bad one is set aside."""
        async with self._database.glance() as c:
            ids = await inbox.pending(c, team_id)
        for row_id in ids:
            try:
                async with self._database.write() as c:
                    await self._take_one(c, team_id, row_id)
            except Exception as error:
                if inbox.is_outage(error):
                    raise
                async with self._database.write() as c:
                    for row in await inbox.take_one(c, team_id, row_id, self._clock.now()):
                        await _set_aside(c, row, error)
        return len(ids)

    async def _take_one(self, c: AsyncConnection, team_id: int, row_id: int) -> None:
        await lock_team(c, team_id)
        now = self._clock.now()
        if rows := await inbox.take_one(c, team_id, row_id, now):
            await self._apply(Desk(c, await self._shelf.book(c, team_id), now), rows)

    async def _apply(self, desk: Desk, rows: Sequence[Row]) -> None:
        dialects = await self._dialects_of(desk.c, desk.book)
        taken = [read for row in rows if (read := await _read(desk.c, row, dialects)) is not None]
        events = [(row.connection_id, event) for row in taken for event in row.events]
        if taken:
            await heard_from(desk.c, desk.book.id, {row.connection_id for row in taken}, desk.now)
        if events:
            await take_in(desk, events)
            await recognise(desk, self._seal, events)

    async def _dialects_of(self, c: AsyncConnection, book: TeamBook) -> Mapping[int, Dialect]:
        known = self._dialects.get(book.id)
        if known is None or known[0] != book.revision:
            found = {}
            for connection in await teams.connections_of(c, book.id):
                with suppress(Exception):  # its rows are set aside, with the reason, when they are read
                    found[connection.id] = dialect_of(connection, book, self._seal)
            known = self._dialects[book.id] = (book.revision, found)
        return known[1]


async def _read(c: AsyncConnection, row: Row, dialects: Mapping[int, Dialect]) -> _ReadRow | None:
    try:
        dialect = dialects.get(row["connection_id"])
        if dialect is None:
            raise LookupError("the options of its connection cannot be opened with this PEREZVON_SECRET_KEY")
        events = dialect.provider.parse(raw_request(row), dialect.reading)
    except Exception as error:
        await _set_aside(c, row, error)
        return None
    return _ReadRow(row["connection_id"], events)


async def _set_aside(c: AsyncConnection, row: Row, error: Exception) -> None:
    text = _told(error)
    if isinstance(error, HookRefused | LookupError):
        log.warning("inbox row %d is set aside: %s", row["id"], mask_in_text(text))
    else:
        log.error("inbox row %d is set aside", row["id"], exc_info=error)
    await inbox.set_aside(c, row["team_id"], row["id"], text)


def raw_request(row: Mapping[str, Any]) -> RawRequest:
    """A stored request as the providers read it."""
    return RawRequest(
        method=row["method"],
        path=row["path"],
        query=row["query"],
        headers=row["headers"],
        body=row["body"],
        received_at=row["received_at"],
    )


def _told(error: Exception) -> str:
    if isinstance(error, HookRefused):
        return f"{error.pointer}: {error.message}" if error.pointer else error.message
    return f"{type(error).__name__}: {error}"
