"""What each process holds in memory, from its start to its end, and whether that grows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from tests.bench.program import resident
from tests.processes.fleet import Process

_WARM_UP = 60.0  # seconds until caches and pools have what they will have
_LONG_ENOUGH = 180.0  # seconds after the warm-up; a slope of less says nothing
STEEPEST = 1.0  # MB a minute
MOST = 1.1  # times what it held after the warm-up: the delivery law's bound


@dataclass
class Life:
    """One process between two kills."""

    name: str
    pid: int
    samples: list[tuple[float, float]] = field(default_factory=list)  # second, MB

    @property
    def settled(self) -> list[tuple[float, float]]:
        return [each for each in self.samples if each[0] >= self.samples[0][0] + _WARM_UP]

    @property
    def slope(self) -> float | None:
        """MB a minute by least squares, of what has lived long enough."""
        kept = self.settled
        if not kept or kept[-1][0] - kept[0][0] < _LONG_ENOUGH:
            return None
        at = sum(second for second, _ in kept) / len(kept)
        held = sum(megabytes for _, megabytes in kept) / len(kept)
        spread = sum((second - at) ** 2 for second, _ in kept)
        return 60 * sum((second - at) * (megabytes - held) for second, megabytes in kept) / spread

    @property
    def is_flat(self) -> bool:
        if self.slope is None:
            return True
        return self.slope <= STEEPEST or self.settled[-1][1] <= MOST * self.settled[0][1]


class Memory:
    """Looks at all of them now and then."""

    def __init__(self) -> None:
        self._lives: dict[int, Life] = {}

    @property
    def lives(self) -> list[Life]:
        return list(self._lives.values())

    def sample(self, at: float, processes: list[Process]) -> None:
        for process in processes:
            try:
                megabytes = resident(process.pid)
            except (OSError, IndexError):
                continue  # it died this moment
            self._lives.setdefault(process.pid, Life(process.name, process.pid)).samples.append((at, megabytes))

    def show(self) -> None:
        """The longest lives of each name."""
        table = Table("process", "pid", "lived, s", "first MB", "last MB", "most MB", "MB a minute", title="Memory")
        by_name: dict[str, list[Life]] = defaultdict(list)
        for life in self.lives:
            by_name[life.name].append(life)
        for name in sorted(by_name):
            for life in sorted(by_name[name], key=lambda each: each.samples[0][0] - each.samples[-1][0])[:2]:
                held = [megabytes for _, megabytes in life.samples]
                slope = "too short" if life.slope is None else f"{life.slope:+.2f}"
                span = f"{life.samples[-1][0] - life.samples[0][0]:.0f}"
                table.add_row(name, str(life.pid), span, f"{held[0]:.0f}", f"{held[-1]:.0f}", f"{max(held):.0f}", slope)
        Console(width=140).print(table)
