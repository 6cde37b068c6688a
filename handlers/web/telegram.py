"""Telegram's webhook: an update is on disk before Telegram is told that it arrived."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from aiohttp import web

from handlers.web.answers import answer, refusal
from handlers.web.bodies import Broken, TooLarge, read_body
from handlers.web.metrics import Metrics
from storage.inbox import InboxFull, InboxRefused

_LARGEST_UPDATE: Final = 1024 * 1024
_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"


class Keeps(Protocol):
    """Where updates are stored; returns when they are committed."""

    async def append(self, body: Mapping[str, Any]) -> None:
        """Store one update; one that is known is no error."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateDoor:
    """Where Telegram knocks: at a secret path, with a secret word."""

    path: str
    secret: str
    keeper: Keeps
    metrics: Metrics

    def routes(self) -> list[web.RouteDef]:
        """POST only."""
        return [web.post("/telegram/{path}", self.receive)]

    async def receive(self, request: web.Request) -> web.Response:
        """Take one update."""
        response = await self._taken(request)
        self.metrics.updates.labels(response.status).inc()
        return response

    async def _taken(self, request: web.Request) -> web.Response:
        if not _is_same(request.match_info["path"], self.path):
            return refusal(404, "no such address")
        if not _is_same(request.headers.get(_HEADER, ""), self.secret):
            return refusal(401, "wrong secret token")
        try:
            update = _update_in(await read_body(request, _LARGEST_UPDATE))
        except TooLarge:
            return refusal(413, f"found a longer body, expected at most {_LARGEST_UPDATE} bytes")
        except (Broken, ValueError) as error:
            return refusal(400, str(error))
        return await self._keep(update)

    async def _keep(self, update: dict[str, Any]) -> web.Response:
        try:
            await self.keeper.append(update)
        except (InboxFull, InboxRefused):
            # Telegram sends it again, and keeps to Retry-After.
            return refusal(503, "the database does not take it now", retry_after=2)
        return answer({})


def _update_in(body: bytes) -> dict[str, Any]:
    update = json.loads(body)
    number = update.get("update_id") if isinstance(update, dict) else None
    if type(number) is not int or not 0 <= number < 2**63:
        raise ValueError("found no update, expected an object with an integer update_id")
    return dict(update)


def _is_same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(errors="surrogatepass"), expected.encode())
