"""Who must not be written to for a while: chats that Telegram refused or did not answer (promises 5 and 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

_LONGEST = 300.0  # seconds
_KEPT = 256
_TOGETHER = timedelta(seconds=1)  # two chats refused within it: the whole bot is meant


def back_off(tries: int, chance: Random) -> timedelta:
    """1 s, 2 s, 4 s … 5 min, each spread so that many waiting chats do not return together."""
    base = min(_LONGEST, 2.0 ** min(tries, 9))
    return timedelta(seconds=max(1.0, base * chance.uniform(0.7, 1.0)))


@dataclass(slots=True)
class _Chat:
    until: datetime
    tries: int = 0
    refused_at: datetime | None = None


class Pauses:
    """Pauses of single chats, and of all of them when the whole bot is refused."""

    def __init__(self) -> None:
        self._chats: dict[int, _Chat] = {}
        self._all_until: datetime | None = None

    def until(self, telegram_id: int, now: datetime) -> datetime:
        """When the chat may be written to again; ``now`` if nothing holds it."""
        known = self._chats.get(telegram_id)
        return max(now, self._all_until or now, known.until if known else now)

    def tries(self, telegram_id: int) -> int:
        """How often in a row the chat could not be written to."""
        known = self._chats.get(telegram_id)
        return known.tries if known else 0

    def pause(self, telegram_id: int, until: datetime, now: datetime) -> None:
        """The chat was not reached; it is left alone."""
        self._sweep(now)
        known = self._chats.setdefault(telegram_id, _Chat(until))
        known.until = max(known.until, until)
        known.tries += 1

    def refuse(self, telegram_id: int, until: datetime, now: datetime) -> None:
        """429. It may mean the chat or the bot and does not say which: a second chat within a second tells."""
        self.pause(telegram_id, until, now)
        self._chats[telegram_id].refused_at = now
        others = [
            chat.until
            for other, chat in self._chats.items()
            if other != telegram_id and chat.refused_at is not None and now - chat.refused_at <= _TOGETHER
        ]
        if others:
            self.pause_all(max(until, *others))

    def pause_all(self, until: datetime) -> None:
        """Nobody is written to."""
        self._all_until = max(until, self._all_until or until)

    def forgive(self, telegram_id: int) -> None:
        """The chat answers again."""
        self._chats.pop(telegram_id, None)

    def __len__(self) -> int:
        return len(self._chats)

    def _sweep(self, now: datetime) -> None:
        if len(self._chats) < _KEPT:
            return
        longest = timedelta(seconds=_LONGEST)
        self._chats = {chat: known for chat, known in self._chats.items() if known.until > now - longest}
