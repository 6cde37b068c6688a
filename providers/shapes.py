"""Readers of one JSON value each: what is stored comes back, what does not fit is refused with a pointer to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, get_args

from providers.bodies import ID_LENGTH, NAME_LENGTH, TEXT_LENGTH, YEARS, plain, whole
from providers.contract import Malformed

LONGEST_TALK: Final = 7 * 86_400
_MOMENT: Final = "an RFC 3339 moment with offset, such as 2026-11-20T10:00:00+02:00"

Reader = Callable[[object], Any]
Table = Mapping[str, tuple[str, Reader]]  # name in the body -> (field of the event, its reader)


def unfit(found: object, expected: str, pointer: str = "") -> Malformed:
    """A refusal that shows what was found (cut, in ASCII) and what is expected; the callers put the path before it."""
    shown = _CONTAINERS.get(type(found)) or json.dumps(found[:80] if isinstance(found, str) else found)[:100]
    return Malformed(f"found {shown}, expected {expected}", pointer=pointer)


_CONTAINERS: Final[dict[type, str]] = {dict: "an object", list: "a list"}


def under(step: str | int, refused: Malformed) -> Malformed:
    """The same refusal seen from one level higher."""
    return Malformed(refused.message, pointer=f"/{step}{refused.pointer or ''}")


def text_of(value: object) -> str | None:
    if type(value) is str:
        return plain(value) or None
    if value is None:
        return None
    number = whole(value)
    if number is None:
        raise unfit(value, "a string or null")
    return str(number)


def optional_id(value: object) -> str | None:
    text = text_of(value)
    if text is not None and len(text) > ID_LENGTH:
        raise unfit(value, f"at most {ID_LENGTH} characters")
    return text


def required_id(value: object) -> str:
    text = optional_id(value)
    if text is None:
        raise unfit(value, f"an id of 1-{ID_LENGTH} characters")
    return text


def optional_name(value: object) -> str | None:
    text = text_of(value)
    return text and text[:NAME_LENGTH]


def optional_text(value: object) -> str | None:
    text = text_of(value)
    return text and text[:TEXT_LENGTH]


def required_text(value: object) -> str:
    if value is None:
        raise unfit(value, "a string")
    return optional_text(value) or ""


def optional_address(value: object) -> str | None:
    text = text_of(value)
    if text is not None and len(text) > TEXT_LENGTH:  # a cut address would lead nowhere
        raise unfit(value, f"an address of at most {TEXT_LENGTH} characters")
    return text


def optional_moment(value: object) -> datetime | None:
    return None if value is None else required_moment(value)


def required_moment(value: object) -> datetime:
    if type(value) is not str:
        raise unfit(value, _MOMENT)
    try:
        moment = datetime.fromisoformat(value.upper())
    except ValueError:
        raise unfit(value, _MOMENT) from None
    if moment.tzinfo is None:
        raise unfit(value, f"a time zone: {_MOMENT}")
    if moment.year not in YEARS:
        raise unfit(value, f"a year from {YEARS[0]} to {YEARS[-1]}")
    return moment.astimezone(UTC)


def word_from(kind: object) -> Reader:
    """A reader of one vocabulary; a word it does not have is a vendor's, so it is no refusal but None."""
    words = {word: word for word in get_args(kind)}

    def read(value: object) -> str | None:
        if value is None:
            return None
        if type(value) is not str:
            raise unfit(value, "one of " + "|".join(words))
        return words.get(value) or words.get(value.strip().lower())

    return read


def talk_seconds(value: object) -> int | None:
    number = whole(value)
    if value is not None and (number is None or not 0 <= number <= LONGEST_TALK):
        raise unfit(value, f"whole seconds from 0 to {LONGEST_TALK}, or null")
    return number


def optional_seq(value: object) -> int | None:
    number = whole(value)
    if value is not None and number is None:
        raise unfit(value, "a 64-bit integer or null")
    return number


def fields_of(found: object, table: Table) -> dict[str, Any]:
    if type(found) is not dict:
        raise unfit(found, "an object")
    fields = {}
    for name, (field, read) in table.items():
        try:
            fields[field] = read(found.get(name))
        except Malformed as refused:
            raise under(name, refused) from None
    return fields


def each_of(values: Sequence[object], read: Reader) -> list[Any]:
    """Every member read; a refusal gets the member's index before its path."""
    return [_member(index, value, read) for index, value in enumerate(values)]


def _member(index: int, value: object, read: Reader) -> Any:
    try:
        return read(value)
    except Malformed as refused:
        raise under(index, refused) from None
