"""What a client's facts say of his cases: the door to the pure rules of this folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from followup.cases.facts import ActionFact, CallFact, CasePolicy, Episode, Fact
from followup.cases.fold import Fold
from followup.cases.match import Matching, StoredKeys, match
from followup.cases.moments import Boundary, Moment, boundary_after, event_moments, fact_key, in_order

__all__ = [
    "ANONYMOUS_ACTIONS",
    "Boundary",
    "Matching",
    "Moment",
    "StoredKeys",
    "anonymous_episode",
    "boundary_after",
    "event_moments",
    "fact_key",
    "match",
    "timeline",
]

# What can be done about a hidden caller: there is nobody to take, to call or to hand over (D2).
ANONYMOUS_ACTIONS = frozenset({"handle", "note", "reopen"})


def timeline(
    facts: Iterable[Fact],
    policy: CasePolicy,
    now: datetime,
    *,
    since: Boundary | None = None,
    blocked: bool = False,
) -> list[Episode]:
    """The episodes of one client (and line, where brands are apart), in order of time.

    Neither the order of ``facts`` nor repeats of one matter. ``since`` is ``boundary_after`` the closed episode from
    which on facts were loaded (a call that began before it may still bring its contact), ``blocked`` whether the client
    was blocked then.
    """
    fold = Fold(policy, blocked)
    for moment in in_order(facts, since):
        fold.add(moment)
    fold.expire(now)
    return fold.episodes


def anonymous_episode(
    call: CallFact,
    expires_at: datetime,
    actions: Iterable[ActionFact],
    now: datetime,
    reopen_within: timedelta = timedelta(minutes=5),
) -> Episode:
    """A hidden caller's miss is its own episode (D2): nobody can call it back, it may be handled until ``expires_at``."""
    call = replace(call, window=None)  # not the clients' window: this one's time is over with the working day
    policy = CasePolicy(window=expires_at - call.started_at, reopen_within=reopen_within)
    allowed = [action for action in actions if action.kind in ANONYMOUS_ACTIONS]
    return timeline([call, *allowed], policy, now)[0]
