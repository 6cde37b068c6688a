"""Stacked columns over days, weeks or months: what became of misses, calls, orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from babel.dates import format_date

from messenger.render import known_language
from messenger.report_pictures.figures import Column, Stack, stack
from messenger.report_pictures.page import Asked, Page, key_line, nothing, page, words_of
from messenger.report_pictures.style import INNER, SMALL, WIDTH, Bar, draw_bars, readable_on

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LEFT, _FOOT = 56, 96
_BAR = 0.8
_DIGIT = 17  # px of a digit at the smallest size
_LOWEST_TOLD = 34  # px of a part that can hold its figure
_MOST_WITH_WEEKDAYS = 16


def draw_columns(asked: Asked) -> bytes:
    """The picture of a report's days."""
    words, found = words_of(asked.language), stack(asked.report)
    name = f"{asked.report.selection.kind}_days"
    if found.is_empty:
        return nothing(asked, words["titles"][name], words["nothing"][name])
    drawn = page(asked, words["titles"][name], height=1200, aside=words["steps"][found.step])
    totals = tuple(sum(column.figures[place] for column in found.columns) for place in range(len(found.parts)))
    key_line(drawn, tuple(reversed(found.parts)), tuple(reversed(totals)))
    height = drawn.bottom - drawn.top - _FOOT
    axes = drawn.sheet.axes(_LEFT, drawn.top, WIDTH - 2 * _LEFT, height)
    _set_scale(axes, found, drawn)
    _draw(axes, found, drawn, height)
    _label_time(axes, found, asked.language, drawn)
    return drawn.png()


def _set_scale(axes: Axes, found: Stack, drawn: Page) -> None:
    highest = max(column.height for column in found.columns)
    axes.set_xlim(-0.55, len(found.columns) - 0.45)
    axes.set_ylim(0, max(highest * 1.08, 3))
    axes.set_yticks([])
    if found.step == "day":
        for place, column in enumerate(found.columns):
            if column.begins.weekday() > 4:
                axes.axvspan(place - 0.5, place + 0.5, color=drawn.sheet.theme.tile, zorder=0, linewidth=0)


def _draw(axes: Axes, found: Stack, drawn: Page, height: float) -> None:
    theme, floors = drawn.sheet.theme, [0] * len(found.columns)
    slot, unit = INNER / len(found.columns), height / axes.get_ylim()[1]
    longest = len(str(max(map(max, (column.figures for column in found.columns)))))
    are_told = longest * _DIGIT <= slot * _BAR - 6
    for place, part in enumerate(found.parts):
        colour, hatch = theme.parts[part]
        heights = [column.figures[place] for column in found.columns]
        style = {"facecolor": colour, "edgecolor": theme.paper, "hatch": hatch, "linewidth": 1.0}
        draw_bars(axes, _bars(floors, heights), **style)
        # A figure that would not fit into its part is left to the total above the column.
        told = [at for at, figure in enumerate(heights) if are_told and not hatch and figure * unit >= _LOWEST_TOLD]
        for at in told:
            ink: dict[str, Any] = {"color": readable_on(colour), "weight": "bold", "size": SMALL}
            axes.text(at, floors[at] + heights[at] / 2, str(heights[at]), ha="center", va="center", **ink)
        floors = [floor + figure for floor, figure in zip(floors, heights, strict=True)]
    _label_totals(axes, found.columns, slot, drawn)


def _bars(floors: Sequence[int], heights: Sequence[int]) -> list[Bar]:
    return [
        (place - _BAR / 2, float(floor), _BAR, float(height))
        for place, (floor, height) in enumerate(zip(floors, heights, strict=True))
        if height
    ]


def _label_totals(axes: Axes, columns: Sequence[Column], slot: float, drawn: Page) -> None:
    """All totals where they fit beside one another, else only the highest."""
    highest = max(column.height for column in columns)
    fits = len(str(highest)) * _DIGIT + 6 <= slot
    peak = next(place for place, column in enumerate(columns) if column.height == highest)
    for place, column in enumerate(columns):
        if column.height and (fits or place == peak):
            top = column.height + axes.get_ylim()[1] * 0.012
            axes.text(place, top, str(column.height), ha="center", va="bottom", size=SMALL, color=drawn.sheet.theme.ink)


def _label_time(axes: Axes, found: Stack, language: str, drawn: Page) -> None:
    columns = found.columns
    every = max(1, -(-len(columns) * 46 // INNER)) if found.step == "day" else max(1, -(-len(columns) * 70 // INNER))
    shown = range(0, len(columns), every)
    labels = [_time_label(found, place, every, language) for place in shown]
    axes.set_xticks(list(shown), labels)
    if found.step == "day":
        for tick, place in zip(axes.get_xticklabels(), shown, strict=True):
            is_weekend = columns[place].begins.weekday() > 4
            tick.set_color(drawn.sheet.theme.quiet if is_weekend else drawn.sheet.theme.ink)


def _time_label(found: Stack, place: int, every: int, language: str) -> str:
    day, locale = found.columns[place].begins, known_language(language)
    before = found.columns[place - every].begins if place else date.min
    if found.step == "month":
        return f"{_month(day, locale)}\n{day.year if before.year != day.year else ''}"
    if found.step == "day" and len(found.columns) <= _MOST_WITH_WEEKDAYS:
        return f"{day.day}\n{format_date(day, 'EEE', locale=locale).rstrip('.')}"
    return f"{day.day}\n{_month(day, locale) if before.month != day.month else ''}"


def _month(day: date, locale: str) -> str:
    """Three letters: a slot has no room for more."""
    return str(format_date(day, "LLL", locale=locale))[:3]
