"""Kaplan and Meier's estimate of who is reached by when, with Greenwood's band on the log-log scale; pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_NORMAL_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Reached:
    """After ``hours``: the share reached by then, its 95 % band, and how many were waiting just before."""

    hours: float
    share: float
    low: float
    high: float
    at_risk: int


def reached_by(delays: Iterable[tuple[float, bool]]) -> list[Reached]:
    """The estimate at each moment somebody was reached. A delay that ended otherwise says only "not until then"."""
    contacts: Counter[float] = Counter()
    ends: Counter[float] = Counter()
    for hours, is_reached in delays:
        ends[hours] += 1
        contacts[hours] += is_reached
    waiting, missed, spread = ends.total(), 1.0, 0.0
    found = []
    for hours in sorted(ends):
        reached = contacts[hours]
        if reached:
            missed *= 1 - reached / waiting
            spread += reached / (waiting * (waiting - reached)) if waiting > reached else 0.0
            low, high = _band(missed, spread)
            found.append(Reached(hours, 1 - missed, 1 - high, 1 - low, waiting))
        waiting -= ends[hours]
    return found


def _band(missed: float, spread: float) -> tuple[float, float]:
    """The band of the share not reached; on the log-log scale it never leaves 0–1."""
    # Nobody is left: the estimate is certain only in name, no band can be told.
    if not 0 < missed < 1:
        return missed, missed
    width = _NORMAL_95 * math.sqrt(spread) / abs(math.log(missed))
    return missed ** math.exp(width), missed ** math.exp(-width)


def waiting_at(delays: Iterable[tuple[float, bool]], moments: Iterable[float]) -> list[int]:
    """How many were neither reached nor closed before each moment."""
    known = [hours for hours, _ in delays]
    return [sum(hours >= moment for hours in known) for moment in moments]


def share_at(curve: list[Reached], hours: float) -> Reached | None:
    """The estimate that holds at a moment; None before anybody was reached."""
    before = [point for point in curve if point.hours <= hours]
    return before[-1] if before else None
