"""What was done to the installation and when: JSON lines as it happens, a table at the end."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass
class Ledger:
    """Everything that a reader needs to believe the verdict."""

    path: Path
    began: float = field(default_factory=time.monotonic)
    entries: list[dict[str, Any]] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return round(time.monotonic() - self.began, 2)

    def note(self, what: str, **details: Any) -> None:
        entry = {"at": self.seconds, "what": what, **details}
        self.entries.append(entry)
        with self.path.open("a") as file:
            file.write(json.dumps(entry, ensure_ascii=False, default=str) + "\n")

    def count(self, *kinds: str) -> int:
        return sum(1 for entry in self.entries if entry["what"] in kinds)

    def show(self) -> None:
        """Kills one by one, faults by kind."""
        console = Console(width=140)
        kills = Table("at, s", "what", "whom", "details", title="What was done to the processes")
        for entry in self.entries:
            if entry["what"] in {"kill", "hang up", "died by itself", "started"}:
                details = {name: value for name, value in entry.items() if name not in {"at", "what", "whom"}}
                rest = ", ".join(f"{name}={value}" for name, value in details.items())
                kills.add_row(f"{entry['at']:.1f}", entry["what"], str(entry.get("whom", "")), rest)
        console.print(kills)
        faults = Table("fault", "method", "planned", title="Faults at the Bot API")
        counted = Counter((entry["kind"], entry["method"]) for entry in self.entries if entry["what"] == "fault")
        for (kind, method), times in sorted(counted.items()):
            faults.add_row(kind, method, str(times))
        console.print(faults)
