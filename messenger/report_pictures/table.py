"""A report's table as a picture: figures downwards, people or widgets across, so that no title is cut on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import format_datetime
from babel.numbers import format_decimal, format_percent

from followup.reports.shape import Report, value_of
from messenger.cells import Cell, as_text
from messenger.render import known_language
from messenger.report_pictures.page import Asked, Page, nothing, page, words_of
from messenger.report_pictures.style import EDGE, INNER, SMALL, TEXT, text_width
from messenger.report_table import Reader, Table, own_columns, report_table
from messenger.report_words import ReportWords, fixed_words

_MOST_ACROSS = 11  # and the total
_SLOT, _MOST_SLOTS = 150, 4
_ROW, _HEAD_LINE, _HEAD_LINES, _GAP = 54, 34, 3, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """What is drawn: titles down, heads across, a cell for each; ``more`` did not fit."""

    titles: tuple[str, ...]
    heads: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    more: int = 0


def draw_table(asked: Asked, columns: Sequence[str] = ()) -> bytes:
    """The chosen columns, all where none is chosen; the total and the first rows."""
    words, report = words_of(asked.language), asked.report
    title, found = fixed_words(asked.language)["kinds"][report.selection.kind], grid(asked, columns)
    if not found.heads:
        return nothing(asked, title, words["nothing"]["table"])
    blocks = _blocks(found)
    head = _HEAD_LINE * _HEAD_LINES if any(found.heads) else 10
    tall = head + _ROW * len(found.titles) + _GAP
    drawn = page(asked, title, height=round(196 + tall * len(blocks) + 56 * bool(found.more) + 96))
    for place, block in enumerate(blocks):
        _draw_block(drawn, found, block, drawn.top + tall * place + head)
    if found.more:
        drawn.sheet.write(EDGE, drawn.top + tall * len(blocks) + 10, drawn.say("rows_more", found.more), SMALL)
    return drawn.png()


def _blocks(found: Grid) -> list[range]:
    """As many columns beside one another as the longest title leaves room for."""
    longest = max(text_width(title, "normal") * SMALL for title in found.titles)
    slots = max(min(int((INNER - longest - 20) // _SLOT), _MOST_SLOTS), 1)
    return [range(at, min(at + slots, len(found.heads))) for at in range(0, len(found.heads), slots)]


def grid(asked: Asked, columns: Sequence[str] = ()) -> Grid:
    """The report turned on its side; the queue's rows are cases, so of it only the totals."""
    report, language = asked.report, asked.language
    if report.selection.kind == "missed":
        return _totals(report, language)
    table = report_table(report, Reader(language=language, timezone=report.timezone))
    if not table.rows:
        return Grid(titles=(), heads=(), cells=())
    return _turned(table, columns, language)


def _totals(report: Report, language: str) -> Grid:
    words, own = ReportWords("missed", language), own_columns(report)
    figures = [(words.long_title(column.key), value_of(report.total, column.key)) for column in own]
    if not any(figure for _, figure in figures):
        return Grid(titles=(), heads=(), cells=())
    cells = tuple((_said(figure, language),) for _, figure in figures)
    return Grid(titles=tuple(title for title, _ in figures), heads=("",), cells=cells)


def _turned(table: Table, columns: Sequence[str], language: str) -> Grid:
    names = [place for place, flat in enumerate(table.columns) if flat.kind == "text"]
    places = [
        place
        for place, flat in enumerate(table.columns)
        if place not in names and (not columns or flat.key in columns or flat.column.key in columns)
    ]
    shown = [table.total, *table.rows[:_MOST_ACROSS]]
    return Grid(
        titles=tuple(table.titles[place] for place in places),
        heads=tuple(" ".join(str(row[place]) for place in names if row[place]) for row in shown),
        cells=tuple(tuple(_said(row[place], language) for row in shown) for place in places),
        more=max(len(table.rows) - _MOST_ACROSS, 0),
    )


def _draw_block(drawn: Page, found: Grid, block: range, top: float) -> None:
    sheet, first = drawn.sheet, EDGE + INNER - _SLOT * len(block)
    for slot, place in enumerate(block):
        _write_head(drawn, found.heads[place], (first + _SLOT * (slot + 1), top), is_total=place == 0)
    for line, title in enumerate(found.titles):
        middle = top + _ROW * (line + 0.5)
        if line % 2 == 0:
            sheet.patch(EDGE - 14, top + _ROW * line, INNER + 28, _ROW, facecolor=sheet.theme.tile, linewidth=0)
        sheet.write(EDGE, middle, sheet.shortened(title, first - EDGE - 10, SMALL), SMALL)
        for slot, place in enumerate(block):
            said = found.cells[line][place]
            size = TEXT if sheet.width(said, TEXT, "bold") <= _SLOT - 14 else SMALL
            colour = sheet.theme.quiet if said in {"0", "—"} else sheet.theme.ink
            weight = "bold" if place == 0 else "normal"
            sheet.write(first + _SLOT * (slot + 1), middle, said, size, ha="right", color=colour, weight=weight)


def _write_head(drawn: Page, name: str, corner: tuple[float, float], *, is_total: bool) -> None:
    """The name above its column, in up to three lines from below."""
    sheet, (right, foot), weight = drawn.sheet, corner, "bold" if is_total else "normal"
    lines = [sheet.shortened(line, _SLOT - 12, SMALL, weight=weight) for line in sheet.wrapped(name, _SLOT - 12)]
    for place, line in enumerate(reversed(lines[:_HEAD_LINES])):
        height = foot - 22 - _HEAD_LINE * place
        colour = sheet.theme.ink if is_total else sheet.theme.quiet
        sheet.write(right, height, line, SMALL, ha="right", weight=weight, color=colour)


def _said(cell: Cell, language: str) -> str:
    locale = known_language(language)
    match cell:
        case None | "":
            return "—"
        case timedelta():
            return as_text(cell, language)
        case datetime():
            return str(format_datetime(cell, "dd.MM HH:mm", locale=locale))
        case float():
            return str(format_percent(cell, locale=locale))
        case int():
            return str(format_decimal(cell, locale=locale))
        case _:
            return str(cell)
