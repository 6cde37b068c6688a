"""Delivery of updates to the bot's webhook: ordered in each queue, repeated until it says 2xx."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import aiohttp

from sandbox.models import Json
from sandbox.updates import Update, UpdateFeed

log = logging.getLogger(__name__)

Execute = Callable[[str, Json], Awaitable[Any]]
POST_TIMEOUT = aiohttp.ClientTimeout(total=60)
MAX_DELAY = 60.0


class WebhookCourier:
    """Carries updates; one update of a queue is under way at a time, queues go side by side.

    Waits between repeats pass in real time, doubling from `first_delay` seconds; a Retry-After is honoured.
    """

    def __init__(self, feed: UpdateFeed, execute: Execute) -> None:
        self.url = ""
        self.first_delay = 1.0
        self._secret = ""
        self._feed = feed
        self._execute = execute
        self._slots = asyncio.Semaphore(40)
        self._connections = 40
        self._last_error: tuple[int, str] | None = None
        self._dispatcher: asyncio.Task[None] | None = None
        self._queues: dict[tuple[str, int], asyncio.Task[None]] = {}

    def deliver_to(self, url: str, secret: str, connections: int) -> None:
        """Deliver to this address from now on."""
        self.url, self._secret = url, secret
        if connections != self._connections:
            self._slots, self._connections = asyncio.Semaphore(connections), connections
        self.resume()

    def resume(self) -> None:
        """Go on delivering after a halt, if there is an address."""
        if self.url and self._dispatcher is None:
            self._dispatcher = asyncio.create_task(self._dispatch())

    async def stop(self) -> None:
        """Deliver no more and forget the address; what was not confirmed stays."""
        self.url = ""
        await self.halt()

    async def halt(self) -> None:
        """Deliver nothing until resumed."""
        tasks = [*self._queues.values(), *([self._dispatcher] if self._dispatcher else [])]
        # answering a webhook may itself call deleteWebhook: a task does not wait for itself
        tasks = [task for task in tasks if task is not asyncio.current_task()]
        self._dispatcher = None
        self._queues.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def info(self) -> Json:
        """The courier's part of getWebhookInfo."""
        info: Json = {"url": self.url, "has_custom_certificate": False}
        if self.url:
            info["max_connections"] = self._connections
        if self._last_error:
            info["last_error_date"], info["last_error_message"] = self._last_error
        return info

    async def _dispatch(self) -> None:
        async with aiohttp.ClientSession(timeout=POST_TIMEOUT) as session:
            while True:
                update = await self._feed.pulse.until(self._startable)
                task = asyncio.create_task(self._carry_queue(session, update.queue))
                self._queues[update.queue] = task

    def _startable(self) -> Update | None:
        return next((u for u in self._feed.waiting() if u.queue not in self._queues), None)

    async def _carry_queue(self, session: aiohttp.ClientSession, queue: tuple[str, int]) -> None:
        try:
            while update := self._next_of(queue):
                await self._carry(session, update)
        finally:
            if self._queues.get(queue) is asyncio.current_task():
                del self._queues[queue]
                self._feed.pulse.ring()

    def _next_of(self, queue: tuple[str, int]) -> Update | None:
        return next((u for u in self._feed.waiting() if u.queue == queue), None)

    async def _carry(self, session: aiohttp.ClientSession, update: Update) -> None:
        delay = self.first_delay
        while update.id in self._feed.pending and not update.is_expired(self._feed.now()):
            async with self._slots:
                wait = await self._post(session, update)
            if wait is None:
                self._feed.confirm(update.id)
                return
            await asyncio.sleep(wait if wait > 0 else delay)
            delay = min(delay * 2, MAX_DELAY)

    async def _post(self, session: aiohttp.ClientSession, update: Update) -> float | None:
        """None when delivered, else the seconds the other side asks to wait, 0 if it asks nothing."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": self._secret} if self._secret else {}
        try:
            async with session.post(self.url, json=update.body, headers=headers) as response:
                if 200 <= response.status < 300:
                    await self._obey(response)
                    return None
                self._note_error(f"Wrong response from the webhook: {response.status} {response.reason}")
                return asked_wait(response)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._note_error(f"Connection failed: {type(error).__name__}")
            return 0.0

    async def _obey(self, response: aiohttp.ClientResponse) -> None:
        """A method in the answer is carried out; its result is seen by nobody."""
        if response.content_type != "application/json":
            return
        body = await response.json()
        method = body.pop("method", "") if isinstance(body, dict) else ""
        if method:
            await self._execute(method, body)

    def _note_error(self, words: str) -> None:
        log.info("webhook: %s", words)
        self._last_error = (int(datetime.now(UTC).timestamp()), words)
        self._feed.pulse.ring()


def asked_wait(response: aiohttp.ClientResponse) -> float:
    """Retry-After in seconds, up to an hour; 0 if there is none."""
    asked = response.headers.get("Retry-After", "")
    return min(float(asked), 3600.0) if asked.isdigit() else 0.0
