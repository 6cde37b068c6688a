"""Answers of the API: one document, as JSON or its rows as CSV, made in a thread because it may be large."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

from followup.phone import is_e164
from followup.reports.shape import value_of
from messenger.cells import defused

Form = Literal["json", "csv"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a route found. ``make`` spells it out; ``columns`` are the keys of its ``rows`` in CSV, a dot leads inside."""

    make: Callable[[], Mapping[str, Any]]
    columns: Sequence[str] = ()
    rows: str = "rows"
    headers: Mapping[str, str] = field(default_factory=dict)


async def response(told: Told, form: Form) -> web.Response:
    """The answer; what makes megabytes must not keep a PBX waiting."""
    body = await asyncio.to_thread(as_csv if form == "csv" else as_json, told)
    kind = "text/csv" if form == "csv" else "application/json"
    return web.Response(body=body, headers=dict(told.headers), content_type=kind, charset="utf-8")


def as_json(told: Told) -> bytes:
    """The document."""
    return json.dumps(told.make(), ensure_ascii=False).encode(errors="replace")


def as_csv(told: Told) -> bytes:
    """Its rows for programs: the names and spellings of JSON, UTF-8, commas; what is null is empty."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(told.columns)
    for row in told.make()[told.rows]:
        writer.writerow([_cell(value_of(row, key)) for key in told.columns])
    return text.getvalue().encode(errors="replace")


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            # A number is no formula; anything else that begins like one is disarmed (promise 17).
            return value if is_e164(value) else defused(value)
        case Mapping() | list():
            return json.dumps(value, ensure_ascii=False)
    return str(value)
