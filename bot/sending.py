"""`perezvon digest send`: the digest now, by the `serve` that runs, or through the same door where none does."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from random import Random

from bot.cli_frame import find_team, open_room
from bot.settings import Settings
from bot.telegram import make_bot
from followup.clock import Clock
from followup.digests.actions import take_digest
from followup.digests.figures import today
from followup.digests.store import follow_ups
from followup.notices import queue_store
from followup.notices import store as notices
from followup.notices.queue_store import Item
from followup.teams.desk import Desk
from followup.teams.shelf import Shelf
from messenger.correspondence import StoredContent
from messenger.delivery import Delivery
from messenger.gateway import Gateway
from messenger.limits import History, Limits
from messenger.plan import Traffic
from messenger.recording import Recorder
from storage.engine import Database

_CLAIM = timedelta(seconds=60)
_TRIES = 5
_PATIENCE = 2.0  # seconds within which a running `serve` takes what it is given: it looks every second
_LOOK_EVERY = 0.1


async def send_digest(settings: Settings, team: str, day: date | None, force: bool) -> dict[str, object]:
    """The digest of a team's local day, now; ``force`` sends one that was sent before."""
    async with open_room(settings) as room:
        async with room.database.read() as c:
            team_id = await find_team(c, team)
        bot = make_bot(settings.token, settings.telegram_api_url)
        try:
            return await Courier(room.database, room.clock, Gateway(bot)).send_digest(team_id, day, again=force)
        finally:
            await bot.session.close()


class Courier:
    """Has chosen letters sent at once: a running `serve` knows what it has sent to whom, and so keeps Telegram's limits.

    Where nobody takes a letter in hand within ``patience`` seconds, no `serve` runs, and the courier goes himself.
    """

    def __init__(self, database: Database, clock: Clock, gateway: Gateway, *, patience: float = _PATIENCE) -> None:
        self._patience = patience
        self._database = database
        self._clock = clock
        self._shelf = Shelf()
        self._content = StoredContent(database, clock, self._shelf, gateway)
        traffic = Traffic(History(Limits()))
        self._delivery = Delivery(clock, gateway, self._content, traffic, Random())  # noqa: S311 - spreads retries

    async def send_digest(self, team_id: int, day: date | None, *, again: bool) -> dict[str, object]:
        """Take the key (chat, local date) and send; ``{"sent", "reason"}``."""
        async with self._database.write() as c:
            desk = Desk(c, await self._shelf.book(c, team_id), self._clock.now())
            chats = await notices.chats_of(c, team_id, "team")
            chosen = day or today(desk)
            written = [await take_digest(desk, chat, chosen, again=again) for chat in chats]
        letters = [letter for letter in written if letter is not None]
        if not chats:
            return {"sent": False, "reason": "the team has no chat"}
        if not letters:
            return {"sent": False, "reason": f"the digest of {chosen.isoformat()} was sent before"}
        troubles = [trouble for letter in letters if (trouble := await self._send_whole(team_id, letter))]
        return {"sent": not troubles, "reason": "; ".join(troubles)}

    async def _send_whole(self, team_id: int, letter_id: int) -> str | None:
        """The text, then what follows from it: its picture, what did not fit."""
        trouble = await self._send(team_id, letter_id)
        if trouble is None:
            async with self._database.read() as c:
                rest = await follow_ups(c, team_id, letter_id)
            for follow_up in rest:
                await self._send(team_id, follow_up)
        return trouble

    async def _send(self, team_id: int, letter_id: int) -> str | None:
        """None once it stands in the chat; else why not. What is only late stays in the outbox of `serve`."""
        reason = "Telegram did not answer; it is sent later"
        await self._given_to_serve(team_id, letter_id)
        for attempt in range(_TRIES):
            await self._try(team_id, letter_id)
            async with self._database.read() as c:
                row = await notices.letter_by_id(c, team_id, letter_id)
            if row is None or row["state"] == "sent":
                return None
            if row["state"] != "pending":
                return row["error"] or str(row["state"])
            reason = row["error"] or reason
            await asyncio.sleep(0.2 * 2**attempt)
        return reason

    async def _given_to_serve(self, team_id: int, letter_id: int) -> None:
        """Returns when a running `serve` is done with it, or nobody has begun."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._patience
        while loop.time() < until:
            async with self._database.read() as c:
                row = await notices.letter_by_id(c, team_id, letter_id)
            if row is None or row["state"] != "pending":
                return
            if row["claimed_until"] is not None:
                until = loop.time() + self._patience
            await asyncio.sleep(_LOOK_EVERY)
        self._patience = 0.0  # nobody is there

    async def _try(self, team_id: int, letter_id: int) -> None:
        item, now = Item("letter", team_id, letter_id), self._clock.now()
        async with self._database.write() as c:
            row = await queue_store.claim(c, item, now, now + _CLAIM)
        if row is not None:
            recorder = Recorder(self._content, item, row)
            await self._delivery.deliver(self._database, recorder, row["telegram_id"])
