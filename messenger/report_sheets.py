"""A report's figures as small tables for a screen: real tables where the chat takes them, else lines of one width."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from babel.numbers import format_decimal, format_percent
from markupsafe import Markup

from followup.reports.missed_store import FATES, REASONS
from followup.reports.selection import VALUES, Kind
from followup.reports.shape import Report, value_of
from messenger.filters import cut
from messenger.render import known_language, phrase
from messenger.report_table import FlatColumn, flat_columns, row_columns
from messenger.report_words import ReportWords, fixed_words
from messenger.words import how_word, miss_reason, state_word

LINE = 40  # signs of one width that a phone shows without breaking the line
_NARROWEST_NAME = 10
_MOST_ROWS = 30
_NAMES = ("manager", "extension", "widget", *VALUES["by"])
# What a phone shows of a wide table, the most wanted first; everything else is one press away, and in the files.
USUAL: Mapping[Kind, tuple[str, ...]] = {
    "calls": ("total", "incoming", "outgoing", "target_missed", "target_called_back"),
    "callbacks": ("total", "successful", "unsuccessful", "pending", "new_numbers"),
    "team": ("closed", "proven", "claimed", "attempts", "contact_seconds.median"),
    "missed": (),
    "tickets": ("created", "closed", "wait_seconds.mean", "handling_seconds.mean"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Heads and rows of texts; the first of each row is its name, the last row may be the total."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    has_total: bool = False
    more: int = 0  # rows that did not fit


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewed:
    """A report as one screen shows it; ``before`` is the one it is compared with."""

    report: Report
    language: str
    columns: tuple[str, ...] | None = None
    before: Report | None = None
    words: ReportWords = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", ReportWords(self.report.selection.kind, self.language))


def choosable(report: Report) -> tuple[FlatColumn, ...]:
    """What may be switched on and off: every figure of the rows."""
    return tuple(flat for flat in flat_columns(row_columns(report)) if flat.key not in _NAMES)


def shown_columns(viewed: Viewed) -> tuple[FlatColumn, ...]:
    """The columns of the screen: those that he chose, else the usual ones, as far as the report has them."""
    known = {flat.key: flat for flat in choosable(viewed.report)}
    wanted = viewed.columns or USUAL[viewed.report.selection.kind]
    return tuple(known[key] for key in wanted if key in known) or tuple(known.values())[:5]


def sheets(viewed: Viewed) -> tuple[Sheet, ...]:
    """All tables of the screen."""
    match viewed.report.selection.kind:
        case "missed":
            return _missed(viewed)
        case "callbacks":
            wide = (_wide(viewed),) if len(viewed.report.rows) > 1 else ()
            return (_orders(viewed), *wide)
    return (_wide(viewed),)


def _wide(viewed: Viewed) -> Sheet:
    columns, report = shown_columns(viewed), viewed.report
    before = dict(zip(viewed.before.row_keys, viewed.before.rows, strict=True)) if viewed.before else {}
    rows = [
        (_name(viewed, row), *_cells(viewed, columns, row, before.get(key)))
        for key, row in list(zip(report.row_keys, report.rows, strict=True))[:_MOST_ROWS]
    ]
    said = fixed_words(viewed.language)
    if report.rows:
        total = viewed.before.total if viewed.before else None
        rows.append((said["total"], *_cells(viewed, columns, report.total, total)))
    heads = ("", *(viewed.words.head(column.key) for column in columns))
    return Sheet(heads=heads, rows=tuple(rows), has_total=True, more=max(len(report.rows) - _MOST_ROWS, 0))


def row_name(viewed: Viewed, row: Mapping[str, Any]) -> str:
    """Whose row it is."""
    return _name(viewed, row)


def _name(viewed: Viewed, row: Mapping[str, Any]) -> str:
    found = [viewed.words.value(key, row.get(key)) for key in _NAMES if key in row]
    return " · ".join(str(each) for each in found if each) or "—"


def _cells(
    viewed: Viewed, columns: Iterable[FlatColumn], row: Mapping[str, Any], before: Mapping[str, Any] | None
) -> list[str]:
    return [_cell(viewed, column, row, before) for column in columns]


def _cell(viewed: Viewed, column: FlatColumn, row: Mapping[str, Any], before: Mapping[str, Any] | None) -> str:
    value = value_of(row, column.key)
    text = figure_text(value, column, viewed.language)
    if viewed.before is None:
        return text
    old = value_of(before, column.key) if before else None if column.kind == "span" else 0
    moved = difference(value, old, column, viewed.language)
    return f"{text} {moved}" if moved else text


def figure_text(value: Any, column: FlatColumn, language: str) -> str:
    """A figure as people read it; a dash where there is none."""
    if value is None:
        return "—"
    if column.column.unit == "share":
        return format_percent(value, locale=known_language(language)).replace("\xa0", "")
    return span_text(value) if column.kind == "span" else str(format_decimal(value, locale=known_language(language)))


def span_text(seconds: float) -> str:
    """A span as a clock shows it: "12:05", "1:02:05"."""
    minutes, left = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{left:02}" if minutes >= 60 else f"{minutes}:{left:02}"


def difference(value: Any, old: Any, column: FlatColumn, language: str) -> str:
    """How much more or less than before: "↑3", "↓0:40"; nothing where nothing has moved or nothing was."""
    if value is None or old is None or value == old:
        return ""
    return ("↑" if value > old else "↓") + figure_text(abs(value - old), column, language)


def _orders(viewed: Viewed) -> Sheet:
    """The orders as Phonet prints them: one figure a line, reasons only where there are any."""
    report, before = viewed.report, viewed.before.total if viewed.before else None
    rows = []
    for column in sorted(choosable(report), key=lambda each: _place(each.key)):
        value, old = value_of(report.total, column.key), value_of(before, column.key) if before else None
        if column.key.startswith("reasons.") and not value and not old:
            continue
        title = viewed.words.title(column.key)
        name = f"· {title}" if column.key.startswith("reasons.") else title
        moved = (difference(value, old, column, viewed.language),) if viewed.before else ()
        rows.append((name, _share(viewed, column, value), *moved))
    heads = ("", "", "") if viewed.before else ("", "")
    return Sheet(heads=heads, rows=tuple(rows))


def _place(key: str) -> tuple[bool, bool, bool]:
    """The reasons stand under what they are the reasons of."""
    return key not in ("total", "successful", "unsuccessful"), not key.startswith("reasons."), key != "pending"


def _share(viewed: Viewed, column: FlatColumn, value: Any) -> str:
    """P4, P5: with its part of all orders."""
    text, total = figure_text(value, column, viewed.language), viewed.report.total.get("total")
    if column.key not in ("successful", "unsuccessful") or not total:
        return text
    return f"{text} ({round(100 * value / total)}%)"


def _missed(viewed: Viewed) -> tuple[Sheet, ...]:
    said, before = _missed_words(viewed.language), viewed.before
    fates = [(said[0], "cases.total", "calls.total")]
    fates += [(_fate(fate, viewed.language), f"cases.{fate}", f"calls.{fate}") for fate in FATES]
    flat = {column.key: column for column in flat_columns(viewed.report.columns)}
    rows = [
        (name, *(_cell(viewed, flat[key], viewed.report.total, before.total if before else None) for key in keys))
        for name, *keys in fates
        if keys[0] == "cases.total" or _is_any(viewed, keys)
    ]
    reasons = [
        (
            miss_reason(word, viewed.language),
            _cell(viewed, flat[key], viewed.report.total, before.total if before else None),
        )
        for word in REASONS
        if _is_any(viewed, [key := f"reasons.{word}"])
    ]
    found = [Sheet(heads=("", said[1], said[2]), rows=(*rows[1:], rows[0]), has_total=True)]
    return (*found, Sheet(heads=(said[3], said[2]), rows=tuple(reasons))) if reasons else tuple(found)


def _missed_words(language: str) -> tuple[str, ...]:
    return tuple(phrase("missed_heads", language).split("|"))


def _fate(fate: str, language: str) -> str:
    return state_word("open", language) if fate == "open" else how_word(fate, language)


def _is_any(viewed: Viewed, keys: Sequence[str]) -> bool:
    totals = [viewed.report.total, *([viewed.before.total] if viewed.before else [])]
    return any(value_of(total, key) for total in totals for key in keys)


def rich_table(sheet: Sheet) -> Markup:
    """A real table; figures to the right."""
    head = Markup("").join(_rich_cell("th", text, place) for place, text in enumerate(sheet.heads))
    lines = [Markup("<tr>{}</tr>").format(head)] if any(sheet.heads) else []
    for number, row in enumerate(sheet.rows, 1):
        is_total = sheet.has_total and number == len(sheet.rows)
        cells = (_rich_cell("th" if is_total else "td", text, place) for place, text in enumerate(row))
        lines.append(Markup("<tr>{}</tr>").format(Markup("").join(cells)))
    return Markup("<table bordered striped>{}</table>").format(Markup("").join(lines))


def _rich_cell(tag: str, text: str, place: int) -> Markup:
    side = Markup(' align="right"') if place else Markup("")
    shape = Markup("<th{0}>{1}</th>") if tag == "th" else Markup("<td{0}>{1}</td>")
    return shape.format(side, cut(text, 80))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A table in signs of one width; ``legend`` says what the numbers over the columns stand for."""

    text: str
    legend: tuple[str, ...] = ()


