"""The queue of updates for the bot: one sequence, kinds that are allowed, and their expiry."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.clock import MovableClock
from sandbox.journal import Pulse
from sandbox.models import Json

# all kinds but these three come unless asked otherwise
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
QUEUE_OF_KIND = {"callback_query": "user", "inline_query": "user", "my_chat_member": "member", "chat_member": "member"}
UPDATE_LIFETIME = timedelta(hours=24)
QUERY_LIFETIME = timedelta(seconds=150)
INLINE_LIFETIME = timedelta(seconds=30)
LIFETIMES = {"callback_query": QUERY_LIFETIME, "inline_query": INLINE_LIFETIME}


@dataclass
class Update:
    """One update that the bot has not confirmed yet."""

    id: int
    kind: str
    payload: Json
    made_at: datetime

    @property
    def queue(self) -> tuple[str, int]:
        """Updates of one queue are delivered one at a time: presses by user, everything else by chat."""
        family = QUEUE_OF_KIND.get(self.kind, "chat")
        owner = self.payload["from"] if family == "user" else self.payload["chat"]
        return family, owner["id"]

    @property
    def body(self) -> Json:
        """The JSON of the update."""
        return {"update_id": self.id, self.kind: self.payload}

    def is_expired(self, now: datetime) -> bool:
        """Questions that a person waits for die soon, everything else after a day."""
        lifetime = LIFETIMES.get(self.kind, UPDATE_LIFETIME)
        return now - self.made_at > lifetime


class UpdateFeed:
    """Unconfirmed updates in order."""

    def __init__(self, clock: MovableClock, pulse: Pulse) -> None:
        self._clock = clock
        self._next_id = 100_001
        self.pulse = pulse
        self.pending: dict[int, Update] = {}
        self.allowed: list[str] = []

    def now(self) -> datetime:
        """The moment that expiry is judged by."""
        return self._clock.now()

    def push(self, kind: str, payload: Json) -> None:
        """Store an update unless the bot did not ask for its kind."""
        if not self.wants(kind):
            return
        update = Update(self._next_id, kind, payload, self._clock.now())
        self._next_id += 1
        self.pending[update.id] = update
        self.pulse.ring()

    def wants(self, kind: str) -> bool:
        """Is this kind allowed now?"""
        return kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT

    def confirm(self, update_id: int) -> None:
        """Forget one update."""
        self.pending.pop(update_id, None)
        self.pulse.ring()

    def confirm_before(self, offset: int) -> None:
        """Forget everything before `offset`; a negative one keeps that many from the end."""
        ids = sorted(self.pending)
        edge = offset if offset >= 0 else ids[offset] if -offset <= len(ids) else 0
        for update_id in ids:
            if update_id < edge:
                self.confirm(update_id)

    def waiting(self) -> list[Update]:
        """Unconfirmed updates in order; the expired ones are dropped here."""
        now = self._clock.now()
        for update in [u for u in self.pending.values() if u.is_expired(now)]:
            del self.pending[update.id]
        return list(self.pending.values())
