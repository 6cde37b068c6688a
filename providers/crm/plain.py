"""A plain webhook: the event as JSON, signed as our own generic hook takes it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from providers.contract import Option
from providers.crm.contract import Fate, HttpRequest, OutgoingEvent, by_status, json_body

SIGNATURE: Final = "X-Perezvon-Signature"
EVENT: Final = "X-Perezvon-Event"
DELIVERY: Final = "X-Perezvon-Delivery"


class Plain:
    """Any program that listens by HTTP."""

    options: Sequence[Option] = (
        Option("secret", "key of the X-Perezvon-Signature header; without it one is made", secret=True),
    )
    events: Sequence[str] = (
        *("case.opened", "case.changed", "case.closed", "ticket.created", "ticket.changed", "ticket.closed"),
        *("message.received", "message.sent"),
    )
    wants_words = False

    def __init__(self, url: str, options: Mapping[str, str]) -> None:
        self._url = url
        self._secret = options["secret"]

    def request(self, event: OutgoingEvent) -> HttpRequest:
        """The same event has the same body at every try; the signature is of the moment."""
        body = json_body(
            {
                "id": event.id,
                "event": event.kind,
                "at": event.at.isoformat(timespec="milliseconds"),
                "team": event.team,
                "data": event.payload,
            }
        )
        told = {EVENT: event.kind, DELIVERY: event.id, SIGNATURE: signature(self._secret, event.sent_at, body)}
        return HttpRequest(url=self._url, headers={"Content-Type": "application/json"} | told, body=body)

    def understood(self, status: int, body: bytes) -> Fate:
        return by_status(status)


def signature(secret: str, moment: datetime, body: bytes) -> str:
    """`t=<unix>,v1=<hex HMAC-SHA256 of "<t>.<raw body>">`."""
    stamp = str(int(moment.timestamp()))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"