def text_table(sheet: Sheet) -> Lines:
    """At most ``LINE`` signs a line: long titles become numbers, columns that do not fit are left out."""
    count = len(sheet.heads) - 1
    while count > 1 and _name_width(_widths(sheet, count, is_numbered=True)) < _NARROWEST_NAME:
        count -= 1
    widths = _widths(sheet, count, is_numbered=False)
    has_long_heads = _name_width(widths) < _NARROWEST_NAME + 4
    if has_long_heads:
        widths = _widths(sheet, count, is_numbered=True)
    heads = [str(place) for place in range(1, count + 1)] if has_long_heads else list(sheet.heads[1 : count + 1])
    longest = max(len(row[0]) for row in (sheet.heads, *sheet.rows))
    width = min(_name_width(widths), max(longest, _NARROWEST_NAME))
    lines = [_line(sheet.heads[0], heads, width, widths)] if any((sheet.heads[0], *heads)) else []
    lines += [_line(row[0], row[1 : count + 1], width, widths) for row in sheet.rows]
    legend = tuple(f"{place} {title}" for place, title in enumerate(sheet.heads[1 : count + 1], 1))
    return Lines(text="\n".join(lines), legend=legend if has_long_heads else ())


def _widths(sheet: Sheet, count: int, *, is_numbered: bool) -> list[int]:
    return [
        max(len(str(place) if is_numbered else sheet.heads[place]), *(len(row[place]) for row in sheet.rows), 1)
        for place in range(1, count + 1)
    ]


def _name_width(widths: Sequence[int]) -> int:
    return LINE - sum(width + 1 for width in widths)


def _line(name: str, cells: Sequence[str], width: int, widths: Sequence[int]) -> str:
    figures = (f" {cell:>{each}}" for cell, each in zip(cells, widths, strict=True))
    return (f"{cut(name, width):<{width}}" + "".join(figures)).rstrip()
