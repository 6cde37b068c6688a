"""What other programs are to be told leaves for them: in order, at least once, however long they are away."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.clock import Clock
from followup.errors import FollowupError
from followup.teams import store as teams
from followup.teams.seal import Seal
from followup.teams.shelf import Shelf
from followup.webhooks import store
from followup.webhooks.actions import lose_webhook
from followup.webhooks.rules import back_off, is_hopeless, patience, silence
from jobs.office import Office
from messenger.render import render_plain
from providers.crm import client
from providers.crm.contract import CrmClient, OutgoingEvent
from providers.crm.network import Answer, Network, Unheard
from storage.engine import Database
from storage.inbox import is_outage
from storage.rows import Row

log = structlog.get_logger()

KEEP_DELIVERIES: Final = timedelta(days=30)
_CLAIM: Final = timedelta(seconds=60)  # after it a delivery whose sender died is sent again
_LOOK_EVERY: Final = 1.0  # seconds; what is to be told is written by every process
_AT_ONCE: Final = 64
_AT_ONCE_EACH: Final = 4  # a receiver that hangs holds up nobody else
_QUOTED: Final = 300

Fate = Literal["sent", "skipped", "retry", "dead", "gone"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one try; ``wait`` is what the receiver asked for."""

    fate: Fate
    error: str | None = None
    wait: timedelta = timedelta(0)


class EventSender:
    """Sends what waits; several processes may do so at once. ``run()`` until ``stop()``."""

    def __init__(self, database: Database, clock: Clock, seal: Seal, shelf: Shelf, network: Network) -> None:
        self._database = database
        self._clock = clock
        self._seal = seal
        self._shelf = shelf
        self._network = network
        self._in_flight: Counter[int] = Counter()
        self._bell = asyncio.Event()
        self._is_stopping = False

    def wake(self) -> None:
        """Something was written: look at once."""
        self._bell.set()

    async def run(self) -> None:
        """Send until stopped; what is on its way by then is waited for and recorded."""
        try:
            async with asyncio.TaskGroup() as group:
                while not self._is_stopping:
                    self._bell.clear()
                    await self._try_round(group)
                    await self._nap()
        finally:
            await self._network.close()

    def stop(self) -> None:
        """Begin nothing new; ``run`` returns when what is on its way is recorded."""
        self._is_stopping = True
        self._bell.set()

    async def step(self) -> int:
        """One round: what may leave now leaves; returns, when all of it is recorded, how many were tried."""
        async with asyncio.TaskGroup() as group:
            return await self._round(group)

    async def _try_round(self, group: asyncio.TaskGroup) -> None:
        try:
            await self._round(group)
        except Exception as error:
            if not is_outage(error):
                log.exception("webhooks: this round failed, the next one comes")

    async def _nap(self) -> None:
        if self._is_stopping:
            return
        try:
            async with asyncio.timeout(_LOOK_EVERY):
                await self._bell.wait()
        except TimeoutError:
            pass

    async def _round(self, group: asyncio.TaskGroup) -> int:
        now = self._clock.now()
        async with self._database.glance() as c:
            chosen = await self._choose(c, now)
        claimed = await self._claim(chosen, now) if chosen else []
        for row in claimed:
            self._in_flight[row["webhook_id"]] += 1
            group.create_task(self._deliver(row))
        return len(claimed)

    async def _choose(self, c: AsyncConnection, now: datetime) -> list[tuple[int, int]]:
        """(team, delivery) of what may leave: a few of each receiver, of the least busy ones first."""
        ready = sorted(await store.ready_webhooks(c, now), key=lambda webhook: self._in_flight[webhook[1]])
        chosen: list[tuple[int, int]] = []
        for webhook in ready:
            room = min(_AT_ONCE_EACH - self._in_flight[webhook[1]], _AT_ONCE - self._in_flight.total() - len(chosen))
            if room > 0:
                chosen += [(webhook[0], each) for each in await store.next_deliveries(c, webhook, now, room)]
        return chosen

    async def _claim(self, chosen: list[tuple[int, int]], now: datetime) -> list[Row]:
        """One transaction for all: what somebody else has taken, or what waits no more, is left out."""
        claimed: list[Row] = []
        async with self._database.write() as c:
            for team_id, delivery_id in chosen:
                row = await store.claim(c, team_id, delivery_id, now, now + _CLAIM)
                if row is not None:
                    book = await self._shelf.book(c, team_id)
                    claimed.append(row | {"language": book.policy.language})
        return claimed

    async def _deliver(self, row: Row) -> None:
        """Send and record; nothing is raised, a delivery that went wrong comes again."""
        try:
            outcome = await self._attempt(row)
            async with self._database.write() as c:
                await _record(c, row, outcome, self._clock.now())
        except Exception:
            log.exception("webhooks: a delivery was not recorded and comes again", delivery=row["id"])
        finally:
            self._in_flight[row["webhook_id"]] -= 1
            self._bell.set()

    async def _attempt(self, row: Row) -> Outcome:
        now = self._clock.now()
        try:
            receiver = client(row["kind"], self._seal.open(row["options"]))
            request = receiver.request(_event(row, receiver, now))
        except FollowupError as refusal:
            return Outcome("retry", str(refusal))
        except Exception as bug:
            log.exception("webhooks: no request can be made of an event", delivery=row["id"])
            return Outcome("retry", f"{type(bug).__name__}: {bug}")
        if request is None:
            return Outcome("skipped", "it names no client")
        answer = await self._network.send(request)
        return _understood(receiver, answer, self._clock.now())


