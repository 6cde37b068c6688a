"""What a benchmark found, and the table of all of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One figure beside its floor and what it has to reach."""

    what: str
    backend: str
    figure: str
    floor: str
    ratio: float | None
    reach: str
    is_reached: bool
    more: str = ""

    @property
    def line(self) -> str:
        """One row of Markdown."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        mark = "yes" if self.is_reached else "**no**"
        cells = (self.what, self.backend, self.figure, self.floor, ratio, self.reach, mark, self.more)
        return f"| {' | '.join(cells)} |"


HEAD = (
    "| what | database | figure | floor in the same run | ratio | reach | reached | more |\n"
    "|---|---|---|---|---|---|---|---|"
)


def table(results: Iterable[Result]) -> str:
    """All of it, to be pasted into docs/performance.md."""
    return "\n".join([HEAD, *(result.line for result in results)])
