"""When first alerts that wait in one chat become one message, as pure functions (promise 7)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from messenger.plan import Traffic

MOST_ALONE = 5  # cards that may wait in a chat each by itself
MOST_LINES = 20  # of a bundle: its numbered buttons and its text stay within a screen or two
_AT_ONCE = timedelta(seconds=1)  # later than that is a wait


@dataclass(frozen=True, slots=True)
class Gathering:
    """The oldest ``joining`` alerts become lines of the bundle that waits; then come new bundles of these sizes."""

    joining: int = 0
    bundles: tuple[int, ...] = ()


def gather(alerts: int, room: int) -> Gathering:
    """What becomes of so many waiting alerts, with so much room in a bundle that waits itself."""
    joining = min(alerts, room)
    rest = alerts - joining
    if rest <= MOST_ALONE:
        return Gathering(joining)
    many = math.ceil(rest / MOST_LINES)
    even, more = divmod(rest, many)
    return Gathering(joining, tuple(even + (place < more) for place in range(many)))


def must_wait(waiting: int, telegram_id: int, traffic: Traffic, now: datetime) -> bool:
    """Whether the chat cannot take so many messages at once."""
    begin = traffic.pauses.until(telegram_id, now)
    enough = min(waiting, MOST_ALONE + 1)
    return traffic.history.last_allowed_at(telegram_id, enough, begin) - now > _AT_ONCE
