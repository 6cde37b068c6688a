"""The door of the API: whose token it is, how much he may ask, what he asks, what he is told."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, Final

from aiohttp import web

from followup.clock import Clock
from followup.errors import FollowupError
from followup.teams.desk import Desk
from followup.teams.shelf import Shelf
from followup.teams.tokens import Bearer, bearer_of
from handlers.web.answers import answer, refusal
from handlers.web.api.answers import response
from handlers.web.api.making import make_ticket, read_wish
from handlers.web.api.openapi import DOCUMENT_PATH, MAKING_PATH, MOST_ID, document
from handlers.web.api.parameters import Misasked, read_query
from handlers.web.api.routes import ROUTES, Route
from handlers.web.directory import Bucket
from storage.engine import Database

# Requests a second of one token; after a rest ten times as many at once.
DEFAULT_RATE: Final = 10
# SQLite has four readers, and chats ask for reports, too.
LONG_AT_A_TIME: Final = 2
_TOKEN: Final = re.compile(r"bearer +([\w.~+/-]{1,200}=*) *", re.ASCII | re.IGNORECASE)
_ID: Final = re.compile(r"[1-9]\d{0,15}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiDoor:
    """Where other programs ask. Order of tests: 404 and 405 of the address, 401, 429, 400, 404, 503."""

    database: Database
    clock: Clock
    shelf: Shelf
    wake: Callable[[], None] = lambda: None
    rate: int = DEFAULT_RATE
    patience: float = 30  # seconds that a report waits for its turn
    _buckets: dict[int, Bucket] = field(default_factory=dict)
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(LONG_AT_A_TIME))

    def routes(self) -> list[web.RouteDef]:
        """Every route of the table, its document, and nothing else under /api."""
        known = [web.route("*", route.path, _only_get(partial(self.answer, route))) for route in ROUTES]
        makes = web.route("POST", MAKING_PATH, self.make)
        return [
            makes,
            *known,
            web.route("*", DOCUMENT_PATH, _only_get(_document)),
            web.route("*", "/api{tail:.*}", _nothing),
        ]

    async def answer(self, route: Route, request: web.Request) -> web.StreamResponse:
        """One request of one team."""
        bearer = await self._bearer(request)
        if bearer is None:
            return _unknown(request)
        if not self._bucket(bearer).takes():
            return refusal(429, f"more than {self.rate} requests a second", retry_after=1)
        try:
            asked = read_query(request, route.parameters) | _id_of(route, request)
            return await (self._in_turn(route, bearer, asked) if route.is_long else self._told(route, bearer, asked))
        except Misasked as wrong:
            return answer(wrong.document, status=400)
        except FollowupError as wrong:
            return _refused(wrong)

    async def make(self, request: web.Request) -> web.StreamResponse:
        """A ticket, by a token that may write."""
        bearer = await self._bearer(request)
        if bearer is None:
            return _unknown(request)
        if bearer.scope != "write":
            return refusal(403, "found a token that only reads, expected one of scope write")
        if not self._bucket(bearer).takes():
            return refusal(429, f"more than {self.rate} requests a second", retry_after=1)
        try:
            wish = await read_wish(request)
            async with self.database.write() as c:
                desk = Desk(c, await self.shelf.book(c, bearer.team_id), self.clock.now())
                made = await make_ticket(desk, wish)
        except Misasked as wrong:
            return answer(wrong.document, status=400)
        except FollowupError as wrong:
            return _refused(wrong)
        self.wake()
        return made

    async def _bearer(self, request: web.Request) -> Bearer | None:
        found = _TOKEN.fullmatch(request.headers.get("Authorization", ""))
        if found is None:
            return None
        async with self.database.glance() as c:
            return await bearer_of(c, found[1])

    def _bucket(self, bearer: Bearer) -> Bucket:
        return self._buckets.setdefault(bearer.token_id, Bucket(self.rate))

    async def _in_turn(self, route: Route, bearer: Bearer, asked: dict[str, Any]) -> web.StreamResponse:
        try:
            async with asyncio.timeout(self.patience):
                await self.turns.acquire()
        except TimeoutError:
            return refusal(503, "too many reports are asked for", retry_after=5)
        try:
            return await self._told(route, bearer, asked)
        finally:
            self.turns.release()

    async def _told(self, route: Route, bearer: Bearer, asked: dict[str, Any]) -> web.StreamResponse:
        async with self.database.read() as c:
            desk = Desk(c, await self.shelf.book(c, bearer.team_id), self.clock.now())
            told = await route.work(desk, asked)
        return await response(told, asked.get("format", "json")) if told else refusal(404, "no such thing")


def _only_get(work: Any) -> Any:
    async def handle(request: web.Request) -> web.StreamResponse:
        if request.method not in ("GET", "HEAD"):
            return answer(
                {"error": f"found {request.method[:20]}, expected GET"}, status=405, headers={"Allow": "GET, HEAD"}
            )
        found: web.StreamResponse = await work(request)
        return found

    return handle


async def _document(_: web.Request) -> web.Response:
    return answer(_printed())


@cache
def _printed() -> dict[str, Any]:
    return document()


async def _nothing(_: web.Request) -> web.Response:
    return refusal(404, f"no such address: {DOCUMENT_PATH} tells them all")


def _unknown(request: web.Request) -> web.Response:
    """RFC 6750: without a token only the scheme is named."""
    why = ', error="invalid_token"' if "Authorization" in request.headers else ""
    headers = {"WWW-Authenticate": f'Bearer realm="perezvon"{why}'}
    return answer({"error": "expected Authorization: Bearer <token of a team>"}, status=401, headers=headers)


def _id_of(route: Route, request: web.Request) -> dict[str, int]:
    if not route.has_id:
        return {}
    text = request.match_info["id"]
    if not _ID.fullmatch(text) or int(text) > MOST_ID:
        raise Misasked("id", text.encode(errors="replace").decode(), f"a whole number from 1 to {MOST_ID}")
    return {"id": int(text)}


def _refused(refused: FollowupError) -> web.Response:
    if refused.key != "bad_setting":
        return refusal(404, "no such thing")
    found = refused.values
    return answer(
        Misasked(str(found["setting"]), str(found["found"]), str(found["expected"])).document,
        status=400,
    )
