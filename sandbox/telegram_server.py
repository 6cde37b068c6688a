"""A Bot API look-alike over real HTTP that refuses what Telegram refuses."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, TypeVar

from aiohttp import web

from sandbox import (
    methods_chats,
    methods_copies,
    methods_files,
    methods_inline,
    methods_messages,
    methods_updates,
    sim_api,
)
from sandbox.arguments import MAX_BODY, Arguments, read_arguments
from sandbox.clock import MovableClock
from sandbox.faults import CUTS, Fault
from sandbox.journal import RequestRecord
from sandbox.limits import RateLimits
from sandbox.outcomes import CUT, Outcome, refused, shown_params, succeeded
from sandbox.refusals import Refusal
from sandbox.site import Method, Site
from sandbox.webhook import WebhookCourier
from sandbox.world import World

T = TypeVar("T")

TABLES = (
    *(methods_messages.METHODS, methods_updates.METHODS, methods_files.METHODS, methods_chats.METHODS),
    methods_copies.METHODS,
    methods_inline.METHODS,
)
METHODS: dict[str, tuple[str, Method]] = {
    name.lower(): (name, method) for table in TABLES for name, method in table.items()
}
WORKS_FIRST = frozenset({"reset_after", "hang_after"})


class TelegramServer:
    """The look-alike: `.world` is what is there, `.url` is where a bot finds it.

    `limits_clock` paces 429s. It is real time unless given: with a story's frozen clock a chat would never recover.
    """

    def __init__(
        self,
        clock: MovableClock,
        *,
        token: str = "42:sandbox",  # noqa: S107 - opens nothing but the sandbox
        limits: bool = True,
        limits_clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clock = clock
        self.token = token
        self.world = World(clock, token)
        self.courier = WebhookCourier(self.world.feed, self._perform_quietly)
        self.site = Site(self.world, self.courier)
        self.limits = RateLimits(limits_clock) if limits else None
        self.stopping = asyncio.Event()
        self.app = self._make_app()
        self.url = ""
        self._runner: web.AppRunner | None = None

    def _make_app(self) -> web.Application:
        app = web.Application(client_max_size=MAX_BODY + (1 << 20), middlewares=[sim_api.refuse_the_impossible])
        app.router.add_route("*", "/bot{token:[^/]+}/{method}", self._on_method)
        app.router.add_get("/file/bot{token:[^/]+}/{path:.+}", self._on_file)
        sim_api.register(app, self.world, self.stopping)
        app.on_shutdown.append(self._let_go)
        return app

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one. After a stop the same world may be started again: an outage."""
        self.stopping.clear()
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        self.url = f"http://{host}:{self._runner.addresses[0][1]}"
        self.courier.resume()

    async def stop(self) -> None:
        """Let everybody go and stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _let_go(self, app: web.Application) -> None:
        self.stopping.set()
        self.world.journal.pulse.ring()
        if self.site.poller is not None:
            self.site.poller.cancel()
        await self.courier.halt()

    async def wait_for(self, predicate: Callable[[], T | None], timeout: float = 10.0) -> T:  # noqa: ASYNC109 - tells why
        """The first truthy value of `predicate`, asked again after every change; TimeoutError tells what came last."""
        try:
            async with asyncio.timeout(timeout):
                return await self.world.journal.pulse.until(predicate)
        except TimeoutError:
            last = [f"{r.method} {r.chat_id} -> {r.status} {r.description}" for r in self.world.requests[-8:]]
            raise TimeoutError(f"not within {timeout} s; last requests: {last}") from None

    async def _on_method(self, request: web.Request) -> web.StreamResponse:
        name, method = METHODS.get(request.match_info["method"].lower(), (request.match_info["method"], None))
        args = Arguments()
        try:
            args = await read_arguments(request)
            if request.match_info["token"] != self.token:
                raise Refusal(401, "Unauthorized")
            if method is None:
                raise Refusal(404, "Not Found")
        except Refusal as refusal:
            outcome = refused(refusal)
        else:
            fault = self.world.faults.take(name, args.text("chat_id"))
            outcome = await (self._suffer(fault, name, args) if fault else self._perform(name, args))
        self._note(name, args, outcome)
        return outcome.response(request)

    async def _perform(self, name: str, args: Arguments) -> Outcome:
        try:
            if self.limits is not None:
                self.limits.spend(name.lower(), args.text("chat_id"))
            return succeeded(await METHODS[name.lower()][1](self.site, args))
        except Refusal as refusal:
            return refused(refusal)

    async def _perform_quietly(self, name: str, values: dict[str, Any]) -> None:
        # a method in the answer to a webhook: nobody sees the result, the transcript does
        if name.lower() in METHODS:
            args = Arguments(values=values)
            self._note(name, args, await self._perform(name, args))

    async def _suffer(self, fault: Fault, name: str, args: Arguments) -> Outcome:
        if fault.kind not in CUTS:
            return Outcome(fault.code, html=fault.page()) if fault.is_html else refused(fault.refusal())
        if fault.kind in WORKS_FIRST:
            await self._perform(name, args)
        if fault.kind in {"hang", "hang_after", "slow"}:
            await self._hold(fault.seconds)
        return await self._perform(name, args) if fault.kind == "slow" else CUT

    async def _hold(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self.stopping.wait()
        except TimeoutError:
            return

    def _note(self, name: str, args: Arguments, outcome: Outcome) -> None:
        journal = self.world.journal
        at, params = self.clock.now().isoformat(), shown_params(args)
        record = (journal.next_seq(), at, name, args.text("chat_id"), params, outcome.status, outcome.words)
        journal.note_request(RequestRecord(*record))

    async def _on_file(self, request: web.Request) -> web.Response:
        found = [f for f in self.world.files.values() if f.path == request.match_info["path"]]
        if request.match_info["token"] != self.token or not found:
            return web.json_response(Refusal(404, "Not Found").body(), status=404)
        return web.Response(body=found[0].data, content_type="application/octet-stream")
