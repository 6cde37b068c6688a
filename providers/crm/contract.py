"""What every receiver of our events offers: make a request of an event, and understand what was answered.

A client is stateless and pure: the event says everything, the moment included. It knows no database, no clock, no network
and no other client.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from providers.contract import Option

Fate = Literal["sent", "retry", "dead"]

# 408: too slow, 425: too early, 429: too many. The rest of 4xx will be refused again, however often it is said.
_WORTH_ANOTHER_TRY = frozenset({408, 425, 429})
_NUMBER = re.compile(r"\+?(?:[0-9][ ().-]*){3,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingEvent:
    """One thing that happened, as it leaves; ``title`` and ``text`` are its words for people who read a CRM's lead."""

    id: str
    kind: str
    at: datetime
    sent_at: datetime
    team: str
    payload: Mapping[str, Any]
    title: str = ""
    text: str = ""

    @property
    def phone(self) -> str | None:
        """The client's number; None for a hidden or forgotten one, and for who is only known by an account."""
        found = self.payload.get("client")
        return found if isinstance(found, str) and _NUMBER.fullmatch(found) else None

    @property
    def client_name(self) -> str | None:
        """What the client is called."""
        return self.payload.get("name") or None


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """What is to be sent."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    method: str = "POST"


class CrmClient(Protocol):
    """A receiver: one webhook with its address and options."""

    options: Sequence[Option]
    events: Sequence[str]  # what it can make something of; the first is what it is told by default
    wants_words: bool  # whether it needs ``title`` and ``text``

    def __init__(self, url: str, options: Mapping[str, str]) -> None:
        """The account: where, and as whom."""
        ...

    def request(self, event: OutgoingEvent) -> HttpRequest | None:
        """What to send; None where the event has nothing that this receiver could take."""
        ...

    def understood(self, status: int, body: bytes) -> Fate:
        """What came of it, by the answer."""
        ...


def by_status(status: int) -> Fate:
    """What an HTTP status alone says."""
    if 200 <= status < 300:
        return "sent"
    return "retry" if status >= 500 or status in _WORTH_ANOTHER_TRY else "dead"


def json_body(document: object) -> bytes:
    """The same document is the same bytes, every time: a signature covers them."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def answered(body: bytes) -> Mapping[str, Any]:
    """The object an answer holds; {} if it is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
