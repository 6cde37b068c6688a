"""What every PBX dialect offers: check a request, read it, answer in the vendor's own words.

A provider is stateless: options and request go in, events come out. It knows no database, no clock
(``RawRequest.received_at`` is the only "now") and no other provider.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Protocol

from followup.calls.events import Event

DEFAULT_MAX_BODY = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRequest:
    """A hook request as it came, the only thing that is stored before the answer."""

    method: str
    path: str  # what follows /hooks/{token}, without slashes at the ends: "events/summary", ""
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """What the vendor wants to read after its request was stored."""

    body: bytes = b"{}"
    content_type: str = "application/json"
    status: int = 200


@dataclass(frozen=True, slots=True)
class Option:
    """A setting of a connection (`perezvon connect … --option name=value`)."""

    name: str
    help: str
    required: bool = False
    default: str | None = None
    secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How naive times and extensions of this connection are to be read."""

    timezone: tzinfo
    region: str = "RU"
    options: Mapping[str, str] = field(default_factory=dict)


class HookRefused(Exception):
    """A request that must not be stored; ``status`` is the HTTP code, the text says what, where, what is expected."""

    status = 400

    def __init__(self, message: str, *, pointer: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.pointer = pointer


class Malformed(HookRefused):
    """The body cannot be read as what the vendor sends (400). ``pointer`` is a JSON pointer to the bad place."""

    status = 400


class BadSignature(HookRefused):
    """The signature, token or address is wrong or missing (401)."""

    status = 401


class Provider(Protocol):
    """One PBX dialect."""

    name: str
    options: Sequence[Option]
    max_body: int

    def verify(self, raw: RawRequest, options: Mapping[str, str]) -> None:
        """Raise BadSignature unless the request is the vendor's own."""
        ...

    def check(self, raw: RawRequest, reading: Reading) -> None:
        """Raise Malformed if the request can never be read; called after ``verify``, before storing."""
        ...

    def parse(self, raw: RawRequest, reading: Reading) -> list[Event]:
        """Events of a stored request; [] for a ping or a kind that tells nothing. Raises Malformed (row → failed)."""
        ...

    def reply(self, raw: RawRequest) -> Reply:
        """The vendor's own words of success."""
        ...
