"""The arguments of one request, however they came: query, form, JSON or multipart."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from sandbox.refusals import Refusal, bad_request

MAX_BODY = 52 * 1024 * 1024  # 50 MB for a document and some room for the rest of the form


@dataclass
class Upload:
    """A file that came with the request."""

    name: str
    content_type: str
    data: bytes


@dataclass
class Arguments:
    """Typed reading of arguments; a wrong type is refused, an empty string counts as absent."""

    values: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A string, empty if absent."""
        value = self.values.get(name)
        if value is None:
            return ""
        return value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str) -> int | None:
        """A whole number or nothing; what is no number counts as 0, like the official server's to_integer."""
        value = self.text(name).strip('"')
        if not value:
            return None
        try:
            return int(value)
        except ValueError:
            return 0

    def flag(self, name: str) -> bool:
        """True for the spellings of yes that the official server takes."""
        return self.text(name).lower() in {"true", "yes", "1"}

    def parsed(self, name: str, what: str) -> Any:
        """A nested object, sent either as JSON itself or as a string of JSON."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {what} JSON object") from None


async def read_arguments(request: web.Request) -> Arguments:
    """Read everything the request brings; the body wins over the query."""
    found = Arguments(values=dict(request.query))
    if (request.content_length or 0) > MAX_BODY:
        await _drain(request)
        raise Refusal(413, "Request Entity Too Large")
    if request.content_type == "application/json":
        found.values.update(await _json_body(request))
    elif request.content_type.startswith("multipart/"):
        await _multipart(request, found)
    elif request.body_exists:
        found.values.update({k: v for k, v in (await request.post()).items() if isinstance(v, str)})
    return found


async def _drain(request: web.Request) -> None:
    # a client still sending would see a reset instead of the 413
    async for _ in request.content.iter_chunked(1 << 16):
        continue


async def _json_body(request: web.Request) -> dict[str, Any]:
    raw = await request.read()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(body, dict):
        raise bad_request("object expected as JSON body")
    return body


async def _multipart(request: web.Request, found: Arguments) -> None:
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            found.files[name] = Upload(value.filename, value.content_type, value.file.read())
        elif isinstance(value, bytes):
            found.values[name] = value.decode()
        else:
            found.values[name] = value
