"""A small, fast Bot API: notes when each request came, keeps the limits if told to, hands out presses."""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.bench.ground import TOKEN

_ME = {"id": 42, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
_MESSAGES = ("sendmessage", "editmessagetext")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: when, what, to which chat, and whether it was taken."""

    at: float
    method: str
    chat: int
    data: dict[str, str]
    is_taken: bool
    message_id: int

    @property
    def presses(self) -> list[str]:
        """What its buttons would send."""
        rows = json.loads(self.data.get("reply_markup") or "{}").get("inline_keyboard", [])
        return [button["callback_data"] for row in rows for button in row if "callback_data" in button]

    @property
    def case(self) -> str | None:
        """The case that a card shows, by its buttons."""
        return next((press.split(":")[2] for press in self.presses if press.startswith("c:take:")), None)


@dataclass
class Window:
    """At most so many in any stretch of so many seconds."""

    most: int
    seconds: float
    taken: deque[float] = field(default_factory=deque)

    def opens_at(self, now: float) -> float:
        while self.taken and self.taken[0] <= now - self.seconds:
            self.taken.popleft()
        return now if len(self.taken) < self.most else self.taken[0] + self.seconds


class BotApi:
    """Telegram, as far as a benchmark needs it."""

    def __init__(self, *, has_limits: bool = False) -> None:
        self.url = ""
        self.asked: list[Asked] = []
        self.refused = 0
        self._has_limits = has_limits
        self._bot = Window(30, 1.0)
        self._chats: dict[int, tuple[Window, Window]] = defaultdict(lambda: (Window(1, 1.0), Window(20, 60.0)))
        self._updates: list[dict[str, Any]] = []
        self._news = asyncio.Event()
        self._waiting: dict[tuple[str, Any], asyncio.Future[float]] = {}

    @property
    def taken(self) -> list[Asked]:
        """Every message that was sent."""
        return [each for each in self.asked if each.method == "sendmessage" and each.is_taken]

    @property
    def alerts(self) -> list[Asked]:
        """Those that are cards of cases."""
        return [each for each in self.taken if each.case]

    def expect(self, method: str, key: object) -> asyncio.Future[float]:
        """When the next such request comes: ``key`` is its chat, or the press it answers."""
        return self._waiting.setdefault((method, str(key)), asyncio.get_running_loop().create_future())

    def press(self, update: dict[str, Any]) -> None:
        """A person has pressed."""
        self._updates.append(update)
        self._news.set()

    async def receive(self, request: web.Request) -> web.Response:
        at = time.perf_counter()
        method = request.match_info["method"].lower()
        data = {name: str(value) for name, value in (await request.post()).items()} or await _json(request)
        if method == "getupdates":
            return _answer(await self._poll(data))
        chat = int(data.get("chat_id", 0))
        wait = self._wait(chat, at) if method in _MESSAGES else 0.0
        self.refused += wait > 0
        self.asked.append(Asked(at, method, chat, data, wait == 0, len(self.asked) + 1))
        if wait > 0:
            return _refusal(wait)
        self._tell(method, data, at)
        return _answer(self._result(method, chat, data))

    def _wait(self, chat: int, now: float) -> float:
        if not self._has_limits:
            return 0.0
        windows = (self._bot, *self._chats[chat])
        opens_at = max(window.opens_at(now) for window in windows)
        if opens_at <= now:
            for window in windows:
                window.taken.append(now)
        return opens_at - now

    def _tell(self, method: str, data: dict[str, str], at: float) -> None:
        key = data.get("callback_query_id") or data.get("chat_id", "")
        waiter = self._waiting.pop((method, key), None)
        if waiter is not None and not waiter.done():
            waiter.set_result(at)

    async def _poll(self, data: dict[str, str]) -> list[dict[str, Any]]:
        confirmed = int(data.get("offset", 0))
        self._updates = [each for each in self._updates if each["update_id"] >= confirmed]
        if not self._updates:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), float(data.get("timeout", 0)))
            except TimeoutError:
                return []
        return self._updates

    def _result(self, method: str, chat: int, data: dict[str, str]) -> Any:
        if method == "getme":
            return _ME
        if method in _MESSAGES:
            number = int(data.get("message_id") or len(self.asked))
            return message(chat, number, data.get("text", ""))
        return True


def message(chat: int, number: int, text: str) -> dict[str, Any]:
    """A message of the bot."""
    where = {"id": chat, "type": "supergroup", "title": "Sales"}
    return {"message_id": number, "date": int(time.time()), "chat": where, "from": _ME, "text": text}


async def _json(request: web.Request) -> dict[str, str]:
    return dict(await request.json()) if request.content_type == "application/json" else {}


def _answer(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _refusal(wait: float) -> web.Response:
    seconds = int(wait) + 1
    said = {"ok": False, "error_code": 429, "description": f"Too Many Requests: retry after {seconds}"}
    return web.json_response({**said, "parameters": {"retry_after": seconds}}, status=429)


@asynccontextmanager
async def bot_api(*, has_limits: bool = False) -> AsyncIterator[BotApi]:
    """Listening while the block runs."""
    api = BotApi(has_limits=has_limits)
    app = web.Application()
    app.add_routes([web.route("*", f"/bot{TOKEN}/{{method}}", api.receive)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    api.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield api
    await runner.cleanup()
