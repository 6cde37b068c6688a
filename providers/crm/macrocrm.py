"""MacroCRM: a request of a site (docs.macrodigital.ru, "integration with a site"), a form signed by md5."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

from providers.contract import Option
from providers.crm.contract import Fate, HttpRequest, OutgoingEvent, answered, by_status

PATH: Final = "/estate/request/"
_ACTIONS: Final = ("buy", "sell", "question", "callback")


class MacroCrm:
    """One registered site of a MacroCRM installation; the address is its base, such as https://api.macroserver.ru."""

    options: Sequence[Option] = (
        Option("domain", "the site as it is registered in MacroCRM", required=True),
        Option("app_secret", "the site's protected key", required=True, secret=True),
        # Not `callback`: then the CRM would dial the client by itself, at night and while our people call him, too.
        Option("action", f"{', '.join(_ACTIONS)}; callback makes the CRM dial the client at once", default="buy"),
    )
    events: Sequence[str] = ("ticket.created", "case.opened")
    wants_words = True

    def __init__(self, url: str, options: Mapping[str, str]) -> None:
        self._url = url.rstrip("/").removesuffix(PATH.rstrip("/")) + PATH
        self._domain = options["domain"]
        self._app_secret = options["app_secret"]
        self._action = options.get("action") or "buy"

    def request(self, event: OutgoingEvent) -> HttpRequest | None:
        if event.phone is None:
            return None
        moment = str(int(event.sent_at.timestamp()))
        fields = {
            "domain": self._domain,
            "time": moment,
            "token": self._token(moment),
            "action": self._action,
            "name": event.client_name or event.phone,
            "phone": event.phone,
            "message": event.text,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        return HttpRequest(url=self._url, headers=headers, body=urlencode(fields, errors="replace").encode())

    def _token(self, moment: str) -> str:
        """The vendor's own rule; md5 is his, too."""
        return hashlib.md5(f"{self._domain}{moment}{self._app_secret}".encode()).hexdigest()  # noqa: S324

    def understood(self, status: int, body: bytes) -> Fate:
        """A refusal of the vendor's newer addresses comes as 200 with `"error": true`; it will not change by itself."""
        fate, told = by_status(status), answered(body)
        is_refused = bool(told.get("error")) or told.get("success") is False
        return "dead" if fate == "sent" and is_refused else fate
