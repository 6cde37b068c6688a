"""Telegram's pace: so many sends and edits a second and a minute, for the bot, a chat and a group."""

import math
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.refusals import too_many

PACED = ("send", "edit", "copy", "forward")
FREE = frozenset({"sendchataction"})


@dataclass
class Bucket:
    """Refills at a steady rate and takes a small burst."""

    rate: float
    burst: float
    level: float = 0.0
    at: float | None = None

    def wait(self, now: float) -> float:
        """Seconds until one more fits; 0 when it fits now."""
        self.level = max(0.0, self.level - (now - (now if self.at is None else self.at)) * self.rate)
        self.at = now
        # a hair of tolerance: a sender that keeps the pace must not fail on rounding
        return max(0.0, (self.level + 1 - self.burst - 1e-6) / self.rate)

    def take(self, now: float) -> None:
        """Count one."""
        self.level += 1


@dataclass
class Window:
    """At most `most` in any span of `seconds`."""

    most: int
    seconds: float
    taken: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        """Seconds until one more fits; 0 when it fits now."""
        while self.taken and self.taken[0] <= now - self.seconds:
            self.taken.popleft()
        return 0.0 if len(self.taken) < self.most else self.taken[0] + self.seconds - now

    def take(self, now: float) -> None:
        """Count one."""
        self.taken.append(now)


@dataclass
class Pause:
    """A chat that was told to wait; hammering makes the wait longer."""

    until: float = 0.0
    refusals: int = 0


class RateLimits:
    """30/s for the bot, 1/s for a chat with a burst of 3, 20/min for a group.

    The clock is its own: with a story's frozen clock a limit would never recover unless the story moves it on.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._bot = Bucket(rate=30, burst=30)
        self._chats: dict[str, Bucket] = defaultdict(lambda: Bucket(rate=1, burst=3))
        # the minute is a little shorter than ours, so that jitter of a punctual sender is no offence
        self._groups: dict[str, Window] = defaultdict(lambda: Window(most=20, seconds=59.5))
        self._pauses: dict[str, Pause] = defaultdict(Pause)

    def spend(self, method: str, chat_id: str) -> None:
        """Count a request against the pace, or refuse it with 429."""
        if not method.startswith(PACED) or method in FREE:
            return
        now = self._clock()
        scopes = self._scopes(chat_id)
        pause = self._pauses[chat_id]
        wait = max(pause.until - now, *(scope.wait(now) for scope in scopes))
        if wait > 0:
            raise too_many(self._prolong(pause, now, wait))
        pause.refusals = 0
        for scope in scopes:
            scope.take(now)

    def _scopes(self, chat_id: str) -> list[Bucket | Window]:
        scopes: list[Bucket | Window] = [self._bot, self._chats[chat_id]]
        return [*scopes, self._groups[chat_id]] if chat_id.startswith("-") else scopes

    def _prolong(self, pause: Pause, now: float, wait: float) -> int:
        pause.refusals += 1
        seconds = max(1, math.ceil(wait)) * (2 if pause.refusals % 10 == 0 else 1)
        pause.until = max(pause.until, now + seconds)
        return seconds
