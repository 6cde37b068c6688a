"""What a request carries, read defensively: JSON, forms, texts and moments that no database or clock will choke on."""

from __future__ import annotations

import hmac
import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any, Final, NoReturn
from urllib.parse import unquote_to_bytes
from zoneinfo import ZoneInfo

from pydantic_core import from_json

from providers.contract import Malformed, Reading

ID_LENGTH = 200
NAME_LENGTH = 200
TEXT_LENGTH = 4096
MAX_FORM_FIELDS = 200
YEARS = range(2000, 2101)

DATE_FORMATS: Final = ("%d.%m.%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d-%m-%Y %H:%M:%S", "%Y/%m/%d %H:%M:%S")

_LARGEST_WHOLE = 2**63
_BOM = b"\xef\xbb\xbf"  # PowerShell and other Windows clients put one before JSON


def json_of(body: bytes) -> object:
    """The document of a UTF-8 body; NaN, Infinity, trailing commas and bottomless nesting are refused."""
    body = body.removeprefix(_BOM)
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        if b"\\u" not in body or "escape" not in str(error):
            raise Malformed(f"not JSON: {error}; expected a JSON document in UTF-8", pointer="") from error
    return _json_with_surrogates(body)


def _json_with_surrogates(body: bytes) -> object:
    """The slow road for half an emoji, which PBX scripts that cut names by length do send; `plain` drops the half."""
    try:
        return json.loads(body.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not JSON: {error}; expected a JSON document in UTF-8", pointer="") from error


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON number")


def form_of(body: bytes) -> dict[str, bytes]:
    """Fields of an urlencoded body with values as bytes (Mango signs the bytes); the first of equal names holds."""
    fields: dict[str, bytes] = {}
    for pair in body.split(b"&", MAX_FORM_FIELDS)[:MAX_FORM_FIELDS]:
        name, _, value = pair.partition(b"=")
        fields.setdefault(_decoded(name).decode(errors="ignore"), _decoded(value))
    return fields


def _decoded(text: bytes) -> bytes:
    return unquote_to_bytes(text.replace(b"+", b" "))


def plain(text: str) -> str:
    """The text without what PostgreSQL refuses: NUL and lone surrogates."""
    if "\0" in text:
        text = text.replace("\0", "")
    if not text.isascii():
        text = text.encode(errors="ignore").decode()
    return text.strip()


def whole(value: object) -> int | None:
    """The integer that a JSON number is (12 and 12.0), None for anything else; a Boolean is no number."""
    if type(value) is float and value.is_integer():
        value = int(value)
    if type(value) is int and -_LARGEST_WHOLE <= value < _LARGEST_WHOLE:
        return value
    return None


def lenient_text(value: object) -> str | None:
    """What a vendor says in one field, be it a string or a number; an empty string says nothing."""
    if isinstance(value, str):
        return plain(value) or None
    number = whole(value)
    if number is None and type(value) is float and math.isfinite(value):
        return str(value)  # an Asterisk uniqueid that went out as a number: 1790775458.21
    return None if number is None else str(number)


def text_at(message: Mapping[str, Any], name: str) -> str | None:
    """A short field by its name: extensions, codes, numbers, names."""
    text = lenient_text(message.get(name))
    return text and text[:ID_LENGTH]


def lenient_number(value: object) -> float | None:
    """A number that may come as a string; None when it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def epoch_moment(number: float) -> datetime | None:
    """The moment of Unix seconds, milliseconds or microseconds (told apart by size); None outside 2000-2100."""
    for unit in (1, 1_000, 1_000_000):
        if number / unit < 4_133_980_800:  # 2101-01-01; in the next unit this is 1970
            moment = datetime.fromtimestamp(max(number / unit, 0), UTC)
            return moment if moment.year in YEARS else None
    return None


def local_moment(text: str, zone: tzinfo) -> datetime | None:
    """A moment as a cabinet writes it; the hour that autumn repeats is its first, the one spring skips an hour on."""
    moment = written_moment(text)
    if moment is None or moment.year not in YEARS:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone, fold=0)).astimezone(UTC)


def written_moment(text: str) -> datetime | None:
    if ":" not in text:  # a bare date is no start of a call
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        found = (_by_format(text, layout) for layout in DATE_FORMATS)
        return next((moment for moment in found if moment is not None), None)


def _by_format(text: str, layout: str) -> datetime | None:
    layout = layout if text.count(":") > 1 else layout.removesuffix(":%S")
    try:
        return datetime.strptime(text, layout)  # noqa: DTZ007 - the zone is the connection's option
    except ValueError:
        return None


def zone_of(reading: Reading) -> tzinfo:
    """The option `timezone` of a connection, or else the team's zone."""
    name = reading.options.get("timezone")
    try:
        return ZoneInfo(name) if name else reading.timezone
    except (LookupError, ValueError, OSError):
        raise Malformed(f"option timezone: found {name!a}, expected an IANA name such as Europe/Kyiv") from None


def is_same(expected: str, given: str) -> bool:
    """Compare two secrets in constant time, whatever characters a stranger sends."""
    return hmac.compare_digest(expected.encode(errors="surrogatepass"), given.encode(errors="surrogatepass"))
