"""The order and the limits of the outbox with bare numbers: what ``messenger.plan`` does, fast enough for a day of 10,000 teams."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from typing import NamedTuple

from messenger.limits import Limits

_LONG_AGO = -1e9


class Message(NamedTuple):
    """Something for a chat; an edit of a ``card`` (0: no card) that still waits is the one that waits."""

    at: float
    priority: int
    chat: int  # below zero: a group, as Telegram numbers them
    card: int = 0
    kind: str = ""


class Sent(NamedTuple):
    """When it left."""

    at: float
    message: Message


class Queue:
    """One bot. Every chat with something to say stands in ``_ready`` or sleeps until its limits let it."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        part = self._limits.burst
        self._bot: deque[float] = deque([_LONG_AGO] * self._limits.per_second, maxlen=self._limits.per_second)
        self._part, self._part_span = part.count, part.span.total_seconds()
        self._waiting: dict[int, list[tuple[int, float, int, Message]]] = {}
        self._free_at: dict[int, float] = {}
        self._groups: dict[int, deque[float]] = {}
        self._ready: list[tuple[int, float, int, int]] = []
        self._sleeping: list[tuple[float, int]] = []
        self._cards: set[int] = set()
        self._number = 0
        self.coalesced = 0

    def run(self, messages: Iterable[Message]) -> Iterator[Sent]:
        """What leaves and when; ``messages`` in order of time."""
        now = _LONG_AGO
        for message in messages:
            yield from self._until(now, message.at)
            now = message.at
            self._take(message)
        yield from self._until(now, float("inf"))

    def _until(self, now: float, end: float) -> Iterator[Sent]:
        """Everything that happens before ``end`` by itself."""
        while self._ready or self._sleeping:
            wakes_at = self._sleeping[0][0] if self._sleeping else float("inf")
            sends_at = max(now, self._bot_free_at()) if self._ready else float("inf")
            now = min(wakes_at, sends_at)
            if now >= end:
                return
            if wakes_at <= sends_at:
                self._offer(heappop(self._sleeping)[1])
            else:
                sent = self._send(now)
                if sent is not None:
                    yield sent

    def _bot_free_at(self) -> float:
        return max(self._bot[0] + 1, self._bot[-self._part] + self._part_span)

    def _take(self, message: Message) -> None:
        if message.card in self._cards:
            self.coalesced += 1
            return
        if message.card:
            self._cards.add(message.card)
        self._number += 1
        heap = self._waiting.setdefault(message.chat, [])
        is_first = not heap
        heappush(heap, (message.priority, message.at, self._number, message))
        if self._free_at.get(message.chat, _LONG_AGO) <= message.at:
            self._offer(message.chat)
        elif is_first:
            heappush(self._sleeping, (self._free_at[message.chat], message.chat))

    def _offer(self, chat: int) -> None:
        heap = self._waiting.get(chat)
        if heap:
            priority, at, number, _ = heap[0]
            heappush(self._ready, (priority, at, number, chat))

    def _send(self, now: float) -> Sent | None:
        """The best of all; None if a better one of its chat stood before it and has gone already."""
        _, _, number, chat = heappop(self._ready)
        heap = self._waiting.get(chat)
        if not heap or heap[0][2] != number or self._free_at.get(chat, _LONG_AGO) > now:
            return None
        message = heappop(heap)[3]
        self._cards.discard(message.card)
        self._bot.append(now)
        self._free_at[chat] = self._next_free_at(chat, now)
        if heap:
            heappush(self._sleeping, (self._free_at[chat], chat))
        return Sent(now, message)

    def _next_free_at(self, chat: int, now: float) -> float:
        free_at = now + 1 / self._limits.chat_per_second
        if chat >= 0:
            return free_at
        sends = self._groups.setdefault(chat, deque(maxlen=self._limits.group_per_minute))
        sends.append(now)
        return max(free_at, sends[0] + 60) if len(sends) == sends.maxlen else free_at
