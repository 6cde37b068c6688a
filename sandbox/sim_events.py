"""Every change as Server-Sent Events, from where the page left off."""

import asyncio
import json
from contextlib import suppress

from aiohttp import web

from sandbox.journal import Journal

KEEP_ALIVE_SECONDS = 15.0


async def stream_events(journal: Journal, stopping: asyncio.Event, request: web.Request) -> web.StreamResponse:
    """New changes as they come; `after_seq`, or Last-Event-ID of a reconnecting page, asks for older ones first."""
    asked = request.headers.get("Last-Event-ID") or request.query.get("after_seq")
    seq = int(asked) if asked else journal.seq
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
    await response.prepare(request)
    with suppress(ConnectionResetError):  # the page was closed
        while not stopping.is_set():
            fresh = journal.since(seq)
            for change in fresh:
                await response.write(f"id: {change['seq']}\ndata: {json.dumps(change)}\n\n".encode())
            seq = fresh[-1]["seq"] if fresh else seq
            if not journal.since(seq):
                await _next_change(response, journal)
    return response


async def _next_change(response: web.StreamResponse, journal: Journal) -> None:
    try:
        async with asyncio.timeout(KEEP_ALIVE_SECONDS):
            await journal.pulse.wait()
    except TimeoutError:
        await response.write(b": still here\n\n")
