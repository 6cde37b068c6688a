"""The workbook of a report: the table under its head, totals of their own, the definition of every column."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from followup.reports.shape import Report, value_of
from messenger.cells import WIDTHS, defused, formats, write_cell
from messenger.report_table import FlatColumn, Reader, Table, file_table, local, own_columns, report_table
from messenger.report_words import TABLE, ReportWords, fixed_words, head_lines

Looks = Mapping[str, Format]

_WIDEST, _LOOKED_AT = 44, 500
_DEFINITION_WIDTHS = (26, 44, 110)


def workbook(report: Report, reader: Reader, chosen: Sequence[str] = ()) -> bytes:
    """All sheets. In memory: a report of a year of misses is a few megabytes."""
    target = io.BytesIO()
    with Workbook(target, {"in_memory": True}) as book:
        # The document's own date is the report's: the same report gives the same file.
        created = local(report.as_of, reader.timezone)
        book.set_properties({"title": report.team_name, "comments": reader.timezone, "created": created})
        looks, table = _looks(book, reader.language), report_table(report, reader)
        said = fixed_words(reader.language)
        if report.table is not None:
            tickets = file_table(report, reader, chosen)
            _write_table((book, said["kinds"]["tickets"]), report, tickets, reader, looks)
        _write_table((book, said["report"]), report, table, reader, looks)
        if own_columns(report):
            _write_totals(book, report, reader.language, looks)
        _write_definitions(book, report, reader.language, looks)
    return target.getvalue()


def _looks(book: Workbook, language: str) -> dict[str, Format]:
    usual = formats(book, language)
    span = usual["span"].num_format
    rule = {"bold": True, "top": 1}
    return {
        **usual,
        "title": book.add_format({"bold": True, "font_size": 14}),
        "quiet": book.add_format({"font_color": "#66727F"}),
        "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
        "share": book.add_format({"num_format": "0.0%"}),
        "total": book.add_format(rule),
        "total_span": book.add_format({**rule, "num_format": span}),
        "total_share": book.add_format({**rule, "num_format": "0.0%"}),
    }


def _write_table(where: tuple[Workbook, str], report: Report, table: Table, reader: Reader, looks: Looks) -> None:
    """``where``: the book and the name of the sheet."""
    sheet = where[0].add_worksheet(where[1][:31])
    head = head_lines(report, reader.language, reader.timezone)
    for line, text in enumerate(head):
        sheet.write_string(line, 0, defused(text), looks["quiet" if line else "title"])
    top = len(head)
    _write_columns(sheet, table, top, looks)
    for line, row in enumerate(table.rows, start=top + 1):
        for place, cell in enumerate(row):
            write_cell(sheet, line, place, cell, looks)
    _write_total(sheet, table, top + len(table.rows) + 1, looks)
    sheet.freeze_panes(top + 1, 1)
    # The total stays outside: sorting must not move it.
    sheet.autofilter(top, 0, top + max(len(table.rows), 1), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.repeat_rows(top)
    sheet.fit_to_pages(1, 0)


def _write_columns(sheet: Worksheet, table: Table, top: int, looks: Looks) -> None:
    for place, (column, title) in enumerate(zip(table.columns, table.titles, strict=True)):
        width = max(WIDTHS[column.kind], *_lengths(table, place))
        sheet.set_column(place, place, min(width, _WIDEST), looks.get(_look(column)))
        sheet.write_string(top, place, title, looks["header"])


def _lengths(table: Table, place: int) -> Iterator[int]:
    """How wide what stands in the column is; the filter's arrow takes room beside the title's longest word."""
    yield max(len(word) for word in table.titles[place].split()) + 4
    if table.columns[place].kind == "text":
        yield from (len(str(row[place] or "")) + 1 for row in islice(table.rows, _LOOKED_AT))


def _look(column: FlatColumn) -> str:
    return "share" if column.column.unit == "share" else column.kind


def _write_total(sheet: Worksheet, table: Table, line: int, looks: Looks) -> None:
    for place, cell in enumerate(table.total):
        own = {"number": looks["total"], "span": looks["total_span"], "moment": looks["total"]}
        if _look(table.columns[place]) == "share":
            own["number"] = looks["total_share"]
        if cell is None or isinstance(cell, str):
            sheet.write(line, place, cell, looks["total"])
        else:
            write_cell(sheet, line, place, cell, own)


def _write_totals(book: Workbook, report: Report, language: str, looks: Looks) -> None:
    said, words = fixed_words(language), ReportWords(report.selection.kind, language)
    sheet = book.add_worksheet(said["totals"])
    sheet.set_column(0, 0, 50)
    sheet.set_column(1, 1, 14)
    for place, title in enumerate((said["figure"], said["value"])):
        sheet.write_string(0, place, title, looks["header"])
    for line, column in enumerate(own_columns(report), start=1):
        sheet.write_string(line, 0, words.long_title(column.key))
        sheet.write_number(line, 1, value_of(report.total, column.key))
    sheet.freeze_panes(1, 0)


def _write_definitions(book: Workbook, report: Report, language: str, looks: Looks) -> None:
    said, words = fixed_words(language), ReportWords(report.selection.kind, language)
    sheet = book.add_worksheet(said["definitions"])
    titles = (said["column"], said["full_title"], said["definition"])
    for place, (title, width) in enumerate(zip(titles, _DEFINITION_WIDTHS, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, title, looks["header"])
    of_tickets = ReportWords(TABLE, language)
    every = [(words, column.key) for column in report.columns]
    every += [(of_tickets, column.key) for column in (report.table_columns if report.table is not None else ())]
    for line, (those, key) in enumerate(every, start=1):
        told = (those.title(key), those.long_title(key), those.definition(key))
        for place, text in enumerate(told):
            sheet.write_string(line, place, text, looks["wrapped"])
    sheet.freeze_panes(1, 0)