def _event(row: Mapping[str, Any], receiver: CrmClient, now: datetime) -> OutgoingEvent:
    title, text = _words(row) if receiver.wants_words else ("", "")
    return OutgoingEvent(
        id=row["event_id"],
        kind=row["event"],
        at=row["created_at"],
        sent_at=now,
        team=row["team"],
        payload=row["payload"],
        title=title,
        text=text,
    )


def _words(row: Mapping[str, Any]) -> tuple[str, str]:
    """Title and text of a lead, in the team's language."""
    about = row["event"].partition(".")[0]
    named = dict.fromkeys(("client", "name", "lines", "reason", "missed", "topic", "text")) | row["payload"]
    text = render_plain("letters/lead.j2", row["language"], about=about, told=named)
    return text.partition("\n")[0], text


def _understood(receiver: CrmClient, answer: Answer | Unheard, now: datetime) -> Outcome:
    if isinstance(answer, Unheard):
        return Outcome("dead" if answer.is_final else "retry", answer.reason)
    fate: Fate = "gone" if answer.status == 410 else receiver.understood(answer.status, answer.body)
    if fate == "sent":
        return Outcome("sent")
    said = " ".join(answer.body[:_QUOTED].decode(errors="replace").replace("\0", "").split())
    error = f"{answer.status} {said}".strip()
    return Outcome(fate, error, patience(answer.retry_after, now))


async def _record(c: AsyncConnection, row: Row, outcome: Outcome, now: datetime) -> None:
    """What came of a try; nothing if another process has taken the delivery over meanwhile."""
    tries, team_id, webhook_id = row["tries"] + 1, row["team_id"], row["webhook_id"]
    is_over = outcome.fate == "retry" and is_hopeless(tries, row["give_up_at"], now)
    if outcome.fate == "retry":
        wait = max(outcome.wait, silence(row["failures"] + 1))
        await store.pause(c, team_id, webhook_id, now + wait)
    if outcome.fate == "retry" and not is_over:
        later = now + max(outcome.wait, back_off(tries, row["event_id"]))
        await store.release(c, row, not_before=later, tries=tries, error=outcome.error)
        return
    state = outcome.fate if outcome.fate in ("sent", "skipped") else "dead"
    sent_at = now if state == "sent" else None
    await store.release(c, row, state=state, tries=tries, error=outcome.error, sent_at=sent_at)
    if state == "sent" and row["failures"]:
        await store.heard(c, team_id, webhook_id)
    if state == "dead":
        log.warning("webhooks: a delivery was given up", delivery=row["id"], webhook=webhook_id, error=outcome.error)
    if outcome.fate == "gone":
        await lose_webhook(c, team_id, webhook_id, now, outcome.error or "")


async def forget_deliveries(office: Office) -> None:
    """What was told long ago is not kept: it names clients."""
    async with office.database.read() as c:
        team_ids = await teams.team_ids(c)
    for team_id in team_ids:
        async with office.database.write() as c:
            await store.forget_deliveries(c, team_id, office.clock.now() - KEEP_DELIVERIES)
