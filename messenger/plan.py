"""Who is written to now: the order of the outbox as a pure function (promises 6 and 7)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Literal, TypeAlias

from messenger.limits import History
from messenger.pauses import Pauses
from storage.rows import Row

Kind: TypeAlias = Literal["card", "letter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A card behind the truth, or a letter not yet sent; ``telegram_id`` is the chat that the request will name."""

    kind: Kind
    id: int
    team_id: int
    telegram_id: int
    priority: int
    since: datetime

    @classmethod
    def of(cls, row: Row) -> Waiting:
        """From a row of the outbox."""
        return cls(
            kind=row["item"],
            id=row["id"],
            team_id=row["team_id"],
            telegram_id=row["telegram_id"],
            priority=row["priority"],
            since=row["since"],
        )

    @property
    def order(self) -> tuple[int, datetime, str, int]:
        """Priority, then age; the rest only makes it the same every time."""
        return self.priority, self.since, self.kind, self.id


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send at once, and when to look again if nothing else happens before."""

    send_now: list[Waiting]
    wake_at: datetime | None


@dataclass(slots=True)
class Traffic:
    """What is on its way and what was: everything that holds a message back."""

    history: History
    pauses: Pauses = field(default_factory=Pauses)
    in_flight: Collection[int] = frozenset()  # Telegram chats with a request under way
    room: int = 64  # requests that may be under way at once

    def free_at(self, telegram_id: int, now: datetime) -> datetime:
        """When this chat takes a message."""
        return max(self.pauses.until(telegram_id, now), self.history.next_allowed_at(telegram_id, now))

    def slot(self, telegram_id: int, now: datetime) -> datetime:
        """When one more may leave for this chat, after all that have been noted, of whichever chat."""
        return max(self.free_at(telegram_id, now), self.history.bot_free_at(now))


def plan(waiting: Iterable[Waiting], traffic: Traffic, now: datetime) -> Plan:
    """The best of each chat that is free, as many as the bot's own pace allows.

    A chat in flight waits for its answer, which is a reason to look again; it gives no ``wake_at``.
    """
    ready, moments = _first_of_each_chat(waiting, traffic, now)
    pace = traffic.history.room(now)
    room = max(0, min(pace, traffic.room - len(traffic.in_flight)))
    if len(ready) > pace:
        ready.sort(key=partial(_turn, traffic.history))
        moments.append(traffic.history.bot_free_at(now) if pace == 0 else now + traffic.history.limits.burst.span)
    return Plan(ready[:room], min(moments, default=None))


def _turn(history: History, each: Waiting) -> tuple[int, datetime, tuple[int, datetime, str, int]]:
    """Of what is equally urgent, chats by turns: whoever was written to last comes last, however old his next one is.

    Else the oldest chats would be emptied first, and those left at the end would have to wait each for its own pace.
    """
    return each.priority, history.last_sent_at(each.telegram_id), each.order


def _first_of_each_chat(
    waiting: Iterable[Waiting], traffic: Traffic, now: datetime
) -> tuple[list[Waiting], list[datetime]]:
    ready: list[Waiting] = []
    moments: list[datetime] = []
    seen: dict[int, bool] = dict.fromkeys(traffic.in_flight, False)
    for each in sorted(waiting, key=lambda one: one.order):
        if each.telegram_id in seen:
            if seen[each.telegram_id]:
                moments.append(now + traffic.history.limits.chat(each.telegram_id)[0].span)
            continue
        free_at = traffic.free_at(each.telegram_id, now)
        seen[each.telegram_id] = free_at <= now
        if free_at <= now:
            ready.append(each)
        else:
            moments.append(free_at)
    return ready, moments
