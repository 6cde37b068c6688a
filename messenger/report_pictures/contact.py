"""Time to contact: the median and where nine of ten are reached, by manager or by day."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from babel.dates import format_date

from followup.reports.shape import Report
from messenger.render import known_language
from messenger.report_pictures.figures import Spread, Spreads, contact_days, contact_people
from messenger.report_pictures.page import Asked, Page, nothing, page, words_of
from messenger.report_pictures.style import EDGE, INNER, SMALL, TEXT, WIDTH
from messenger.report_words import fixed_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_TICKS = (
    *(15, _MINUTE, 5 * _MINUTE, 15 * _MINUTE, _HOUR, 4 * _HOUR),
    *(12 * _HOUR, _DAY, 3 * _DAY, 7 * _DAY, 30 * _DAY),
)
_ROW = 112
_LABEL_ROOM = 205  # px beside a mark for its words
_LEFT = 150


def draw_contact_people(asked: Asked) -> bytes:
    """A row a manager: name above, both marks below, the team first."""
    words, found = words_of(asked.language), contact_people(asked.report)
    title = words["titles"]["contact_people"]
    if found.is_empty:
        return nothing(asked, title, words["nothing"]["contact_people"])
    rows = [*([found.total] if found.total else []), *found.items]
    more = 50 if found.more else 0
    drawn = page(asked, title, height=196 + _ROW * len(rows) + 262 + more, note=words["contact_note"])
    _write_names(drawn, rows, has_total=found.total is not None)
    axes = drawn.sheet.axes(EDGE, drawn.top, INNER, _ROW * len(rows))
    _scale(axes, rows, drawn)
    for place, item in enumerate(rows):
        _mark(axes, len(rows) - place - 0.72, item, drawn)
    if found.more:
        drawn.sheet.write(EDGE, drawn.top + _ROW * len(rows) + 76, drawn.say("rows_more", found.more), SMALL)
    return drawn.png()


def _write_names(drawn: Page, rows: Sequence[Spread], *, has_total: bool) -> None:
    sheet, nobody = drawn.sheet, fixed_words(drawn.asked.language)["nobody"]["manager"]
    for place, item in enumerate(rows):
        is_total = has_total and place == 0
        name = drawn.words["team"] if is_total else item.name or nobody
        middle, count = drawn.top + _ROW * place + 28, drawn.say("clients", item.count)
        weight = "bold" if is_total else "normal"
        sheet.write(EDGE, middle, sheet.shortened(name, INNER - 260, weight=weight), TEXT, weight=weight)
        sheet.write(EDGE + INNER, middle, count, SMALL, ha="right", color=sheet.theme.quiet)


def _scale(axes: Axes, rows: Sequence[Spread], drawn: Page) -> None:
    """Multiples of time from left to right, with room for the words beside the outer marks."""
    low, high = _ends(rows)
    room = (high - low) * _LABEL_ROOM / (INNER - 2 * _LABEL_ROOM)
    axes.set_xlim(low - room, high + room)
    axes.set_ylim(0, len(rows))
    axes.set_yticks([])
    ticks = [tick for tick in _TICKS if low - room / 2 <= math.log(tick) <= high + room / 2]
    axes.set_xticks([math.log(tick) for tick in ticks], [drawn.span(tick) for tick in ticks])
    # Only beside the marks: a line through a name would be in its way.
    for place in range(len(rows)):
        axes.vlines([math.log(tick) for tick in ticks], place, place + 0.5, color=drawn.sheet.theme.grid, zorder=0)


def _ends(rows: Sequence[Spread]) -> tuple[float, float]:
    known = [math.log(max(seconds, 1)) for item in rows for seconds in (item.median, item.ninth)]
    low, high = min(known), max(known)
    return (low, high) if high - low > 0.7 else (low - 0.7, high + 0.7)


def _mark(axes: Axes, height: float, item: Spread, drawn: Page) -> None:
    theme, near = drawn.sheet.theme, math.log(max(item.median, 1))
    far = math.log(max(item.ninth, 1))
    axes.plot([near, far], [height, height], color=theme.quiet, linewidth=4, solid_capstyle="round", alpha=0.55)
    axes.plot(near, height, "o", color=theme.accent, markersize=13)
    axes.plot(far, height, "D", color=theme.second, markersize=10)
    gap = (axes.get_xlim()[1] - axes.get_xlim()[0]) * 22 / INNER
    style: dict[str, Any] = {"va": "center", "size": SMALL, "color": theme.ink}
    axes.text(near - gap, height, drawn.span(item.median), ha="right", weight="bold", **style)
    axes.text(far + gap, height, drawn.span(item.ninth), ha="left", **style)


def draw_contact_days(asked: Asked) -> bytes:
    """Two lines over the days with their band."""
    words, found = words_of(asked.language), contact_days(asked.report)
    title = words["titles"]["contact_days"]
    if found.is_empty:
        return nothing(asked, title, words["nothing"]["contact_days"])
    drawn = page(asked, title, height=1150, note=words["days_note"])
    _write_key(drawn)
    axes = drawn.sheet.axes(_LEFT, drawn.top, WIDTH - EDGE - _LEFT, drawn.bottom - drawn.top - 60)
    _draw_lines(axes, asked.report, found, drawn)
    _label_days(axes, asked.report, drawn)
    return drawn.png()


def _write_key(drawn: Page) -> None:
    sheet, middle = drawn.sheet, drawn.top + 24
    after = sheet.write(EDGE, middle, "●", TEXT, color=sheet.theme.accent)
    after = sheet.write(after + 12, middle, drawn.words["median"])
    after = sheet.write(after + 44, middle, "◆", TEXT, color=sheet.theme.second)
    sheet.write(after + 12, middle, drawn.words["ninth"])
    drawn.top += 70


def _draw_lines(axes: Axes, report: Report, found: Spreads, drawn: Page) -> None:
    theme, begins = drawn.sheet.theme, report.selection.begins
    places = [(date.fromisoformat(item.name or "") - begins).days for item in found.items]
    near = [math.log(max(item.median, 1)) for item in found.items]
    far = [math.log(max(item.ninth, 1)) for item in found.items]
    size = 10 if len(places) <= 16 else 6
    axes.fill_between(places, near, far, color=theme.quiet, alpha=0.16, linewidth=0)
    axes.plot(places, far, "D--", color=theme.second, linewidth=2, markersize=size * 0.8)
    axes.plot(places, near, "o-", color=theme.accent, linewidth=3, markersize=size)
    low, high = _ends(found.items)
    axes.set_ylim(low - 0.35, high + 0.35)
    axes.set_xlim(-0.5, report.selection.days - 0.5)
    ticks = [tick for tick in _TICKS if low - 0.35 <= math.log(tick) <= high + 0.35]
    axes.set_yticks([math.log(tick) for tick in ticks], [drawn.span(tick) for tick in ticks])
    for tick in ticks:
        axes.axhline(math.log(tick), color=theme.grid, linewidth=1, zorder=0)


def _label_days(axes: Axes, report: Report, drawn: Page) -> None:
    chosen, locale = report.selection, known_language(drawn.asked.language)
    every = max(1, -(-chosen.days * 150 // (WIDTH - EDGE - _LEFT)))
    shown = range(0, chosen.days, every)
    days = [chosen.begins + timedelta(days=place) for place in shown]
    axes.set_xticks(list(shown), [format_date(day, "d MMM", locale=locale).rstrip(".") for day in days])
