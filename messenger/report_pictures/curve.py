"""The firm's own curve: what share of missed clients is reached, by hours of delay, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from messenger.report_pictures.figures import Curve, curve
from messenger.report_pictures.page import Asked, Page, nothing, page, spoken, words_of
from messenger.report_pictures.style import EDGE, SMALL, TEXT, WIDTH
from messenger.report_pictures.survival import share_at, waiting_at

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# (how far the picture goes, the hours marked on it)
_REACHES = (
    (4, (0.25, 1, 2, 4)),
    (24, (0.25, 1, 4, 8, 24)),
    (72, (1, 4, 12, 24, 48, 72)),
    (168, (1, 8, 24, 72, 168)),
    (744, (8, 24, 72, 168, 744)),
)
_NEARLY_ALL = 0.97
_HIGH, _STEEP = 0.86, 0.08
_LEFT, _RISK = 140, 92


def draw_curve(asked: Asked) -> bytes:
    """The picture of a report's delays."""
    words, found = words_of(asked.language), curve(asked.report)
    if found.is_empty:
        return nothing(asked, words["titles"]["delay"], words["nothing"]["delay"])
    drawn = page(asked, words["titles"]["delay"], note=words["delay_note"], aside=_count(asked, found))
    reach, ticks = _reach(found)
    _write_half(drawn, found)
    axes = drawn.sheet.axes(_LEFT, drawn.top, WIDTH - EDGE - _LEFT, drawn.bottom - drawn.top - 60 - _RISK)
    _set_scale(axes, reach, ticks, drawn)
    _draw(axes, found, reach, drawn)
    _label(axes, found, ticks, drawn)
    _write_risk(drawn, found, reach, ticks)
    return drawn.png()


def _count(asked: Asked, found: Curve) -> str:
    return spoken("clients", asked.language, len(found.delays))


def _reach(found: Curve) -> tuple[float, tuple[float, ...]]:
    """The shortest scale that holds nearly all that is ever reached."""
    if not found.points:
        return _REACHES[1]
    enough = found.points[-1].share * _NEARLY_ALL
    needed = next(point.hours for point in found.points if point.share >= enough)
    return next((each for each in _REACHES if each[0] >= needed), _REACHES[-1])


def _write_half(drawn: Page, found: Curve) -> None:
    """The first thing a head asks, in words."""
    half = next((point.hours for point in found.points if point.share >= 0.5), None)
    said = drawn.words["no_half"] if half is None else drawn.say("half", drawn.span(round(half * 3600)))
    drawn.sheet.write(EDGE, drawn.top + 22, said, TEXT, weight="bold")
    drawn.top += 80


def _place(hours: float) -> float:
    """The root of time: the first hours matter most, and zero stays on the scale."""
    return float(hours**0.5)


def _set_scale(axes: Axes, reach: float, ticks: tuple[float, ...], drawn: Page) -> None:
    grid = drawn.sheet.theme.grid
    axes.set_xlim(0, _place(reach) * 1.02)
    axes.set_ylim(0, 1)
    axes.set_xticks([_place(tick) for tick in ticks], [_hours(tick, drawn) for tick in ticks])
    shares = (0, 0.25, 0.5, 0.75, 1)
    axes.set_yticks(shares, [f"{share:.0%}" for share in shares])
    for share in shares:
        axes.axhline(share, color=grid, linewidth=1, zorder=0)
    for tick in ticks:
        axes.axvline(_place(tick), color=grid, linewidth=1, zorder=0)


def _hours(hours: float, drawn: Page) -> str:
    if hours < 1:
        return drawn.say("minutes", round(hours * 60))
    return drawn.say("days", round(hours / 24)) if hours > 48 else drawn.say("hours", round(hours))


def _draw(axes: Axes, found: Curve, reach: float, drawn: Page) -> None:
    theme = drawn.sheet.theme
    points = [point for point in found.points if point.hours <= reach]
    times = [0.0, *(_place(point.hours) for point in points), _place(reach)]
    lines = [[0.0, *(getattr(point, name) for point in points)] for name in ("share", "low", "high")]
    share, low, high = ([*line, line[-1]] for line in lines)
    axes.fill_between(times, low, high, step="post", color=theme.accent, alpha=0.22, linewidth=0)
    axes.step(times, share, where="post", color=theme.accent, linewidth=4)


def _label(axes: Axes, found: Curve, ticks: tuple[float, ...], drawn: Page) -> None:
    """The figure itself at each marked hour: above the band, below it near the top, beside the line where it climbs."""
    theme, points = drawn.sheet.theme, list(found.points)
    for tick in ticks:
        point, later = share_at(points, tick), share_at(points, tick * 2)
        if point is None or later is None:
            continue
        axes.plot(_place(tick), point.share, "o", color=theme.accent, markersize=11, markeredgecolor=theme.paper)
        is_high = point.high > _HIGH
        is_beside = tick == ticks[-1] or later.share - point.share > _STEEP
        height = max(point.low - 0.035, 0.03) if is_high else min(point.high + 0.035, 0.97)
        ends: dict[str, Any] = {"va": "top" if is_high else "bottom", "ha": "right" if is_beside else "center"}
        axes.text(_place(tick), height, f"{point.share:.0%}", size=TEXT, weight="bold", color=theme.ink, **ends)


def _write_risk(drawn: Page, found: Curve, reach: float, ticks: tuple[float, ...]) -> None:
    """How many each part of the line rests on."""
    sheet, top = drawn.sheet, drawn.bottom - _RISK + 30
    quiet = sheet.theme.quiet
    sheet.write(EDGE, top, f"{drawn.words['waiting']}:", SMALL, color=quiet)
    width = WIDTH - EDGE - _LEFT
    counts = waiting_at(found.delays, ticks)
    for tick, count in zip(ticks, counts, strict=True):
        left = _LEFT + width * _place(tick) / (_place(reach) * 1.02)
        sheet.write(left, top + 40, str(count), SMALL, ha="center", color=quiet)
