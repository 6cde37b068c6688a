"""What may be told, when it is tried again, and when it is given up: pure rules."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final, Literal, get_args

EventKind = Literal[
    "case.opened",
    "case.changed",
    "case.closed",
    "ticket.created",
    "ticket.changed",
    "ticket.closed",
    "message.received",
    "message.sent",
]
EVENT_KINDS: Final[tuple[str, ...]] = get_args(EventKind)

PLAIN: Final = "plain"
GIVE_UP_AFTER: Final = timedelta(hours=24)
FEWEST_TRIES: Final = 3  # even of what has grown old while we were down
LONGEST_WAIT: Final = timedelta(hours=24)  # a receiver may ask for patience, not for oblivion

_FIRST_PAUSE: Final = 5.0  # seconds
_LONGEST_PAUSE: Final = 900.0
_LONGEST_SILENCE: Final = 60.0


def subject_of(key: str) -> str:
    """What an event is about: `ticket:12:7` is the seventh change of `ticket:12`."""
    return ":".join(key.split(":")[:2])


def delivery_key(kind: str, event: str, key: str) -> str:
    """What is told once: a plain receiver hears of every change, a CRM of each subject once (one lead a ticket)."""
    return f"{event}:{key if kind == PLAIN else subject_of(key)}"


def back_off(tries: int, event_id: str) -> timedelta:
    """5 s, 10 s, 20 s … a quarter of an hour after the given number of failed tries, each spread by a quarter.

    Spread by the event's own id, not by dice: what fails together does not come back together, and a rule stays pure.
    """
    base = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(max(tries, 1) - 1, 16))
    return timedelta(seconds=base * (0.75 + 0.5 * _chance(f"{event_id}:{tries}")))


def silence(failures: int) -> timedelta:
    """How long nobody knocks at a receiver that failed so many times in a row: 1 s, 2 s, 4 s … a minute."""
    return timedelta(seconds=min(_LONGEST_SILENCE, 2.0 ** min(max(failures, 1) - 1, 16)))


def patience(asked: str | None, now: datetime) -> timedelta:
    """What `Retry-After` asks for, in seconds or as a date; zero where it asks for nothing that can be read."""
    text = (asked or "").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError):
        return timedelta(0)
    until = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(until - now, timedelta(0)), LONGEST_WAIT)


def _chance(text: str) -> float:
    return zlib.crc32(text.encode()) / 2**32


def is_hopeless(tries: int, give_up_at: datetime, now: datetime) -> bool:
    """Whether another try would be one too many."""
    return now >= give_up_at and tries >= FEWEST_TRIES
