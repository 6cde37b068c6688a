"""The fold of a client's moments, in order of time, into episodes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from followup.cases.changes import acted, attempted, closed, joined, opened, reached, reopened
from followup.cases.facts import ActionFact, CallFact, CasePolicy, Episode, OrderFact
from followup.cases.moments import Moment, Rank


@dataclass(slots=True)
class Fold:
    """The episodes so far; only the last one can be open (promise 4)."""

    policy: CasePolicy
    is_blocked: bool = False
    episodes: list[Episode] = field(default_factory=list)
    _deadline: datetime | None = None  # when the last episode expires, or would if it were open
    _after_close: list[Moment] = field(default_factory=list)

    def add(self, moment: Moment) -> None:
        self.expire(moment.at)
        fact = moment.fact
        if isinstance(fact, ActionFact):
            self._act(fact)
        elif isinstance(fact, OrderFact) or moment.rank is Rank.MISS:
            self._trouble(fact, moment.at)
        else:
            self._call(moment, fact)

    def expire(self, now: datetime) -> None:
        """An episode whose last miss or order is ``window`` ago is closed at that moment, whatever comes later (R4)."""
        episode = self._open
        if episode is not None and episode.expires_at is not None and episode.expires_at <= now:
            self._last_becomes(closed(episode, "expired", episode.expires_at))

    @property
    def _open(self) -> Episode | None:
        return self.episodes[-1] if self.episodes and self.episodes[-1].is_open else None

    def _last_becomes(self, episode: Episode) -> None:
        if not episode.is_open:
            self._after_close.clear()
        self.episodes[-1] = episode

    def _trouble(self, fact: CallFact | OrderFact, at: datetime) -> None:
        """A miss or an order joins the open episode or opens one; of a blocked client it is closed at once."""
        self._deadline = at + (fact.window or self.policy.window)
        if (episode := self._open) is not None:
            self._last_becomes(joined(episode, fact, self._deadline))
            return
        episode = opened(fact, self._deadline)
        self.episodes.append(closed(episode, "blocked", at) if self.is_blocked else episode)

    def _call(self, moment: Moment, call: CallFact) -> None:
        if (episode := self._open) is None:
            self._after_close.append(moment)
        elif moment.rank is Rank.CONTACT:
            self._last_becomes(reached(episode, call, moment.at))
        else:
            self._last_becomes(attempted(episode, call))

    def _act(self, action: ActionFact) -> None:
        if action.kind in {"block", "unblock"}:
            self.is_blocked = action.kind == "block"
        if action.kind == "reopen":
            self._reopen(action)
        elif (episode := self._open) is not None:
            self._last_becomes(acted(episode, action))

    def _reopen(self, action: ActionFact) -> None:
        """The close is undone as if it had never been: calls made since then count, and may close the episode again."""
        if self._deadline is None or not self._may_reopen(action.at, self._deadline):
            return
        meanwhile = tuple(self._after_close)
        self.episodes[-1] = reopened(self.episodes[-1], action, self._deadline)
        for moment in meanwhile:
            self.add(moment)

    def _may_reopen(self, at: datetime, deadline: datetime) -> bool:
        last = self.episodes[-1]
        if last.closed_at is None or at - last.closed_at > self.policy.reopen_within or at >= deadline:
            return False
        return last.how == "manual" or (last.how == "blocked" and last.closed_by is not None)
