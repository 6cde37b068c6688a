"""Which stored case a derived episode is, so that its id, card and history stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from followup.cases.facts import Episode


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKeys:
    """What a stored case is recognised by."""

    id: int
    fact_keys: tuple[str, ...]
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """``pairs`` of stored id and episode; ``fresh`` episodes need a new case; ``left_over`` cases are true no more."""

    pairs: tuple[tuple[int, Episode], ...]
    fresh: tuple[Episode, ...]
    left_over: tuple[int, ...]


class _Claim(NamedTuple):
    """How well an episode fits a stored case: sorted, the best stands first, hence the minus of what is shared."""

    minus_missed: int
    minus_calls: int
    minus_facts: int
    opened_at: datetime
    stored_id: int
    episode: int


def match(stored: Sequence[StoredKeys], episodes: Sequence[Episode]) -> Matching:
    """The best fit first; ties to the earliest stored case, then to the earliest episode; each taken once."""
    chosen: dict[int, int] = {}
    for claim in sorted(_claims(stored, episodes)):
        if claim.episode not in chosen and claim.stored_id not in chosen.values():
            chosen[claim.episode] = claim.stored_id
    return Matching(
        pairs=tuple((chosen[i], episode) for i, episode in enumerate(episodes) if i in chosen),
        fresh=tuple(episode for i, episode in enumerate(episodes) if i not in chosen),
        left_over=tuple(case.id for case in stored if case.id not in chosen.values()),
    )


def _claims(stored: Sequence[StoredKeys], episodes: Sequence[Episode]) -> Iterator[_Claim]:
    """What was missed is what a case is about; attempts and presses go to whatever was open at their time."""
    for case in stored:
        keys = set(case.fact_keys)
        for i, episode in enumerate(episodes):
            if shared := keys.intersection(episode.fact_keys):
                calls = sum(not key.startswith("a:") for key in shared)
                yield _Claim(-len(shared & _missed(episode)), -calls, -len(shared), case.opened_at, case.id, i)


def _missed(episode: Episode) -> set[str]:
    return {f"c:{call_id}" for call_id in episode.miss_ids} | {f"o:{order_id}" for order_id in episode.order_ids}
