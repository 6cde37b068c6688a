"""Tables as files: the same rows as the screen, to open in a spreadsheet (R9)."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]

from followup.cases.views import QueueRow, Tab
from followup.phone import mask as mask_number
from followup.phone import mask_in_text
from messenger.cells import WIDTHS, Cell, CellKind, as_text, formats, write_cell
from messenger.render import render
from messenger.words import how_word, miss_reason, reason_title, state_word


@dataclass(frozen=True, slots=True, kw_only=True)
class FileContext:
    """How a file speaks: language and zone of the team, whether numbers are masked, titles of the team's own reasons."""

    language: str
    timezone: str
    tab: Tab = "open"
    mask: bool = False
    titles: Mapping[str, str] = field(default_factory=dict)  # close reason code → the team's own title


@dataclass(frozen=True, slots=True)
class _Column:
    key: str
    kind: CellKind
    read: Callable[[QueueRow, _Reader], Cell]


class _Reader:
    """Turns the fields of a row into what people read: local moments, spans, words instead of codes."""

    def __init__(self, context: FileContext) -> None:
        self.context = context
        self.zone = ZoneInfo(context.timezone)
        language = context.language
        self.reason = _spoken(lambda code: miss_reason(code, language))
        self.state = _spoken(lambda code: state_word(code, language))
        self.how = _spoken(lambda code: how_word(code, language))
        self.close_reason = _spoken(lambda code: reason_title(code, language, context.titles.get(code)))
        self.headers: dict[str, str] = json.loads(render("reports/queue_file.j2", language))

    def moment(self, at: datetime | None) -> datetime | None:
        return at.astimezone(self.zone).replace(tzinfo=None, microsecond=0) if at else None

    def text(self, text: str | None) -> str | None:
        # Vendors write the number where they know no name, and people write it into their reasons.
        return mask_in_text(text) if text and self.context.mask else text

    def client(self, number: str | None) -> str:
        if number is None:
            return self.headers["hidden"]
        return mask_number(number) if self.context.mask else number


def _spoken(word: Callable[[str], str]) -> Callable[[str | None], str | None]:
    """The word for a code, looked up once: thousands of rows share a dozen codes."""
    known = cache(word)
    return lambda code: known(code) if code else None


def _span(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


_COMMON = (
    _Column("case_id", "number", lambda row, _: row.case_id),
    _Column("client", "text", lambda row, read: read.client(row.client)),
    _Column("name", "text", lambda row, read: read.text(row.name)),
    _Column("lines", "text", lambda row, _: ", ".join(row.lines)),
    _Column("reason", "text", lambda row, read: read.reason(row.reason)),
    _Column("reasons", "text", lambda row, read: ", ".join(filter(None, map(read.reason, row.reasons)))),
    _Column("first_call_at", "moment", lambda row, read: read.moment(row.first_call_at)),
    _Column("last_call_at", "moment", lambda row, read: read.moment(row.last_call_at)),
    _Column("lost_seconds", "span", lambda row, _: _span(row.lost_seconds)),
    _Column("waiting_seconds", "span", lambda row, _: _span(row.waiting_seconds)),
    _Column("missed", "number", lambda row, _: row.missed),
    _Column("attempts", "number", lambda row, _: row.attempts),
    _Column("first_attempt_seconds", "span", lambda row, _: _span(row.first_attempt_seconds)),
    _Column("contact_seconds", "span", lambda row, _: _span(row.contact_seconds)),
    _Column("taken_by", "text", lambda row, _: row.taken_by),
    _Column("state", "text", lambda row, read: read.state(row.state)),
)
_PROCESSED = (
    _Column("closed_at", "moment", lambda row, read: read.moment(row.closed_at)),
    _Column("closed_by", "text", lambda row, _: row.closed_by),
    _Column("how", "text", lambda row, read: read.how(row.how)),
    _Column("close_reason", "text", lambda row, read: read.close_reason(row.close_reason)),
    _Column("close_text", "text", lambda row, read: read.text(row.close_text)),
)


def _columns(tab: Tab) -> tuple[_Column, ...]:
    return _COMMON + _PROCESSED if tab == "processed" else _COMMON


def queue_csv(rows: Sequence[QueueRow], context: FileContext) -> bytes:
    """The queue as CSV that Excel opens by a double click: UTF-8 with BOM, semicolons, CRLF."""
    reader, columns = _Reader(context), _columns(context.tab)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([reader.headers[column.key] for column in columns])
    for row in rows:
        writer.writerow([as_text(column.read(row, reader), context.language) for column in columns])
    return text.getvalue().encode("utf-8-sig")


def queue_xlsx(rows: Sequence[QueueRow], context: FileContext) -> bytes:
    """The queue as a workbook: real moments in the team's zone, real spans and numbers, a frozen header, a filter."""
    reader, columns, target = _Reader(context), _columns(context.tab), io.BytesIO()
    with Workbook(target, {"in_memory": True}) as book:
        book.set_properties({"comments": context.timezone})
        sheet = book.add_worksheet(reader.headers["sheet"])
        looks = formats(book, context.language)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, WIDTHS[column.kind], looks.get(column.kind))
            sheet.write_string(0, place, reader.headers[column.key], looks["header"])
            for line, row in enumerate(rows, start=1):
                write_cell(sheet, line, place, column.read(row, reader), looks)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    return target.getvalue()


def file_name(kind: str, team: str, day: date, extension: str) -> str:
    """A name every system takes: "missed-Sales-2026-11-20.xlsx"; letters of the team's own alphabet stay."""
    place = re.sub(r"[^0-9A-Za-z\u0400-\u04ff]+", "-", team)[:40].strip("-")
    return "-".join(part for part in (kind, place, day.isoformat()) if part) + f".{extension}"
