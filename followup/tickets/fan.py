"""Whose turn it is (M29): a fair choice among those who are available, weighted, with the reason told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A member who may be given a ticket. ``turns``: how many he has had, in units of his own share."""

    member_id: int
    weight: int = 1
    turns: float = 0.0
    was_available: bool = False
    last_no: int = 0  # the fan's count when he was last chosen
    has_open: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Who it is, and everybody's turns after it. ``why`` is what "Why me?" answers with."""

    member_id: int
    turns: dict[int, float]
    why: dict[str, int]


def choose(available: Iterable[Candidate]) -> Choice | None:
    """The one with the fewest turns for his weight; ties to who has waited longest, then to the smallest id.

    Turns are virtual time: whoever comes back from an absence starts where those who stayed are now, at most one
    ticket behind them, so he is neither flooded with what he missed nor spared. Among the same people at work nobody is ever more than one ticket ahead of
    his share, and over a day each gets by the hours he was on duty.
    """
    candidates = [each for each in available if each.weight > 0]
    if not candidates:
        return None
    stayed = [each.turns for each in candidates if each.was_available]
    now = min(stayed) if stayed else min(each.turns for each in candidates)
    turns = {each.member_id: each.turns if each.was_available else _returned(each, now) for each in candidates}
    best = min(candidates, key=lambda each: (turns[each.member_id] + 1 / each.weight, each.last_no, each.member_id))
    why = {
        "among": len(candidates),
        "turns": round(turns[best.member_id] * best.weight),
        "weight": best.weight,
        "open": best.has_open,
    }
    turns[best.member_id] += 1 / best.weight
    return Choice(member_id=best.member_id, turns=turns, why=why)


def _returned(candidate: Candidate, now: float) -> float:
    return min(max(candidate.turns, now), now + 1 / candidate.weight)
