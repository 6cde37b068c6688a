"""When the facts of a client take effect, and in which order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple, assert_never

from followup.cases.facts import ActionFact, CallFact, Episode, Fact, OrderFact


class Rank(IntEnum):
    """What goes first within one instant.

    A contact closes only what was missed strictly before it (D10), so it stands before the misses; a person's press
    saw the calls of its instant, so it stands after them.
    """

    EXPIRY = 0
    CONTACT = 1
    MISS = 2
    ORDER = 3
    ATTEMPT = 4
    ACTION = 5
    END = 6


class Boundary(NamedTuple):
    """A place between moments: all that is not after it is left out. Without a rank: the end of the instant."""

    at: datetime
    rank: Rank = Rank.END
    fact_id: int = 0


class Moment(NamedTuple):
    """One effect of one fact; a successful outbound call has two: its start and its contact."""

    at: datetime
    rank: Rank
    fact: Fact

    @property
    def place(self) -> Boundary:
        return Boundary(self.at, self.rank, self.fact.id)

    @property
    def turn(self) -> tuple[datetime, Rank, str, int]:
        """Vendors count in whole seconds: of one instant the vendor's own key decides, never the order of arrival."""
        key = "" if isinstance(self.fact, ActionFact) else self.fact.key
        return (self.at, self.rank, key, self.fact.id)


def fact_key(fact: Fact) -> str:
    if isinstance(fact, CallFact):
        return f"c:{fact.id}"
    return f"o:{fact.id}" if isinstance(fact, OrderFact) else f"a:{fact.id}"


def event_moments(fact: Fact) -> tuple[Moment, ...]:
    if isinstance(fact, CallFact):
        return _call_moments(fact)
    if isinstance(fact, OrderFact):
        return (Moment(fact.ordered_at, Rank.ORDER, fact),)
    return (Moment(fact.at, Rank.ACTION, fact),)


def _call_moments(call: CallFact) -> tuple[Moment, ...]:
    match call.role:
        case "missed":
            return (Moment(call.started_at, Rank.MISS, call),)
        case "attempt":
            return (Moment(call.started_at, Rank.ATTEMPT, call),)
        case "contact_in" | "contact_out":
            return _contact_moments(call)
    assert_never(call.role)


def _contact_moments(call: CallFact) -> tuple[Moment, ...]:
    """Some vendors stamp the answer with the start: then the contact alone counts, and counts the attempt, too."""
    contact_at = call.contact_at or call.started_at
    contact = Moment(contact_at, Rank.CONTACT, call)
    if call.role == "contact_out" and call.started_at < contact_at:
        return (Moment(call.started_at, Rank.ATTEMPT, call), contact)
    return (contact,)


def in_order(facts: Iterable[Fact], since: Boundary | None = None) -> list[Moment]:
    """The moments after ``since``, each fact once, in the one order that does not depend on their arrival."""
    once = {fact_key(fact): fact for fact in facts}
    moments = [moment for fact in once.values() for moment in event_moments(fact)]
    return sorted((m for m in moments if since is None or m.place > since), key=lambda moment: moment.turn)


def boundary_after(episode: Episode) -> Boundary:
    """The end of a closed episode: what stands in the same instant but after its closing still opens the next one."""
    if episode.closed_at is None:
        raise ValueError("an open episode has no end")
    if episode.how == "expired":
        return Boundary(episode.closed_at, Rank.EXPIRY)
    if episode.contact_id is not None:
        return Boundary(episode.closed_at, Rank.CONTACT, episode.contact_id)
    kind, _, fact_id = episode.fact_keys[-1].partition(":")
    rank = {"a": Rank.ACTION, "c": Rank.MISS, "o": Rank.ORDER}[kind]
    return Boundary(episode.closed_at, rank, int(fact_id))
