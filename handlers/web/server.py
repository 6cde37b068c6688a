"""The HTTP side of the program as one aiohttp application."""

from __future__ import annotations

from typing import Protocol

from aiohttp import web

from handlers.web.answers import AccessLog, add_headers, never_500


class Door(Protocol):
    """Something with addresses."""

    def routes(self) -> list[web.RouteDef]:
        """Its addresses."""
        ...


def web_app(*doors: Door) -> web.Application:
    """The addresses of these doors; each answer passes the same middlewares."""
    app = web.Application(middlewares=[never_500])
    for door in doors:
        app.add_routes(door.routes())
    app.on_response_prepare.append(add_headers)
    return app


async def start_site(app: web.Application, host: str, port: int) -> web.AppRunner:
    """Listen; ``runner.addresses`` tells where, ``runner.cleanup()`` finishes what was begun and closes."""
    runner = web.AppRunner(app, access_log_class=AccessLog, shutdown_timeout=3, keepalive_timeout=75)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, backlog=1024, reuse_address=True).start()
    except OSError:
        await runner.cleanup()
        raise
    return runner
