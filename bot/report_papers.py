"""What `perezvon report` writes: a report in one of its forms, as bytes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace

from rich import box
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from bot.cli_reports import Form, Paper
from followup.errors import FollowupError
from followup.reports.selection import Kind
from followup.reports.shape import Report, value_of
from messenger.cells import Cell, as_text
from messenger.report_files import file_style, report_csv, report_json, report_xlsx
from messenger.report_pictures import PICTURES, draw
from messenger.report_table import FlatColumn, Reader, own_columns, report_table
from messenger.report_words import ReportWords, fixed_words, head_lines

_AS_WIDE_AS_IT_IS = 10_000


def check(kind: Kind, paper: Paper) -> None:
    """Refuse what cannot be written before anything is counted."""
    file_style("en", paper.style)
    if paper.picture not in PICTURES[kind]:
        expected = f"one of {', '.join(PICTURES[kind])}"
        raise FollowupError("bad_setting", setting="--picture", found=paper.picture[:64], expected=expected)


def as_bytes(report: Report, paper: Paper, reader: tuple[str, Mapping[str, str]]) -> bytes:
    """The report; ``reader`` is his language and the team's own titles of reasons."""
    language, titles = reader
    style = replace(file_style(language, paper.style), titles=titles)
    match paper.form:
        case Form.JSON:
            return report_json(report)
        case Form.CSV:
            return report_csv(report, style)
        case Form.XLSX:
            return report_xlsx(report, style)
        case Form.PNG:
            return draw(paper.picture, report, language)
        case Form.TEXT:
            return as_lines(report, style.reader(report), paper.width).encode(errors="replace")


def as_lines(report: Report, reader: Reader, width: int | None) -> str:
    """Its head and its tables, as wide as they are where nobody looks at them."""
    page = Console(file=io.StringIO(), width=width or _AS_WIDE_AS_IT_IS, color_system=None, highlight=False)
    for line in head_lines(report, reader.language, reader.timezone):
        page.print(Text(_printable(line)))
    if own_columns(report):
        page.print(_totals(report, reader.language))
    page.print(_rows(report, reader))
    written = page.file
    assert isinstance(written, io.StringIO)  # noqa: S101 - it is the one from above
    return "\n".join(line.rstrip() for line in written.getvalue().splitlines()) + "\n"


def _totals(report: Report, language: str) -> Table:
    """The figures of a total that is no sum of the rows."""
    said, words = fixed_words(language), ReportWords(report.selection.kind, language)
    table = Table(said["figure"], box=box.SIMPLE_HEAD)
    table.add_column(said["value"], justify="right")
    for column in own_columns(report):
        table.add_row(Text(words.long_title(column.key)), str(value_of(report.total, column.key)))
    return table


def _rows(report: Report, reader: Reader) -> Table:
    found = report_table(report, reader)
    table = Table(box=box.SIMPLE_HEAD, show_footer=bool(found.total))
    footer = [_shown(cell, column, reader) for cell, column in zip(found.total, found.columns, strict=False)]
    for place, (column, title) in enumerate(zip(found.columns, found.titles, strict=True)):
        justify: JustifyMethod = "left" if column.kind == "text" else "right"
        table.add_column(title, footer[place] if footer else "", justify=justify)
    for row in found.rows:
        table.add_row(*(_shown(cell, column, reader) for cell, column in zip(row, found.columns, strict=True)))
    return table


def _shown(cell: Cell, column: FlatColumn, reader: Reader) -> Text:
    """What came from outside must not speak to the terminal."""
    if isinstance(cell, str):
        return Text(_printable(cell))
    if isinstance(cell, float) and column.column.unit == "share":
        return Text(f"{cell:.1%}")
    return Text(as_text(cell, reader.language))


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
