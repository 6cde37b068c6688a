"""The program as `perezvon serve` runs it, in a process that may be told where to die."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import uvloop
from pydantic import SecretStr

from bot.app import App
from bot.cli_frame import Room, open_room
from bot.settings import Settings
from handlers.telegram.presence import receive_by_webhook
from sandbox.clock import MovableClock
from tests.crash.killer import Counter, die, wrap

# After each of these something has changed for good: whoever waits for the story's end looks again.
PROGRESS = (
    "handlers.inbox:InboxWorker._work_for",
    "handlers.telegram.updates:UpdateWorker._one",
    "messenger.delivery:Delivery._record",
    "jobs.timetable:Ticker.step",
)


_say: Callable[[Any], None] = print


def watch_progress() -> None:
    """Once, in the parent of all: looking for every name of a function takes its time."""
    for place in PROGRESS:
        wrap(place, "after", lambda: _say("on"))


class Program(App):
    """The program; what it would only do for the menu behind "/" it leaves out, and says that it is ready instead."""

    def __init__(self, settings: Settings, room: Room, order: dict[str, Any]) -> None:
        super().__init__(settings, room, "all")
        self._order = order

    async def _announce(self) -> None:
        """By polling or, at an address that is known only now, by webhook."""
        if self._order["by_webhook"]:
            await receive_by_webhook(self.works.bot, f"http://{self.listening}", self._address)
        else:
            await super()._announce()

    async def _publish(self) -> None:
        """Time is looked at at once, not within a second; if that may be deadly, only when it is ready."""
        if self._order["ticks"] == "first":
            await self.works.ticker.step()
        _say({"ready": self.listening})
        if self._order["ticks"] == "then":
            await self.works.ticker.step()


def live(order: dict[str, Any], line: socket.socket) -> None:
    """Run until killed; an end of any other kind is told."""
    global _say  # noqa: PLW0603 - what was wrapped before the fork speaks for this child from now on

    counter = Counter(order["at_resumption"])

    def say(document: Any) -> None:
        with suppress(OSError):
            line.sendall(json.dumps({"counted": counter.count} if document == "on" else document).encode() + b"\n")

    _say = say
    say({"pid": os.getpid()})
    if order["at_place"] is not None:
        wrap(*order["at_place"], lambda: die() if counter.is_counting else None)
    wrap(order["begins"], "before", counter.begin)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_live(order, counter))
        say({"ended": "of a bug"})
    except BaseException as error:
        say({"ended": f"{type(error).__name__}: {error}"})


async def _live(order: dict[str, Any], counter: Counter) -> None:
    counter.install()
    settings = Settings(
        _env_file=None,
        bot_token=SecretStr("42:sandbox"),
        telegram_api_url=order["api_url"],
        database_url=order["database_url"],
        secret_key=SecretStr(order["key"]),
        listen="127.0.0.1:0",
        public_url="http://127.0.0.1:8443" if order["by_webhook"] else None,  # no polling; the port is another
        rate_limits="1000/s 1000/s/chat 100000/min/group",
    )
    async with open_room(settings, MovableClock(datetime.fromisoformat(order["now"]))) as room:
        app = Program(settings, room, order)
        await app.start()
        await app.wait_until_broken()
