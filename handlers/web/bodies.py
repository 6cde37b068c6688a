"""Reading a body that may be longer, slower or more broken than its headers say."""

from __future__ import annotations

import asyncio
from typing import Final, TypeVar

from aiohttp import web

_SLOWEST_SECONDS: Final = 30
_CHUNK: Final = 64 * 1024


class TooLarge(Exception):
    """The body is over the limit; the rest of it was not read."""


class Broken(Exception):
    """The body ends before its time, comes too slowly or breaks its own encoding."""


async def read_body(request: web.Request, limit: int) -> bytes:
    """The body, at most ``limit`` bytes of it, however it is sent."""
    if (request.content_length or 0) > limit:
        raise TooLarge
    try:
        if request.content.is_eof():  # it came with its headers, as nearly every one does
            return _within(limit, request.content.read_nowait())
        body = bytearray()
        async with asyncio.timeout(_SLOWEST_SECONDS):
            async for chunk in request.content.iter_chunked(_CHUNK):
                body += chunk
                _within(limit, body)
    except TimeoutError:
        raise Broken(f"the body did not come within {_SLOWEST_SECONDS} seconds") from None
    except (web.RequestPayloadError, ConnectionError, ValueError) as error:
        raise Broken(f"the body cannot be read: {error}") from None
    return bytes(body)


_Bytes = TypeVar("_Bytes", bytes, bytearray)


def _within(limit: int, body: _Bytes) -> _Bytes:
    if len(body) > limit:
        raise TooLarge
    return body
