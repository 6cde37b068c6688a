"""Averages: the mean with the median, p90 and n beside it (D18)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def spread(values: Iterable[int]) -> dict[str, Any]:
    """Whole seconds; None where nothing has a value. Between two values percentiles are linear."""
    ordered = sorted(values)
    if not ordered:
        return {"mean": None, "median": None, "p90": None, "n": 0}
    mean = round(sum(ordered) / len(ordered))
    return {"mean": mean, "median": _at(ordered, 50), "p90": _at(ordered, 90), "n": len(ordered)}


def _at(ordered: list[int], percent: int) -> int:
    """The linear percentile: at (n − 1) · percent / 100, counted from 0."""
    place, rest = divmod((len(ordered) - 1) * percent, 100)
    lower = ordered[place]
    return lower if not rest else round(lower + (ordered[place + 1] - lower) * rest / 100)
