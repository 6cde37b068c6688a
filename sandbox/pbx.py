"""A simulated PBX: it lives through planned calls and posts them to the bot's hook as a real exchange would."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from random import Random
from typing import Protocol

from sandbox.days.plan import OLGA, SALES, WIDGET, Planned, Reason
from sandbox.days.wire import Step, steps

Poster = Callable[[bytes, dict[str, str]], Awaitable[int]]


class Clock(Protocol):
    """The virtual time of the sandbox: a call takes its time, so playing it may move the clock."""

    def now(self) -> datetime: ...
    def forward(self, span: timedelta) -> object: ...


class SimulatedPbx:
    """Keeps the posts that are still to be sent, in order of their moment, and sends them when time has come."""

    def __init__(self, clock: Clock, post: Poster, *, secret: str | None = None, seed: int = 1) -> None:
        self._clock, self._post, self._secret, self._seed = clock, post, secret, seed
        self._waiting: list[tuple[Step, str]] = []
        self._posted: dict[str, int] = {}
        self._made = 0
        self.refused: list[tuple[str, int]] = []

    def plan(self, calls: Iterable[Planned]) -> None:
        """Puts calls into the day; nothing is sent yet."""
        self._waiting += [(step, call.id) for call in calls for step in self._delivery(call)]
        self._waiting.sort(key=lambda entry: entry[0].due_at)

    def state(self, call_id: str) -> str:
        """``waiting``, ``ringing`` while only a part of a call's posts has gone out, ``done``."""
        if call_id not in self._posted:
            return "waiting"
        return "ringing" if any(key == call_id for _, key in self._waiting) else "done"

    async def play(self, until: datetime) -> int:
        """Sends everything due by that moment and returns how many posts were taken; a refusal for now stops it."""
        sent = 0
        while self._waiting and self._waiting[0][0].due_at <= until:
            step, call_id = self._waiting[0]
            if not await self._send(step, call_id):
                break
            self._waiting.remove((step, call_id))
            sent += 1
        return sent

    async def missed(self, client: str | None, line: str = SALES, *, why: Reason = "not_answered") -> Planned:
        """An incoming call that nobody answers, from now on."""
        return await self.live(self._planned(kind="missed", client=client, line=line, why=why))

    async def hidden_missed(self, line: str = SALES) -> Planned:
        """A missed call without a number."""
        return await self.missed(None, line)

    async def answered(self, client: str, line: str = SALES, *, extension: str = OLGA) -> Planned:
        """An incoming call that a manager answers."""
        return await self.live(self._planned(kind="answered", client=client, line=line, extension=extension))

    async def outbound(
        self, client: str, extension: str = OLGA, *, reached: bool = True, order_id: str | None = None
    ) -> Planned:
        """A manager dials the client."""
        fields = {"client": client, "extension": extension, "reached": reached, "order_id": order_id}
        return await self.live(self._planned(kind="outbound", **fields))

    async def order(self, client: str, widget: str = WIDGET, *, topic: str = "Price") -> Planned:
        """A client orders a callback on the site."""
        return await self.live(self._planned(kind="order", client=client, line=widget, detail=topic))

    async def live(self, call: Planned) -> Planned:
        """Plays one call now, past whatever of the planned day is still waiting."""
        entries = [(step, call.id) for step in self._delivery(call)]
        while entries and await self._send(*entries[0]):
            entries.pop(0)
        # What the bot could not take now is tried again with the rest of the day.
        self._waiting = entries + self._waiting
        return call

    def _planned(self, **fields: object) -> Planned:
        self._made += 1
        now = self._clock.now()
        key = f"x-{int(now.timestamp())}-{self._made}"
        if fields["kind"] == "order":
            fields["order_id"] = f"w-{key}"
        return Planned(id=key, started_at=now, title="", **fields)  # type: ignore[arg-type]

    def _delivery(self, call: Planned) -> list[Step]:
        """Real exchanges repeat posts and swap them; which calls suffer is the seed's choice, so a day repeats exactly."""
        plain = steps(call)
        chance = Random(f"{self._seed}:{call.id}").random()
        if chance < 0.15:
            return [step for step in plain for _ in range(2)]
        if chance < 0.3 and len(plain) > 1:
            late = Step(plain[-1].due_at, plain[-2].fields)
            return [*plain[:-2], plain[-1], late]
        return plain

    async def _send(self, step: Step, call_id: str) -> bool:
        self._wait_for(step.due_at)
        body = json.dumps(step.fields, ensure_ascii=False).encode()
        status = await self._post(body, self._headers(body))
        if status == 429 or status >= 500:
            return False
        self._posted[call_id] = self._posted.get(call_id, 0) + 1
        if status >= 400:
            self.refused.append((call_id, status))
        return True

    def _wait_for(self, moment: datetime) -> None:
        behind = moment - self._clock.now()
        if behind > timedelta(0):
            self._clock.forward(behind)

    def _headers(self, body: bytes) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        if self._secret:
            stamp = str(int(self._clock.now().timestamp()))
            digest = hmac.new(self._secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
            headers["X-Perezvon-Signature"] = f"t={stamp},v1={digest}"
        return headers
