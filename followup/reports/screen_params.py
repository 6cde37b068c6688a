"""What a report's message remembers between two presses: the params of its screen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from followup.reports.selection import Selection

Params = dict[str, Any]


def built(chosen: Selection, columns: Iterable[str] | None) -> Params:
    """A report to look at; ``columns`` None: those that everybody sees."""
    return {"step": "built", "chosen": chosen.to_json(), "columns": list(columns) if columns is not None else None}
