"""amoCRM (Kommo): a call in the incoming leads, which its people accept or decline (`/api/v4/leads/unsorted/sip`).

`/api/v4/calls` would not do: it attaches a call to a known contact and drops the call of an unknown one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from providers.contract import Option
from providers.crm.contract import Fate, HttpRequest, OutgoingEvent, by_status, json_body

PATH: Final = "/api/v4/leads/unsorted/sip"
_SOURCE: Final = "Perezvon"


class AmoCrm:
    """An account; the address is https://<subdomain>.amocrm.ru."""

    options: Sequence[Option] = (
        Option("access_token", "a long-lived token of an integration of the account", required=True, secret=True),
        Option("pipeline_id", "the pipeline that gets the leads; without it the main one"),
        Option("service_code", "what the account knows our telephony by", default="perezvon"),
    )
    events: Sequence[str] = ("ticket.created", "case.opened")
    wants_words = True

    def __init__(self, url: str, options: Mapping[str, str]) -> None:
        self._base = url.rstrip("/").removesuffix(PATH)
        self._token = options["access_token"]
        self._pipeline = options.get("pipeline_id")
        self._service = options.get("service_code") or "perezvon"

    def request(self, event: OutgoingEvent) -> HttpRequest | None:
        if event.phone is None:
            return None
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        return HttpRequest(url=self._base + PATH, headers=headers, body=json_body([self._lead(event, event.phone)]))

    def _lead(self, event: OutgoingEvent, phone: str) -> dict[str, Any]:
        happened = int(event.at.timestamp())
        number = {"field_code": "PHONE", "values": [{"value": phone, "enum_code": "WORK"}]}
        contact = {"name": event.client_name or phone, "custom_fields_values": [number]}
        lead: dict[str, Any] = {"source_name": _SOURCE, "source_uid": event.id, "created_at": happened}
        if self._pipeline:
            lead["pipeline_id"] = int(self._pipeline)
        return lead | {
            "metadata": {
                "is_call_event_needed": True,
                "uniq": event.id,
                "duration": 0,
                "service_code": self._service,
                "link": f"{self._base}/",  # the vendor wants a link to a recording; of a missed call there is none
                "phone": phone,
                "called_at": happened,
                "from": _SOURCE,
            },
            "_embedded": {"leads": [{"name": event.title}], "contacts": [contact]},
        }

    def understood(self, status: int, body: bytes) -> Fate:
        return by_status(status)
