"""Polling: what Telegram asks for when it turns a poll away is kept; otherwise no rest is long enough to miss a press."""

from __future__ import annotations

import aiohttp
import pytest
from aiohttp import web

from handlers.telegram.polling import Poller, TurnedAway, pause_after

BUSY = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 17}}


class Nobody:
    """Keeps nothing: nothing comes."""

    async def append(self, body) -> None:
        raise AssertionError(body)


async def turned_away(body: object) -> TurnedAway:
    """What the poller makes of such an answer."""

    async def answer(_: web.Request) -> web.Response:
        return web.json_response(body, status=429)

    app = web.Application()
    app.router.add_post("/bot42:T/getUpdates", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with aiohttp.ClientSession() as session:
            with pytest.raises(TurnedAway) as told:
                await Poller(url, "42:T", Nobody()).take(session, wait=0)
        return told.value
    finally:
        await runner.cleanup()


async def test_a_429_is_left_alone_for_as_long_as_it_asks():
    error = await turned_away(BUSY)
    assert "429 Too Many Requests" in str(error)
    assert all(pause_after(failures, error) == 17 for failures in (1, 2, 9))


@pytest.mark.parametrize("parameters", [None, {}, {"retry_after": None}, {"retry_after": 0}])
async def test_without_such_a_word_it_asks_again_soon(parameters):
    error = await turned_away(BUSY | {"parameters": parameters})
    assert all(0 < pause_after(failures, error) <= 7.5 for failures in range(1, 50))


def test_a_broken_line_is_tried_again_soon():
    assert all(0 < pause_after(failures, ConnectionResetError()) <= 7.5 for failures in range(1, 50))
