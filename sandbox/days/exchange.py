"""The phone exchange of the sandbox page: the planted day, buttons that play it, and its truth beside the bot's numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Any

from aiohttp import web

from sandbox.days.count import LABELS, count
from sandbox.days.plan import OLGA, SALES, SERVICE, TARAS, Planned
from sandbox.days.wire import ends_at
from sandbox.pbx import Clock, SimulatedPbx

BotNumbers = Callable[[], Awaitable[Mapping[str, int | None]]]

# A night call needs the virtual night: the clock moves to this hour first.
NIGHT_HOUR = 22


class PhoneExchange:
    """Plays the planted day and single scenes on a simulated PBX, one at a time, and tells how the day stands."""

    def __init__(self, pbx: SimulatedPbx, clock: Clock, day: Sequence[Planned], *, seed: int = 1) -> None:
        self._pbx, self._clock, self._day = pbx, clock, list(day)
        self._zone = day[0].started_at.tzinfo
        self._random, self._turn = Random(seed), asyncio.Lock()
        self._last: Planned | None = None
        self._scenes: dict[str, Callable[[], Awaitable[Planned]]] = {
            "missed_new": lambda: pbx.missed(self._new_client()),
            "missed_again": lambda: pbx.missed(self._last_client()),
            "answered": lambda: pbx.answered(self._last_client()),
            "outbound_reached": lambda: pbx.outbound(self._last_client(), OLGA),
            "outbound_unanswered": lambda: pbx.outbound(self._last_client(), TARAS, reached=False),
            "hidden": pbx.hidden_missed,
            "order": lambda: pbx.order(self._new_client()),
            "night": self._night,
        }
        pbx.plan(day)

    async def play(self, until: str) -> int:
        """Plays ``next`` (the clock moves to its end), ``all`` up to now, or everything up to an ISO moment."""
        async with self._turn:
            return await self._pbx.play(self._moment(until))

    async def scene(self, name: str) -> Planned:
        """One call outside the plan, right now; an unknown name is a KeyError."""
        make = self._scenes[name]
        async with self._turn:
            call = await make()
            self._day.append(call)
            if call.kind == "missed" and call.client:
                self._last = call
            return call

    def view(self, bot: Mapping[str, int | None]) -> dict[str, Any]:
        """What the page shows: the plan with its states, and the truth of what was played beside the bot's numbers."""
        played = [call for call in self._day if self._pbx.state(call.id) == "done"]
        return {
            "day": self._day[0].started_at.date().isoformat(),
            "now": self._clock.now().isoformat(),
            "plan": [self._row(call) for call in sorted(self._day, key=lambda each: each.started_at)],
            "truth": count(played),
            "bot": dict(bot),
            "labels": LABELS,
            "scenes": list(self._scenes),
        }

    def _row(self, call: Planned) -> dict[str, Any]:
        return {
            "id": call.id,
            "at": call.started_at.isoformat(),
            "kind": call.kind,
            "outcome": "good"
            if call.is_successful
            else {"missed": "missed", "outbound": "failed"}.get(call.kind, "note"),
            "title": call.title or SCENE_TITLES[call.kind],
            "client": call.client,
            "line": {SALES: "Sales", SERVICE: "Service"}.get(call.line, call.line),
            "detail": call.detail or (call.why or call.result or ""),
            "state": self._pbx.state(call.id),
        }

    def _moment(self, until: str) -> datetime:
        if until == "all":
            return self._clock.now()
        if until == "next":
            waiting = [call for call in self._day if self._pbx.state(call.id) != "done"]
            return ends_at(min(waiting, key=lambda call: call.started_at)) if waiting else self._clock.now()
        moment = datetime.fromisoformat(until)
        return moment if moment.tzinfo else moment.replace(tzinfo=self._zone)

    async def _night(self) -> Planned:
        local = self._clock.now().astimezone(self._zone)
        if 7 <= local.hour < NIGHT_HOUR:
            self._clock.forward(local.replace(hour=NIGHT_HOUR, minute=15, second=0, microsecond=0) - local)
        return await self._pbx.missed(self._new_client(), why="off_hours")

    def _new_client(self) -> str:
        return f"+38050{self._random.randrange(2_000_000, 9_999_999)}"

    def _last_client(self) -> str:
        return self._last.client if self._last and self._last.client else self._new_client()


SCENE_TITLES = {
    "missed": "Missed, by your button",
    "answered": "Answered, by your button",
    "outbound": "Called back, by your button",
    "order": "Order, by your button",
}


def add_exchange_routes(app: web.Application, exchange: PhoneExchange, bot_numbers: BotNumbers) -> None:
    """Puts ``GET /sim/pbx``, ``POST /sim/pbx/play`` and ``POST /sim/pbx/call`` on the sandbox server's application."""

    async def view(_: web.Request) -> web.Response:
        return web.json_response(exchange.view(await bot_numbers()))

    async def play(request: web.Request) -> web.Response:
        until = str((await request.json()).get("until", "next"))
        try:
            return web.json_response({"posts": await exchange.play(until)})
        except ValueError as wrong:
            raise web.HTTPBadRequest(text=str(wrong)) from wrong

    async def call(request: web.Request) -> web.Response:
        name = str((await request.json()).get("scenario", ""))
        try:
            return web.json_response({"id": (await exchange.scene(name)).id})
        except KeyError as wrong:
            raise web.HTTPBadRequest(text=f"no such scenario: {name}") from wrong

    app.router.add_get("/sim/pbx", view)
    app.router.add_post("/sim/pbx/play", play)
    app.router.add_post("/sim/pbx/call", call)
