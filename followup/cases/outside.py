"""Cases as other programs get them: the names and spellings of the contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from followup.cases.views import QueueRow, Tab

PROCESSED_ONLY: Final = ("closed_at", "closed_by", "how", "close_reason", "close_text")


def queue_json(row: QueueRow, zone: ZoneInfo, tab: Tab) -> dict[str, Any]:
    """A row of the queue with the names that scripts rely on; moments are RFC 3339 in the team's zone."""
    found: dict[str, Any] = in_zone(asdict(row), zone)
    return found if tab == "processed" else {name: found[name] for name in found if name not in PROCESSED_ONLY}


def in_zone(value: Any, zone: ZoneInfo) -> Any:
    """The value as JSON has it."""
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(timespec="seconds")
    if isinstance(value, Mapping):
        return {name: in_zone(each, zone) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [in_zone(each, zone) for each in value]
    return value
