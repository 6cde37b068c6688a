"""What a planted day is made of: calls and orders whose outcome is known before the bot hears of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Kind = Literal["answered", "missed", "outbound", "internal", "order"]
Reason = Literal[
    "not_answered",
    "all_unavailable",
    "abandoned_10s",
    "abandoned_greeting",
    "abandoned_ivr",
    "no_route",
    "off_hours",
]

SALES, SERVICE, WIDGET = "+380441112233", "+380441112244", "site"
OLGA, TARAS = "101", "102"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One call or order of the day; ``client`` None is a hidden number, ``why`` is the reason the bot must find."""

    id: str
    kind: Kind
    started_at: datetime
    title: str
    detail: str = ""
    client: str | None = None
    line: str = SALES
    extension: str = OLGA
    why: Reason | None = None
    reached: bool = True
    result: str | None = None
    order_id: str | None = None
    talk: timedelta = timedelta(seconds=95)

    @property
    def is_successful(self) -> bool:
        """A person of ours and the client talked."""
        return self.kind == "answered" or (self.kind == "outbound" and self.reached)
