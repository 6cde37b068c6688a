"""Files of the past: CSV or JSON lines of the generic format, read line by line; a bad line is told, not fatal."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from followup.calls.events import CallEvent
from followup.errors import FollowupError
from providers.bodies import json_of
from providers.contract import Malformed
from providers.generic import CALL, event_of

_NUMBERS: Final = ("talk_seconds", "seq")
_SEPARATORS: Final = ",;\t"
_LONGEST_CELL: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that was left out, and why."""

    line: int
    reason: str


def calls_in(file: BinaryIO) -> Iterator[tuple[int, CallEvent | BadLine]]:
    """(line, call or what is wrong with it): a file that begins with a brace is JSON lines, any other CSV."""
    # What is not UTF-8 comes back as the same bytes and is refused with its line.
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    try:
        first = text.readline()
        yield from (_lines if first.lstrip().startswith("{") else _rows)(first, text)
    finally:
        text.detach()  # the file is the caller's to close


def _lines(first: str, rest: Iterator[str]) -> Iterator[tuple[int, CallEvent | BadLine]]:
    for number, line in enumerate(_all(first, rest), start=1):
        if line.strip():
            yield number, _told(number, line.encode(errors="surrogateescape"))


def _all(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _told(number: int, line: bytes) -> CallEvent | BadLine:
    try:
        return _call(json_of(line))
    except Malformed as refused:
        return _bad(number, refused)


def _rows(first: str, rest: Iterator[str]) -> Iterator[tuple[int, CallEvent | BadLine]]:
    csv.field_size_limit(_LONGEST_CELL)
    separator = max(_SEPARATORS, key=first.count)
    (names,) = csv.reader([first], delimiter=separator)
    header = _header([name.strip() for name in names])
    rows = csv.reader(rest, delimiter=separator)
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield rows.line_num + 1, BadLine(rows.line_num + 1, str(error))
            continue
        if any(cells):
            yield rows.line_num + 1, _row(rows.line_num + 1, header, cells)


def _header(names: Sequence[str]) -> Sequence[str]:
    known = ("type", *CALL)
    strange = [name for name in names if name not in known]
    if strange or "call_id" not in names:
        found = ", ".join(strange) if strange else "no call_id"
        raise FollowupError("bad_setting", setting="columns", found=found[:200], expected=f"of {', '.join(known)}")
    return names


def _row(number: int, header: Sequence[str], cells: Sequence[str]) -> CallEvent | BadLine:
    if len(cells) != len(header):
        return BadLine(number, f"found {len(cells)} cells, expected {len(header)}")
    try:
        found = {name: _cell(name, cell.strip()) for name, cell in zip(header, cells, strict=True) if cell.strip()}
        return _call({"type": "call"} | found)
    except Malformed as refused:
        return _bad(number, refused)


def _cell(name: str, cell: str) -> object:
    if name in _NUMBERS and cell.isascii() and cell.isdigit() and len(cell) < 16:
        return int(cell)
    return json_of(cell.encode(errors="surrogateescape")) if name == "legs" else cell


def _call(found: object) -> CallEvent:
    event = event_of(found)
    if not isinstance(event, CallEvent):
        raise Malformed("found no call, expected call", pointer="/type")
    # What is to come may still be told of a live call, but nothing more of one of the past.
    for name, value in (("started_at", event.started_at), ("direction", event.direction)):
        if value is None:
            raise Malformed(f"found {json.dumps(None)}, expected a value", pointer=f"/{name}")
    return event


def _bad(number: int, refused: Malformed) -> BadLine:
    return BadLine(number, f"{refused.pointer}: {refused.message}" if refused.pointer else refused.message)
