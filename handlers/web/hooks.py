"""What a PBX tells us: looked at, written to disk, answered in its own words."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from aiohttp import web

from followup.clock import Clock
from followup.orders.record import refusal_of
from handlers.web.answers import raw_answer, refusal
from handlers.web.bodies import Broken, TooLarge, read_body
from handlers.web.directory import Directory, Line
from handlers.web.metrics import Metrics
from providers.bodies import plain
from providers.contract import HookRefused, RawRequest, Reply
from providers.generic import Generic, orders_in
from storage.inbox import InboxFull, InboxRefused, InboxWriter

# Checked at the door; what is kept for thirty days need not hold them.
_SECRET_HEADERS: Final = frozenset({"authorization", "proxy-authorization", "cookie", "auth-key"})
_SECRET_QUERY: Final = frozenset({"token", "auth_key"})


@dataclass(frozen=True, slots=True, kw_only=True)
class HookDoor:
    """Where PBXs knock. Order of tests (CONTRACT): 404, 413, 429, 401, 400, 503."""

    directory: Directory
    writer: InboxWriter
    clock: Clock
    metrics: Metrics
    wake: Callable[[int], None]  # with whose row it is

    def routes(self) -> list[web.RouteDef]:
        """POST and GET of the address itself and of everything under it."""
        paths = ("/hooks/{token}", "/hooks/{token}/{tail:.*}")
        by_get = [web.get(path, self.receive, allow_head=False) for path in paths]
        return by_get + [web.post(path, self.receive) for path in paths]

    async def receive(self, request: web.Request) -> web.Response:
        """Take one request."""
        began = time.perf_counter()
        line = await self.directory.find(request.match_info["token"])
        response = await self._at_line(request, line) if line is not None else refusal(404, "no such address")
        provider = line.connection.provider if line is not None else "unknown"
        self.metrics.count_hook(provider, response.status, time.perf_counter() - began)
        return response

    async def _at_line(self, request: web.Request, line: Line) -> web.Response:
        limit = line.dialect.provider.max_body
        try:
            body = await read_body(request, limit)
        except TooLarge:
            response = refusal(413, f"found a longer body, expected at most {limit} bytes")
            response.force_close()  # the rest of it is not worth reading
            return response
        except Broken as broken:
            return refusal(400, str(broken))
        if not line.bucket.takes():
            return refusal(429, f"more than {line.bucket.rate} requests a second", retry_after=1)
        return await self._keep(self._raw(request, body), line)

    def _raw(self, request: web.Request, body: bytes) -> RawRequest:
        return RawRequest(
            method=request.method,
            path=plain(tail).strip("/") if (tail := request.match_info.get("tail")) else "",
            query=_plain_pairs(request.query) if request.query_string else {},
            headers=_plain_headers(request.headers),
            body=body,
            received_at=self.clock.now(),
        )

    async def _keep(self, raw: RawRequest, line: Line) -> web.Response:
        provider, reading = line.dialect
        try:
            provider.verify(raw, reading.options)
            provider.check(raw, reading)
            reply = _with_refusals(provider.reply(raw), raw, line)
        except HookRefused as refused:
            return refusal(refused.status, refused.message, pointer=refused.pointer)
        try:
            await self.writer.append(_row(raw, line))
        except InboxFull:
            return refusal(503, "too many requests wait for the disk", retry_after=2)
        except InboxRefused:
            return refusal(503, "the database does not take it now", retry_after=5)
        self.wake(line.connection.team_id)
        return raw_answer(reply.body, reply.status, reply.content_type)


def _plain_pairs(pairs: Mapping[str, str]) -> dict[str, str]:
    """Texts that every database takes; the first of equal names holds, as in forms."""
    found: dict[str, str] = {}
    for name, value in pairs.items():
        found.setdefault(plain(name), plain(value))
    return found


def _plain_headers(pairs: Mapping[str, str]) -> dict[str, str]:
    """The same; what HTTP takes for a name is plain by itself, but for its case."""
    found: dict[str, str] = {}
    for name, value in pairs.items():
        found.setdefault(name.lower(), plain(value))
    return found


def _row(raw: RawRequest, line: Line) -> dict[str, Any]:
    return {
        "team_id": line.connection.team_id,
        "connection_id": line.connection.id,
        "received_at": raw.received_at,
        "method": raw.method,
        "path": raw.path,
        "query": {name: value for name, value in raw.query.items() if name.lower() not in _SECRET_QUERY},
        "headers": raw.headers if _SECRET_HEADERS.isdisjoint(raw.headers) else _without_secrets(raw.headers),
        "body": raw.body,
        "state": "pending",
    }


def _without_secrets(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in _SECRET_HEADERS}


def _with_refusals(reply: Reply, raw: RawRequest, line: Line) -> Reply:
    """P9: a script that posts orders is told which of them a widget does not take at that hour."""
    if not isinstance(line.dialect.provider, Generic):
        return reply
    codes = [(index, refusal_of(line.book, order)) for index, order in orders_in(raw)]
    refused = [{"index": index, "code": code} for index, code in codes if code is not None]
    if not refused:
        return reply
    document = json.loads(reply.body)
    document |= {"accepted": document["accepted"] - len(refused), "refused": refused}
    return replace(reply, body=json.dumps(document).encode())
