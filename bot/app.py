"""`perezvon serve`: start, say ready, and on SIGTERM stop taking, finish what is in hand, go."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import suppress
from typing import Any, Final, Literal

import uvloop
from aiogram.exceptions import AiogramError
from aiohttp import web

from bot.cli_frame import Room, open_room
from bot.garbage import leave_what_stands
from bot.keys import installation_key
from bot.logs import set_up_logs
from bot.nursery import Nursery
from bot.settings import Settings
from bot.wiring import Telegram, Works, build
from followup.errors import FollowupError
from followup.teams.seal import Seal
from handlers.telegram.presence import HookAddress, publish_commands, receive_by_polling, receive_by_webhook
from handlers.web.api.door import ApiDoor
from handlers.web.directory import Directory
from handlers.web.health import Health, Pulse
from handlers.web.hooks import HookDoor
from handlers.web.metrics import Metrics
from handlers.web.server import Door, start_site, web_app
from handlers.web.telegram import UpdateDoor
from messenger.limits import parse_limits
from storage.claims import HEIR_WAITS, Duty

log = logging.getLogger("perezvon")

Role = Literal["all", "web", "worker"]
_TO_FINISH: Final = 6.0  # seconds; with the web server's own three it stays under the ten that are promised
_LONGEST_PAUSE: Final = 30.0


class App:
    """One process of the program."""

    def __init__(self, settings: Settings, room: Room, role: Role) -> None:
        key = installation_key(settings)
        telegram = Telegram(
            token=settings.token, api_url=settings.telegram_api_url, limits=parse_limits(settings.rate_limits)
        )
        self._settings = settings
        self._takes, self._works = role in ("all", "web"), role in ("all", "worker")
        self._address = HookAddress.of(key)
        self._metrics, self._pulse = Metrics(), Pulse(room.clock)
        is_private = settings.webhooks_private
        self.works: Works = build(room.database, room.clock, Seal(key), telegram, webhooks_may_be_private=is_private)
        self.works.bot.session.middleware(self._feel_pulse)
        self._nursery = Nursery()
        database, works = room.database, self.works
        # One bot has one sender, does each update once, and Telegram lets one process ask: the others stand by.
        self._sending = Duty(database, "send", self._send, works.outbox.stop)
        self._updates = Duty(database, "updates", works.updates.run, self._finish_updates)
        self._polling = Duty(database, "poll", works.poller.run)
        self._is_stopping = False
        self._runner: web.AppRunner | None = None

    @property
    def is_broken(self) -> bool:
        """Whether it ends because of a bug."""
        return self._nursery.is_broken

    @property
    def listening(self) -> str:
        """Where it listens in truth: a port 0 has become a real one."""
        if self._runner is None:
            return "no address"
        host, port = self._runner.addresses[0][:2]
        return f"{host}:{port}"

    async def start(self) -> None:
        """Work first, then take: nothing comes in that nobody would do."""
        works = self.works
        self._nursery.start("bells", works.bells.run(listens=self._works))
        if self._works:
            self._nursery.start("inbox", works.inbox.run())
            self._nursery.start("updates", self._updates.run())
            self._nursery.start("outbox", self._sending.run())
            self._nursery.start("events", works.events.run())
            works.ticker.start()
        await self._listen()
        self._nursery.start("arrival", self._arrive())

    async def _listen(self) -> None:
        """A worker does not: beside it, with the same settings, runs the one who takes."""
        if self._takes:
            try:
                self._runner = await start_site(web_app(*self._doors()), *self._settings.address)
            except OSError as error:
                raise FollowupError("cannot_listen", found=self._settings.listen, reason=error.strerror) from None
            log.info("listening at %s", self.listening)

    async def _send(self) -> None:
        """An SQLite file has one process: what a killed one had in hand is ours at once."""
        patience = 0.0 if self.works.database.is_sqlite else HEIR_WAITS
        await self.works.outbox.take_over(patience)
        if not self._is_stopping:
            await self.works.outbox.run()

    async def _finish_updates(self) -> None:
        self.works.updates.stop()

    def _doors(self) -> list[Door]:
        works, metrics = self.works, self._metrics
        health = Health(database=works.database, clock=works.clock, pulse=self._pulse, metrics=metrics)
        hooks = HookDoor(
            directory=Directory(works.database, works.seal, works.shelf),
            writer=works.inbox_writer,
            clock=works.clock,
            metrics=metrics,
            wake=works.wake_inbox,
        )
        address = self._address
        updates = UpdateDoor(path=address.path, secret=address.secret, keeper=works.keeper, metrics=metrics)
        api = ApiDoor(database=works.database, clock=works.clock, shelf=works.shelf, wake=works.wake_outbox)
        return [health, hooks, updates, api]

    async def _feel_pulse(self, make_request: Any, bot: Any, method: Any) -> Any:
        """A session middleware of aiogram: whatever Telegram answers without an error is a sign of life."""
        answer = await make_request(bot, method)
        self._pulse.beat()
        return answer

    async def _arrive(self) -> None:
        """Tell Telegram how we want its updates, however long it takes; hooks are served meanwhile."""
        pause = 1.0
        while self._takes:
            try:
                await self._announce()
                break
            except (AiogramError, OSError) as error:
                log.error("Telegram does not let us in, trying again in %d s: %s", pause, error)  # noqa: TRY400 - no bug
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
        if self._takes and not self._settings.public_url:
            self._nursery.start("polling", self._polling.run())
        log.info("ready: listening at %s", self.listening)
        if self._takes:
            await self._publish()

    async def _announce(self) -> None:
        if self._settings.public_url:
            await receive_by_webhook(self.works.bot, self._settings.public_url, self._address)
        else:
            await receive_by_polling(self.works.bot)

    async def _publish(self) -> None:
        """The menu behind "/" is a nicety: without it everything works."""
        try:
            await publish_commands(self.works.bot)
        except (AiogramError, OSError) as error:
            log.warning("the commands could not be published: %s", error)

    async def wait_until_broken(self) -> None:
        """Returns only if a bug ended some of the work."""
        await self._nursery.broken.wait()

    async def stop(self) -> None:
        """Stop taking, finish, close."""
        self._is_stopping = True
        for name in ("arrival", "polling"):
            self._nursery.cancel(name)
        if self._runner is not None:
            await self._runner.cleanup()
        if self._works:
            self.works.ticker.stop()
            self.works.inbox.stop()
            self.works.events.stop()
            await self._updates.stop()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._sending.stop(), _TO_FINISH / 2)
        self._nursery.cancel("bells")
        await self._nursery.finish(_TO_FINISH / 2)
        await self.works.bot.session.close()


def serve(settings: Settings, role: Role) -> int:
    """Run until a signal; 0 if nothing broke."""
    set_up_logs(settings)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_serve(settings, role))


async def _serve(settings: Settings, role: Role) -> int:
    told_to_stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told_to_stop.set)
    async with open_room(settings, pool_size=10) as room:
        app = App(settings, room, role)
        leave_what_stands()
        await app.start()
        await _first_of(told_to_stop.wait(), app.wait_until_broken())
        log.info("stopping")
        await app.stop()
    log.info("stopped")
    return 1 if app.is_broken else 0


async def _first_of(*waits: Any) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(wait) for wait in waits]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
