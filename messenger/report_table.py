"""A report as a flat table: spreads become four columns, codes become words, moments are the reader's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from followup.phone import is_e164, mask_in_text
from followup.phone import mask as mask_number
from followup.reports.shape import Column, Report, Unit, value_of
from messenger.cells import Cell, CellKind, Link
from messenger.report_words import NONE_YET, SPREAD, TABLE, ReportWords, fixed_words
from messenger.ticket_links import ticket_link
from messenger.words import reason_title

# Vendors write the number where they know no name, and people write it into their reasons.
_PERSONAL = ("name", "close_text", "comment")
_KINDS: Mapping[Unit, CellKind] = {"text": "text", "moment": "moment", "seconds": "span"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads the table: language, zone, whether numbers are masked for him, titles of the team's own reasons.

    ``address``: the bot's user name, which links are made of; None: tickets are told by their numbers alone.
    """

    language: str
    timezone: str
    mask: bool = False
    titles: Mapping[str, str] = field(default_factory=dict)  # close reason code → the team's own title
    address: str | None = None


@dataclass(frozen=True, slots=True)
class FlatColumn:
    """One column of the table; ``column`` is the report's, ``key`` leads to the value."""

    key: str
    kind: CellKind
    column: Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Titles and cells; ``total`` is empty where the rows cannot be summed up in one."""

    columns: tuple[FlatColumn, ...]
    titles: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...]


def report_table(report: Report, reader: Reader) -> Table:
    """All rows and all columns of the report."""
    words, flat = ReportWords(report.selection.kind, reader.language), flat_columns(row_columns(report))
    return Table(
        columns=flat,
        titles=tuple(words.title(column.key) for column in flat),
        rows=tuple(tuple(_cell(row, column, words, reader) for column in flat) for row in report.rows),
        total=_total(report, flat, words, reader),
    )


def ticket_table(report: Report, reader: Reader, chosen: Sequence[str] = ()) -> Table:
    """G17: a row for each ticket; ``chosen`` columns in their own order, all where none is chosen (G18)."""
    words = ReportWords(TABLE, reader.language)
    flat = tuple(each for each in flat_columns(report.table_columns) if not chosen or each.key in chosen)
    rows = report.table or ()
    return Table(
        columns=flat,
        titles=tuple(words.title(column.key) for column in flat),
        rows=tuple(tuple(_ticket_cell(row, column, words, reader) for column in flat) for row in rows),
        total=(),
    )


def _ticket_cell(row: Mapping[str, Any], column: FlatColumn, words: ReportWords, reader: Reader) -> Cell:
    """G20: its number opens it."""
    link = ticket_link(reader.address, row["number"]) if column.key == "number" else None
    return Link(row["number"], link) if link is not None else _cell(row, column, words, reader)


def file_table(report: Report, reader: Reader, chosen: Sequence[str] = ()) -> Table:
    """What a file is made of: of tickets one by one, where they were asked for."""
    return report_table(report, reader) if report.table is None else ticket_table(report, reader, chosen)


def row_columns(report: Report) -> tuple[Column, ...]:
    """The columns that the rows have: the queue's total has figures of its own."""
    own = {column.key for column in own_columns(report)}
    return tuple(column for column in report.columns if column.key not in own)


def own_columns(report: Report) -> tuple[Column, ...]:
    """The columns of the total that no row has."""
    if report.selection.kind != "missed":
        return ()
    return tuple(column for column in report.columns if isinstance(value_of(report.total, column.key), int))


def flat_columns(columns: tuple[Column, ...]) -> tuple[FlatColumn, ...]:
    """Each column, a spread as its mean, median, p90 and n (D18)."""
    return tuple(flat for column in columns for flat in _flat(column))


def _flat(column: Column) -> Iterator[FlatColumn]:
    if column.unit != "spread":
        yield FlatColumn(column.key, _KINDS.get(column.unit, "number"), column)
        return
    for part in (*SPREAD, NONE_YET) if column.has_none_yet else SPREAD:
        yield FlatColumn(f"{column.key}.{part}", "number" if part in ("n", NONE_YET) else "span", column)


def _total(report: Report, flat: tuple[FlatColumn, ...], words: ReportWords, reader: Reader) -> tuple[Cell, ...]:
    # The rows of the queue are cases: their total is another table.
    if report.selection.kind == "missed":
        return ()
    figures = (None if each.kind == "text" else _cell(report.total, each, words, reader) for each in flat[1:])
    return (fixed_words(reader.language)["total"], *figures)


def _cell(row: Mapping[str, Any], column: FlatColumn, words: ReportWords, reader: Reader) -> Cell:
    value = value_of(row, column.key)
    if column.kind == "text":
        return _text(column.key, value, words, reader)
    if value is None:
        return None
    if column.kind == "span":
        return timedelta(seconds=round(value))
    return local(value, reader.timezone) if isinstance(value, datetime) else value


def _text(key: str, value: Any, words: ReportWords, reader: Reader) -> str | None:
    if key == "client" and value is not None and reader.mask:
        return mask_number(value) if is_e164(value) else mask_in_text(value)
    if key == "close_reason" and value is not None:
        return reason_title(value, reader.language, reader.titles.get(value))
    said = words.value(key, value)
    if said is None:
        return None
    return mask_in_text(str(said)) if reader.mask and key in _PERSONAL else str(said)


def local(at: datetime, timezone: str) -> datetime:
    """The moment on the reader's wall; a spreadsheet knows no zones."""
    return at.astimezone(ZoneInfo(timezone)).replace(tzinfo=None, microsecond=0)
