"""Is it alive, can it work, how far behind is it: `/livez`, `/readyz`, `/metrics`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from followup.clock import Clock
from followup.health import audit_store
from followup.health.store import silent_connections
from followup.notices.health_store import dead, oldest_due_at
from followup.webhooks.store import dead_deliveries, oldest_waiting_at
from handlers.web.answers import answer
from handlers.web.metrics import Metrics
from storage import inbox
from storage.engine import Database

_PATIENCE_SECONDS: Final = 5
# Rows that wait longer than this mean that nobody works on them.
_LONGEST_INBOX_LAG: Final = timedelta(minutes=2)


class Pulse:
    """When Telegram last answered with success; whoever talks to it says so."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.last_at: datetime | None = None

    def beat(self) -> None:
        """Telegram has just answered."""
        self.last_at = self._clock.now()


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How far behind the process is."""

    rows: dict[str, int]
    inbox_lag: timedelta
    outbox_lag: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Troubles:
    """What was given up, who is silent, what had to be mended (promises 5 and 16)."""

    dead: dict[str, int]
    silent: int
    mended: dict[str, int]
    unknown_calls: int
    event_lag: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What a load balancer and Prometheus ask."""

    database: Database
    clock: Clock
    pulse: Pulse
    metrics: Metrics

    def routes(self) -> list[web.RouteDef]:
        """GET only."""
        handlers = (("/livez", self.live), ("/readyz", self.ready), ("/metrics", self.measure))
        return [web.get(path, handler) for path, handler in handlers]

    async def live(self, _request: web.Request) -> web.Response:
        """The process answers."""
        return answer({"ok": True})

    async def ready(self, _request: web.Request) -> web.Response:
        """The database answers and the inbox is worked on."""
        state = await self._state()
        is_ready = state is not None and state.inbox_lag <= _LONGEST_INBOX_LAG
        last_at = self.pulse.last_at
        document: dict[str, Any] = {
            "ok": is_ready,
            "database": "ok" if state else "does not answer",
            "inbox_lag_seconds": _seconds(state.inbox_lag) if state else None,
            "outbox_lag_seconds": _seconds(state.outbox_lag) if state else None,
            "telegram_last_success_at": last_at.isoformat(timespec="seconds") if last_at else None,
        }
        return answer(document, status=200 if is_ready else 503)

    async def measure(self, _request: web.Request) -> web.Response:
        """The figures, with the lags as they are now."""
        state = await self._state()
        if state is not None:
            self.metrics.inbox_lag.set(state.inbox_lag.total_seconds())
            self.metrics.outbox_lag.set(state.outbox_lag.total_seconds())
            for name, count in state.rows.items():
                self.metrics.inbox_rows.labels(name).set(count)
            self._show(await self._troubles())
        if self.pulse.last_at is not None:
            self.metrics.telegram_success.set(self.pulse.last_at.timestamp())
        return web.Response(body=generate_latest(self.metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _troubles(self) -> Troubles:
        async with self.database.read() as c:
            cards, letters, deliveries = await dead(c, "cards"), await dead(c, "letters"), await dead_deliveries(c)
            return Troubles(
                dead={"card": cards, "letter": letters, "delivery": deliveries},
                silent=await silent_connections(c),
                mended=await audit_store.mended(c),
                unknown_calls=await audit_store.unknown_calls(c),
                event_lag=_since(await oldest_waiting_at(c), self.clock.now()),
            )

    def _show(self, troubles: Troubles) -> None:
        for kind, count in troubles.dead.items():
            self.metrics.dead_rows.labels(kind).set(count)
        for kind, count in troubles.mended.items():
            self.metrics.mended.labels(kind).set(count)
        self.metrics.silent.set(troubles.silent)
        self.metrics.unknown_calls.set(troubles.unknown_calls)
        self.metrics.event_lag.set(troubles.event_lag.total_seconds())

    async def _state(self) -> State | None:
        """None where the database does not answer."""
        now = self.clock.now()
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS), self.database.read() as c:
                rows = await inbox.counts(c)
                came_at, due_at = await inbox.oldest_pending_at(c), await oldest_due_at(c)
        except Exception as error:
            if not inbox.is_outage(error):
                raise
            return None
        return State(rows=rows, inbox_lag=_since(came_at, now), outbox_lag=_since(due_at, now))


def _since(moment: datetime | None, now: datetime) -> timedelta:
    return max(now - moment, timedelta(0)) if moment is not None else timedelta(0)


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())
