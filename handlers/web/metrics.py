"""What is counted for Prometheus, in a registry of its own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Metrics:
    """The counters of one process; the outbox and the workers may register theirs beside them."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.hooks = Counter(
            "perezvon_hook_requests", "Requests of PBXs by answer", ["provider", "status"], registry=self.registry
        )
        self._hooks: dict[tuple[str, int], Counter] = {}  # finding a counter by its words takes longer than counting
        self.hook_seconds = Histogram(
            "perezvon_hook_seconds", "From request to answer, the commit included", registry=self.registry
        )
        self.updates = Counter(
            "perezvon_telegram_updates", "Updates by webhook, by answer", ["status"], registry=self.registry
        )
        self.inbox_rows = Gauge("perezvon_inbox_rows", "Rows not done", ["state"], registry=self.registry)
        self.inbox_lag = Gauge("perezvon_inbox_lag_seconds", "Age of the oldest pending row", registry=self.registry)
        self.outbox_lag = Gauge(
            "perezvon_outbox_lag_seconds", "How long the most belated message has been due", registry=self.registry
        )
        self.dead_rows = Gauge(
            "perezvon_dead_rows",
            "Cards, letters and outgoing events given up for good",
            ["kind"],
            registry=self.registry,
        )
        self.silent = Gauge("perezvon_silent_connections", "PBXs that are silent now", registry=self.registry)
        self.mended = Gauge(
            "perezvon_audit_mended", "Gaps the auditor has mended since the beginning", ["kind"], registry=self.registry
        )
        self.unknown_calls = Gauge(
            "perezvon_unknown_calls", "Calls of the last day whose end never came", registry=self.registry
        )
        self.event_lag = Gauge(
            "perezvon_event_lag_seconds", "Age of the oldest event that a webhook waits for", registry=self.registry
        )
        self.telegram_success = Gauge(
            "perezvon_telegram_success_timestamp_seconds", "Last success with Telegram", registry=self.registry
        )

    def count_hook(self, provider: str, status: int, seconds: float) -> None:
        """One more request of a PBX, answered so after so long."""
        self.hook_seconds.observe(seconds)
        known = self._hooks.get((provider, status))
        if known is None:
            known = self._hooks[provider, status] = self.hooks.labels(provider, status)
        known.inc()
