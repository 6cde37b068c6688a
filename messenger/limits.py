"""How fast Telegram lets one bot talk, and what of that is used up (promise 7)."""

from __future__ import annotations

import math
import re
from bisect import insort
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_WORD = re.compile(r"(\d+)/(s|s/chat|min/group)")
_FIELDS = {"s": "per_second", "s/chat": "chat_per_second", "min/group": "group_per_minute"}
_SWEEP_EVERY = 256
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_LATE = timedelta(milliseconds=15)  # by how much one request may take longer to Telegram than the thirtieth after it


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``count`` in any ``span``."""

    count: int
    span: timedelta

    def free_at(self, sends: Sequence[datetime], now: datetime) -> datetime:
        """When one more fits; ``sends`` in order, the newest last."""
        return max(now, sends[-self.count] + self.span) if len(sends) >= self.count else now

    def room(self, sends: Sequence[datetime], now: datetime) -> int:
        """How many fit at once."""
        return self.count - sum(1 for at in sends if at > now - self.span)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Sends and edits together: of the bot, in one chat, in one group."""

    per_second: int = 30
    chat_per_second: int = 1
    group_per_minute: int = 20

    @property
    def bot(self) -> Rate:
        """The bot's own pace, by when its requests left; one may take a little longer to Telegram than the next."""
        return Rate(self.per_second, timedelta(seconds=1) + _LATE)

    @property
    def burst(self) -> Rate:
        """A third of it in a third of a second, by when requests were to leave: what is late does not delay the rest."""
        part = math.ceil(self.per_second / 3)
        return Rate(part, timedelta(seconds=part / self.per_second))

    def chat(self, telegram_id: int) -> tuple[Rate, ...]:
        """What holds in this chat."""
        second = Rate(1, timedelta(seconds=1 / self.chat_per_second))
        return (second, Rate(self.group_per_minute, timedelta(minutes=1))) if is_group(telegram_id) else (second,)


def is_group(telegram_id: int) -> bool:
    """Telegram numbers people from 1 up, groups and channels from -1 down."""
    return telegram_id < 0


def parse_limits(text: str) -> Limits:
    """Limits from a setting like "30/s 1/s/chat 20/min/group"; what is not named keeps its default."""
    given: dict[str, int] = {}
    for word in text.split():
        match = _WORD.fullmatch(word)
        if match is None or int(match[1]) == 0:
            raise ValueError(f'unknown rate limit "{word}": expected 30/s, 1/s/chat or 20/min/group, each above zero')
        if _FIELDS[match[2]] in given:
            raise ValueError(f'rate limit "{word}": another one for /{match[2]} was named before it')
        given[_FIELDS[match[2]]] = int(match[1])
    return Limits(**given)


class History:
    """What was sent lately, by Telegram chat; forgets what no limit asks about any more."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._pace, self._burst = limits.bot, limits.burst
        self._bot: deque[datetime] = deque(maxlen=self._pace.count)
        self._promised: deque[datetime] = deque(maxlen=self._burst.count)
        self._chats: dict[int, deque[datetime]] = {}
        self._noted = 0

    def note(self, telegram_id: int, at: datetime) -> None:
        """A request (send or edit) leaves now, or has been promised to."""
        _add(self._bot, at)
        _add(self._promised, at)
        sends = self._chats.setdefault(telegram_id, deque(maxlen=self.limits.group_per_minute))
        sends.append(at)
        self._noted += 1
        if self._noted % _SWEEP_EVERY == 0:
            self._sweep(at)

    def depart(self, telegram_id: int, at: datetime) -> None:
        """What was noted when it was chosen has been rendered and leaves only now: Telegram counts it from here."""
        sends = self._chats.get(telegram_id)
        if sends and sends[-1] in self._bot:
            self._bot.remove(sends[-1])
            _add(self._bot, at)
            sends[-1] = at

    def settle(self, telegram_id: int, at: datetime) -> None:
        """The request has been answered: Telegram counted it at some moment up to now, we count it now."""
        sends = self._chats.get(telegram_id)
        if sends:
            sends[-1] = max(sends[-1], at)

    def withdraw(self, telegram_id: int) -> None:
        """The request was not needed after all."""
        sends = self._chats.get(telegram_id)
        if sends:
            noted_at = sends.pop()
            for moments in (self._bot, self._promised):
                if noted_at in moments:
                    moments.remove(noted_at)

    def recall(self, sends: Sequence[tuple[int, datetime]]) -> None:
        """What another sender of this bot sent lately, in order; of a chat that we know more of it is known already."""
        found: dict[int, list[datetime]] = {}
        for telegram_id, at in sends:
            found.setdefault(telegram_id, []).append(at)
        for telegram_id, moments in found.items():
            ours = self._chats.get(telegram_id, ())
            if sum(1 for at in ours if at >= moments[0]) < len(moments):
                newer = [at for at in ours if at > moments[-1]]
                self._chats[telegram_id] = deque([*moments, *newer], maxlen=self.limits.group_per_minute)
        newest = self._bot[-1] if self._bot else _LONG_AGO
        for known in (self._bot, self._promised):
            known.extend(at for _, at in sends if at > newest)

    def last_sent_at(self, telegram_id: int) -> datetime:
        """When this chat was last written to, as far as anybody remembers."""
        sends = self._chats.get(telegram_id)
        return sends[-1] if sends else _LONG_AGO

    def next_allowed_at(self, telegram_id: int, now: datetime) -> datetime:
        """When the chat takes one more, whatever the bot's own pace."""
        sends = self._chats.get(telegram_id, ())
        return max(rate.free_at(sends, now) for rate in self.limits.chat(telegram_id))

    def last_allowed_at(self, telegram_id: int, count: int, now: datetime) -> datetime:
        """When the chat takes the last of ``count`` more, whatever the bot's own pace."""
        sends = deque(self._chats.get(telegram_id, ()), maxlen=self.limits.group_per_minute)
        last = now
        for _ in range(count):
            last = max(rate.free_at(sends, last) for rate in self.limits.chat(telegram_id))
            sends.append(last)
        return last

    def bot_free_at(self, now: datetime) -> datetime:
        """When the bot may send one more to anybody."""
        return max(self._pace.free_at(self._bot, now), self._burst.free_at(self._promised, now))

    def room(self, now: datetime) -> int:
        """How many may leave at once, to chats that take them."""
        return max(0, min(self._pace.room(self._bot, now), self._burst.room(self._promised, now)))

    def __len__(self) -> int:
        return len(self._chats)

    def _sweep(self, now: datetime) -> None:
        minute_ago = now - timedelta(minutes=1)
        self._chats = {chat: sends for chat, sends in self._chats.items() if sends and sends[-1] > minute_ago}


def _add(moments: deque[datetime], at: datetime) -> None:
    """In order of time: what leaves late passes those that were promised a later moment."""
    if len(moments) == moments.maxlen:
        moments.popleft()
    insort(moments, at)
