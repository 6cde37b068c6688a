"""How a request ends: a result, a refusal, a proxy's page, or a cut line."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from sandbox.arguments import Arguments
from sandbox.models import Json
from sandbox.refusals import Refusal


@dataclass
class Outcome:
    """Status 0 cuts the connection."""

    status: int
    body: Json = field(default_factory=dict)
    html: str = ""

    @property
    def words(self) -> str:
        """One line for the log of requests."""
        return str(self.body.get("description", "")) or ("(html)" if self.html else "")

    def response(self, request: web.Request) -> web.Response:
        """Send it, or cut the line without a word."""
        if self.status == 0 and request.transport is not None:
            request.transport.abort()
        if self.html:
            return web.Response(status=self.status, text=self.html, content_type="text/html")
        retry_after = self.body.get("parameters", {}).get("retry_after")
        headers = {"Retry-After": str(retry_after)} if retry_after is not None else {}
        return web.json_response(self.body, status=self.status or 500, headers=headers)


CUT = Outcome(0)


def succeeded(result: Any) -> Outcome:
    """200 with the result."""
    return Outcome(200, {"ok": True, "result": result})


def refused(refusal: Refusal) -> Outcome:
    """The refusal, HTTP status and body alike."""
    return Outcome(refusal.code, refusal.body())


def shown_params(args: Arguments) -> Json:
    """Arguments for the log: nested JSON opened, files by name and size."""
    shown = {name: opened(value) for name, value in args.values.items()}
    return {**shown, **{name: f"{upload.name} ({len(upload.data)} bytes)" for name, upload in args.files.items()}}


def opened(value: Any) -> Any:
    """A string of JSON as what it holds."""
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
