"""Answers that are not the vendor's own words: errors as JSON, and nothing that invites a browser in."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import hdrs, web
from aiohttp.abc import AbstractAccessLogger
from multidict import CIMultiDict

log = logging.getLogger(__name__)
access = logging.getLogger("access")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_HEADERS: Final = CIMultiDict(
    {
        "Server": "perezvon",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Content-Security-Policy": "default-src 'none'",
        "Cache-Control": "no-store",
    }
)
# What lies behind these is a secret of the sender.
_SECRET_PATHS: Final = ("/hooks/", "/telegram/")


def refusal(status: int, error: str, *, pointer: str | None = None, retry_after: int | None = None) -> web.Response:
    """An error as JSON."""
    document: dict[str, Any] = {"error": error}
    if pointer is not None:
        document["pointer"] = pointer
    headers = {"Retry-After": str(retry_after)} if retry_after is not None else None
    return answer(document, status=status, headers=headers)


def answer(document: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """A JSON document."""
    body = json.dumps(document, ensure_ascii=False).encode(errors="replace")
    return web.Response(body=body, status=status, headers=headers, content_type="application/json")


def guarded(handler: Handler) -> Handler:
    """A sender repeats what got 503; after a 500 some PBXs switch the hook off. The headers are on every answer.

    A middleware would do the same, for four microseconds a request more.
    """

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            response = await handler(request)
        except web.HTTPException as error:
            response = refusal(error.status, error.reason or "refused")
        except Exception:
            log.exception("a request could not be answered: %s %s", request.method, shown_path(request.path))
            response = refusal(503, "cannot be answered now", retry_after=5)
        if "X-Frame-Options" not in response.headers:
            response.headers.update(_HEADERS)
        return response

    return handle


def raw_answer(body: bytes, status: int, content_type: str) -> web.Response:
    """An answer in somebody's own words, its headers all at once."""
    headers = _HEADERS.copy()
    headers["Content-Type"] = content_type
    return web.Response(body=body, status=status, headers=headers)


@guarded
async def nowhere(request: web.Request) -> web.StreamResponse:
    """Nothing is here; or something is, but for another method."""
    found = [await resource.resolve(request) for resource in request.app.router.resources()]
    allowed = {method for _, methods in found for method in methods} - {hdrs.METH_ANY}
    if not allowed:
        raise web.HTTPNotFound
    raise web.HTTPMethodNotAllowed(request.method, allowed)


def shown_path(path: str) -> str:
    """The path without the secret in it."""
    for prefix in _SECRET_PATHS:
        if path.startswith(prefix):
            return prefix + "•••" + "".join(path[len(prefix) :].partition("/")[1:])[:60]
    return path[:80]


class AccessLog(AbstractAccessLogger):
    """One line a request, without tokens, queries and addresses of clients."""

    @property
    def enabled(self) -> bool:
        """Not even formatted where nobody reads it."""
        return access.isEnabledFor(logging.DEBUG)

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        access.debug("%s %s → %d in %.1f ms", request.method, shown_path(request.path), response.status, time * 1000)
