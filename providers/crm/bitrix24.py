"""Bitrix24: a lead by an incoming webhook of the portal (`crm.lead.add`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from providers.contract import Option
from providers.crm.contract import Fate, HttpRequest, OutgoingEvent, answered, by_status, json_body

METHOD: Final = "crm.lead.add.json"
# Said with 200, 400 or 503, as the portal likes: it only wants us to come later.
_LATER: Final = frozenset({"QUERY_LIMIT_EXCEEDED", "OPERATION_TIME_LIMIT", "OVERLOAD_LIMIT", "INTERNAL_SERVER_ERROR"})


class Bitrix24:
    """A portal; the address is that of its incoming webhook, https://<portal>/rest/<user>/<code>/."""

    options: Sequence[Option] = (
        Option("source_id", "where leads come from, by the portal's own list", default="CALL"),
        Option("assigned_by_id", "id of the person who gets the leads"),
    )
    events: Sequence[str] = ("ticket.created", "case.opened")
    wants_words = True

    def __init__(self, url: str, options: Mapping[str, str]) -> None:
        self._url = url.rstrip("/").removesuffix(f"/{METHOD}") + f"/{METHOD}"
        self._source = options.get("source_id") or "CALL"
        self._owner = options.get("assigned_by_id")

    def request(self, event: OutgoingEvent) -> HttpRequest | None:
        if event.phone is None:
            return None
        document = {"fields": self._fields(event, event.phone), "params": {"REGISTER_SONET_EVENT": "Y"}}
        return HttpRequest(url=self._url, headers={"Content-Type": "application/json"}, body=json_body(document))

    def _fields(self, event: OutgoingEvent, phone: str) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "TITLE": event.title,
            "NAME": event.client_name or "",
            "PHONE": [{"VALUE": phone, "VALUE_TYPE": "WORK"}],
            "SOURCE_ID": self._source,
            "COMMENTS": event.text,
            "ORIGINATOR_ID": "perezvon",
            "ORIGIN_ID": event.id,
        }
        return fields | ({"ASSIGNED_BY_ID": int(self._owner)} if self._owner else {})

    def understood(self, status: int, body: bytes) -> Fate:
        """`{"result": <id of the lead>}`, or an error by name whatever the status says."""
        told = answered(body)
        if "error" in told:
            return "retry" if str(told["error"]).upper() in _LATER or status >= 500 else "dead"
        return by_status(status)
