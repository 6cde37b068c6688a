"""Cells of a table that leaves the house: what kinds there are, and what came from outside made harmless."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

CellKind = Literal["text", "number", "moment", "span"]


@dataclass(frozen=True, slots=True)
class Link:
    """A number that is opened by a press; a table of plain text has its address instead."""

    number: int
    url: str


Cell = str | int | float | datetime | timedelta | Link | None

# Excel's own limit on a cell, counted as Excel counts: in UTF-16 units.
_LONGEST_CELL = 32_767
# … and on the links of one sheet.
_MOST_LINKS = 65_530
# What a spreadsheet takes for the beginning of a formula, full-width look-alikes included.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
# XML knows no control characters and no halves of a pair.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_PHONE = re.compile(r"\+[\d •]{7,}")
_MOMENT_FORMATS = {"en": "yyyy-mm-dd hh:mm:ss", "ru": "dd.mm.yyyy hh:mm:ss", "uk": "dd.mm.yyyy hh:mm:ss"}
_STRFTIME = {"en": "%Y-%m-%d %H:%M:%S", "ru": "%d.%m.%Y %H:%M:%S", "uk": "%d.%m.%Y %H:%M:%S"}
WIDTHS: Mapping[CellKind, int] = {"text": 24, "number": 12, "moment": 20, "span": 14}


def as_text(cell: Cell, language: str, decimal_comma: bool = False) -> str:
    """The cell as a line of CSV has it."""
    match cell:
        case None:
            return ""
        case datetime():
            return cell.strftime(_STRFTIME.get(language, _STRFTIME["en"]))
        case timedelta():
            minutes, seconds = divmod(round(cell.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
        case int() | float():
            return str(cell).replace(".", ",") if decimal_comma else str(cell)
        case Link():
            return defused(cell.url)
        case str():
            return defused(cell)


def formats(book: Workbook, language: str) -> dict[str, Format]:
    """How a workbook shows its header, its moments and its spans."""
    header = {"bold": True, "bg_color": "#E8EEF4", "bottom": 1, "text_wrap": True, "valign": "top"}
    return {
        "header": book.add_format(header),
        "link": book.get_default_url_format(),
        "moment": book.add_format({"num_format": _MOMENT_FORMATS.get(language, _MOMENT_FORMATS["en"])}),
        "span": book.add_format({"num_format": "[h]:mm:ss"}),
    }


def write_cell(sheet: Worksheet, line: int, place: int, cell: Cell, formats: Mapping[str, Format]) -> None:
    """The cell with its own type; nothing is left for the spreadsheet to guess."""
    match cell:
        case datetime():
            sheet.write_datetime(line, place, cell, formats["moment"])
        case timedelta():
            sheet.write_datetime(line, place, cell, formats["span"])
        case int() | float():
            sheet.write_number(line, place, cell, formats.get("number"))
        case Link():
            _write_link(sheet, line, place, cell, formats)
        case str():
            # A cell of type "string" is never read as a formula, so a number keeps its plus.
            sheet.write_string(line, place, cell if _PHONE.fullmatch(cell) else defused(cell))


def _write_link(sheet: Worksheet, line: int, place: int, link: Link, formats: Mapping[str, Format]) -> None:
    """A number under its link, so that it is sorted as one."""
    is_linked = line < _MOST_LINKS
    if is_linked:
        sheet.write_url(line, place, link.url)
    sheet.write_number(line, place, link.number, formats.get("link" if is_linked else "number"))


def defused(text: str) -> str:
    """What came from outside, made harmless: no formula, nothing a workbook cannot hold (promise 17)."""
    clean = _UNPRINTABLE.sub("", text)
    armed = f"'{clean}" if clean.startswith(_FORMULA) or clean.lstrip().startswith(_FORMULA) else clean
    return armed.encode("utf-16-le")[: _LONGEST_CELL * 2].decode("utf-16-le", errors="ignore")
