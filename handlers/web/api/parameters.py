"""Parameters of the API: how each is read, and how its document describes it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from aiohttp import web

_LONGEST: Final = 200
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_WHOLE: Final = re.compile(r"[1-9]\d{0,3}", re.ASCII)
_PLACE: Final = re.compile(r"0|[1-9]\d{0,8}", re.ASCII)
MOST_CALLS: Final = 1000
USUAL_LIMIT: Final = 100


class Misasked(Exception):
    """A request that cannot be read: where, what was found, what is expected."""

    def __init__(self, where: str, found: str, expected: str) -> None:
        super().__init__(f"{where}: found {found[:64]!r}, expected {expected}")
        self.document = {"error": str(self), "where": where, "found": found[:64], "expected": expected}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One name of a query. ``read`` raises ValueError with what is expected; ``is_several``: may be given again."""

    name: str
    about: str
    read: Callable[[str], Any] = str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string", "maxLength": _LONGEST})
    is_required: bool = False
    is_several: bool = False


def read_query(request: web.Request, known: Sequence[Parameter]) -> dict[str, Any]:
    """What was asked, by the names of the parameters; several as a list, those not given are left out."""
    query, names = request.query, {each.name for each in known}
    for name in query:
        if name not in names:
            raise Misasked("query", name, f"of {', '.join(sorted(names))}" if names else "no parameters")
    found = {}
    for parameter in known:
        texts = query.getall(parameter.name, [])
        if texts:
            found[parameter.name] = _read(parameter, texts)
        elif parameter.is_required:
            raise Misasked(parameter.name, "", "a value: it is required")
    return found


def _read(parameter: Parameter, texts: Sequence[str]) -> Any:
    if len(texts) > 1 and not parameter.is_several:
        raise Misasked(parameter.name, f"{len(texts)} values", "one value")
    values = [_read_one(parameter, text) for text in texts]
    return values if parameter.is_several else values[0]


def _read_one(parameter: Parameter, text: str) -> Any:
    # What no database takes: NUL, and halves of a pair that a broken %-encoding leaves.
    if len(text) > _LONGEST or "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise Misasked(parameter.name, text.encode(errors="replace").decode(), f"text of at most {_LONGEST} characters")
    try:
        return parameter.read(text)
    except ValueError as wrong:
        raise Misasked(parameter.name, text, str(wrong)) from None


def day(name: str, about: str, *, is_required: bool = True) -> Parameter:
    """A date of the team's calendar."""

    def read(text: str) -> str:
        try:
            if _DATE.fullmatch(text) and _is_of_our_time(datetime.fromisoformat(text)):
                return text
        except ValueError:
            pass
        raise ValueError("a date such as 2026-11-20, of the years from 2000 to 2199")

    schema = {"type": "string", "format": "date", "examples": ["2026-11-20"]}
    return Parameter(name=name, about=about, read=read, schema=schema, is_required=is_required)


def word(
    name: str, about: str, words: Sequence[str], default: str | None = None, *, is_required: bool = False
) -> Parameter:
    """One of some words."""
    schema = {"type": "string", "enum": list(words)} | ({"default": default} if default else {})
    return Parameter(name=name, about=about, read=_one_of(words), schema=schema, is_required=is_required)


def several(name: str, about: str, words: Sequence[str] | None = None) -> Parameter:
    """A filter: given again, any of the values."""
    item: dict[str, Any] = (
        {"type": "string", "enum": list(words)} if words else {"type": "string", "maxLength": _LONGEST}
    )
    schema = {"type": "array", "items": item}
    return Parameter(name=name, about=about, read=_one_of(words) if words else str, schema=schema, is_several=True)


def limit() -> Parameter:
    """How many rows a page has."""

    def read(text: str) -> int:
        if not _WHOLE.fullmatch(text) or int(text) > MOST_CALLS:
            raise ValueError(f"a whole number from 1 to {MOST_CALLS}")
        return int(text)

    schema = {"type": "integer", "minimum": 1, "maximum": MOST_CALLS, "default": USUAL_LIMIT}
    return Parameter(name="limit", about="Rows of a page.", read=read, schema=schema)


def offset() -> Parameter:
    """How many rows to pass over."""

    def read(text: str) -> int:
        if not _PLACE.fullmatch(text):
            raise ValueError("a whole number from 0 to 999999999")
        return int(text)

    schema = {"type": "integer", "minimum": 0, "maximum": 999_999_999, "default": 0}
    return Parameter(name="offset", about="Rows to pass over.", read=read, schema=schema)


def cursor() -> Parameter:
    """Where the page before ended."""
    return Parameter(name="cursor", about="`next_cursor` of the page before; without: the first page.", read=_place)


def cursor_text(place: tuple[datetime, int]) -> str:
    """A place as the next request may name it."""
    return base64.urlsafe_b64encode(f"{place[0].isoformat()} {place[1]}".encode()).decode().rstrip("=")


def _place(text: str) -> tuple[datetime, int]:
    try:
        at, _, number = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True).decode().partition(" ")
        place = datetime.fromisoformat(at), int(number)
        is_whole = place[0].tzinfo is not None and 0 <= place[1] < 2**63
        if is_whole and _is_of_our_time(place[0]) and cursor_text(place) == text:
            return place
    except (ValueError, binascii.Error):
        pass
    raise ValueError("`next_cursor` of the page before")


def _is_of_our_time(at: datetime) -> bool:
    """The ends of the calendar cannot be moved into another zone."""
    return 2000 <= at.year < 2200


def _one_of(words: Sequence[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"one of {', '.join(words)}")
        return text

    return read
