"""Reports as files: CSV by the reader's settings, a workbook to work in, JSON for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from followup.errors import FollowupError
from followup.reports.selection import Selection
from followup.reports.shape import Report, to_json
from messenger.cells import Cell, as_text
from messenger.report_table import Reader, file_table
from messenger.report_workbook import workbook

Value = TypeVar("Value")
SEPARATORS: Final[Mapping[str, str]] = {"semicolon": ";", "comma": ",", "tab": "\t"}
# Excel opens UTF-8 by a double click only with a mark before it.
ENCODINGS: Final[Mapping[str, str]] = {"utf-8": "utf-8-sig", "utf-8-plain": "utf-8", "windows-1251": "windows-1251"}
DECIMALS: Final[Mapping[str, bool]] = {"comma": True, "point": False}
_COMMA_LANGUAGES = ("ru", "uk")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStyle:
    """How a file is written; ``timezone`` None is the team's, ``has_decimal_comma`` None is the language's habit."""

    language: str
    separator: str = ";"
    encoding: str = "utf-8-sig"
    has_decimal_comma: bool | None = None
    timezone: str | None = None
    mask: bool = False
    titles: Mapping[str, str] = field(default_factory=dict)  # close reason code → the team's own title
    columns: tuple[str, ...] = ()  # of the table of tickets; none: all of them (G18)
    address: str | None = None  # the bot's user name: the number of a ticket becomes a link (G20)

    @property
    def writes_comma(self) -> bool:
        """Whether 0.5 is written 0,5."""
        habit = self.language.partition("-")[0] in _COMMA_LANGUAGES
        return habit if self.has_decimal_comma is None else self.has_decimal_comma

    def reader(self, report: Report) -> Reader:
        """The reader of this report's table."""
        return Reader(
            language=self.language,
            timezone=self.timezone or report.timezone,
            mask=self.mask,
            titles=self.titles,
            address=self.address,
        )


# What a form may set, the usual value first; the other settings are the command line's (G31).
FORM: Final[Mapping[str, tuple[str, ...]]] = {
    "separator": ("semicolon", "comma", "tab"),
    "encoding": ("utf-8", "utf-8-plain", "windows-1251"),
    "timezone": ("team", "UTC"),
}


def style_of_form(language: str, chosen: Mapping[str, str]) -> FileStyle:
    """The style that a form says; the team's own zone goes without saying."""
    return file_style(language, {name: value for name, value in chosen.items() if value != "team"})


def file_style(language: str, settings: Mapping[str, str]) -> FileStyle:
    """The style of settings from outside: separator, encoding, decimal, timezone; refuses what it does not know."""
    style = FileStyle(language=language)
    for name, value in settings.items():
        match name:
            case "separator":
                style = replace(style, separator=_known(name, value, SEPARATORS))
            case "encoding":
                style = replace(style, encoding=_known(name, value, ENCODINGS))
            case "decimal":
                style = replace(style, has_decimal_comma=_known(name, value, DECIMALS))
            case "timezone":
                style = replace(style, timezone=_zone(value))
            case _:
                raise _wrong("setting", name, "one of separator, encoding, decimal, timezone")
    return style


def report_csv(report: Report, style: FileStyle) -> bytes:
    """The table with its total as the last line; what the encoding cannot say becomes a question mark."""
    table = file_table(report, style.reader(report), style.columns)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=style.separator, lineterminator="\r\n")
    writer.writerow(table.titles)
    for row in table.rows:
        writer.writerow([_text(cell, style) for cell in row])
    if table.total:
        writer.writerow([_text(cell, style) for cell in table.total])
    return text.getvalue().encode(style.encoding, errors="replace")


def report_xlsx(report: Report, style: FileStyle) -> bytes:
    """The workbook: table with head and total, totals of their own, definitions."""
    return workbook(report, style.reader(report), style.columns)


def report_json(report: Report) -> bytes:
    """The document of the outside."""
    return (json.dumps(to_json(report), ensure_ascii=False, indent=2) + "\n").encode()


def report_file_name(chosen: Selection, extension: str) -> str:
    """A name that sorts: "calls_2026-11-01_2026-11-15.xlsx"."""
    return f"{chosen.kind}_{chosen.begins.isoformat()}_{chosen.ends.isoformat()}.{extension}"


def _text(cell: Cell, style: FileStyle) -> str:
    return as_text(cell, style.language, style.writes_comma)


def _known(name: str, value: str, known: Mapping[str, Value]) -> Value:
    if value not in known:
        raise _wrong(name, value, f"one of {', '.join(known)}")
    return known[value]


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise _wrong("timezone", value, "a zone such as Europe/Kyiv")
    return ZoneInfo(value).key


def _wrong(setting: str, found: str, expected: str) -> FollowupError:
    return FollowupError("bad_setting", setting=setting, found=found[:64], expected=expected)
