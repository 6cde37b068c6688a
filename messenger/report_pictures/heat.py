"""Hour by weekday: when calls are missed; every tile says its number, so the colour only helps."""

from __future__ import annotations

from datetime import date, timedelta

from babel.dates import format_date

from messenger.render import known_language
from messenger.report_pictures.figures import Heat, heat
from messenger.report_pictures.page import Asked, Page, nothing, page, words_of
from messenger.report_pictures.style import EDGE, INNER, SMALL, TEXT, Sheet, mixed, readable_on

_HOURS_WIDTH, _SUM_WIDTH, _GAP = 110, 96, 6
_TALLEST, _MOST_HEIGHT = 70, 1030
_MONDAY = date(2024, 1, 1)


def draw_heat(asked: Asked) -> bytes:
    """The picture of a report's hours."""
    words, found = words_of(asked.language), heat(asked.report)
    if found.is_empty:
        return nothing(asked, words["titles"]["hours"], words["nothing"]["hours"])
    tall = min(_TALLEST, _MOST_HEIGHT / len(found.hours))
    height = round(196 + 118 + tall * len(found.hours) + 76 + 190)
    drawn = page(asked, words["titles"]["hours"], height=height, note=words["hours_note"])
    _write_peak(drawn, found)
    _write_weekdays(drawn, drawn.top + 92)
    _draw_tiles(drawn, found, drawn.top + 118, tall)
    _write_sums(drawn, found, drawn.top + 118 + tall * len(found.hours) + 34)
    return drawn.png()


def _write_peak(drawn: Page, found: Heat) -> None:
    most = max(max(hour) for hour in found.hours)
    hour, weekday = next((h, d) for h, row in enumerate(found.hours) for d, count in enumerate(row) if count == most)
    day = format_date(_MONDAY + timedelta(days=weekday), "EEE", locale=known_language(drawn.asked.language))
    said = drawn.say("peak", day, f"{found.first + hour}:00", most)
    drawn.sheet.write(EDGE, drawn.top + 22, said, TEXT, weight="bold")


def _write_weekdays(drawn: Page, top: float) -> None:
    locale = known_language(drawn.asked.language)
    for weekday in range(7):
        name = format_date(_MONDAY + timedelta(days=weekday), "EEE", locale=locale).rstrip(".")
        colour = drawn.sheet.theme.quiet if weekday > 4 else drawn.sheet.theme.ink
        drawn.sheet.write(_left(weekday) + _tile_width() / 2, top, name, ha="center", color=colour)
    drawn.sheet.write(EDGE + INNER, top, "Σ", ha="right", color=drawn.sheet.theme.quiet)


def _draw_tiles(drawn: Page, found: Heat, top: float, tall: float) -> None:
    sheet, most = drawn.sheet, max(max(hour) for hour in found.hours)
    for place, hour in enumerate(found.hours):
        middle = top + tall * (place + 0.5)
        sheet.write(EDGE, middle, f"{found.first + place}:00", color=sheet.theme.quiet)
        for weekday, count in enumerate(hour):
            _draw_tile(sheet, (_left(weekday), top + tall * place, tall), count, most)
        if any(hour):
            sheet.write(EDGE + INNER, middle, str(sum(hour)), ha="right", color=sheet.theme.quiet)


def _draw_tile(sheet: Sheet, place: tuple[float, float, float], count: int, most: int) -> None:
    left, top, tall = place
    # The root keeps small counts apart, where most tiles are.
    colour = mixed(sheet.theme.tile, sheet.theme.accent, 0.12 + 0.88 * (count / most) ** 0.7 if count else 0)
    sheet.patch(left, top, _tile_width() - _GAP, tall - _GAP, facecolor=colour, linewidth=0)
    if count:
        middle = (left + (_tile_width() - _GAP) / 2, top + (tall - _GAP) / 2)
        weight = "bold" if count == most else "normal"
        sheet.write(*middle, str(count), SMALL, ha="center", color=readable_on(colour), weight=weight)


def _write_sums(drawn: Page, found: Heat, top: float) -> None:
    sheet, quiet = drawn.sheet, drawn.sheet.theme.quiet
    sheet.write(EDGE, top, "Σ", color=quiet)
    for weekday in range(7):
        count = sum(hour[weekday] for hour in found.hours)
        sheet.write(_left(weekday) + _tile_width() / 2, top, str(count), ha="center", color=quiet)
    sheet.write(EDGE + INNER, top, str(sum(map(sum, found.hours))), ha="right", weight="bold")


def _tile_width() -> float:
    return (INNER - _HOURS_WIDTH - _SUM_WIDTH) / 7


def _left(weekday: int) -> float:
    return EDGE + _HOURS_WIDTH + weekday * _tile_width()
