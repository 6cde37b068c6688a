"""The nine statuses of a ticket (M25), which of them end it (X8) and which count as work (M30)."""

from __future__ import annotations

from typing import Final, Literal, get_args

Status = Literal["unsorted", "check", "selection", "booking", "deal", "done", "postponed", "refused", "non_target"]

STATUSES: Final[tuple[Status, ...]] = get_args(Status)
CLOSED: Final[frozenset[str]] = frozenset({"done", "refused", "non_target"})
IN_WORK: Final[frozenset[str]] = frozenset({"check", "selection", "booking", "deal", "done"})
