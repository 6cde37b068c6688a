"""The HTTP side of the program as one aiohttp application."""

from __future__ import annotations

from typing import Protocol

from aiohttp import hdrs, web

from handlers.web.answers import AccessLog, guarded, nowhere


class Door(Protocol):
    """Something with addresses."""

    def routes(self) -> list[web.RouteDef]:
        """Its addresses."""
        ...


def web_app(*doors: Door) -> web.Application:
    """The addresses of these doors; what none of them answers is told in the same words."""
    app = web.Application()
    routes = [route for door in doors for route in door.routes()]
    app.add_routes([web.RouteDef(route.method, route.path, guarded(route.handler), route.kwargs) for route in routes])
    app.router.add_route(hdrs.METH_ANY, "/{anything:.*}", nowhere)
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
