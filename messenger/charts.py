"""The picture of a day: missed calls by hour and what became of them."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from followup.digests.numbers import DigestNumbers, HourFigures
from messenger.dates import clock_time, day_title
from messenger.render import render

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# 1080×720: a phone's width; Telegram shows it without cutting.
_SIZE, _DPI = (7.2, 4.8), 150
_PAPER, _INK, _QUIET, _GRID, _CALM = "#FBFBF9", "#1F2933", "#66727F", "#E3E7EB", "#2E8B6F"
# Blue and vermilion of Okabe and Ito with a light grey between: told apart by every eye, and in black and white.
_FATES = {"returned": "#0072B2", "by_hand": "#B4C1CC", "open": "#D55E00"}
_FIGURES_ON = {"returned": "white", "by_hand": _INK, "open": "white"}
_OFFICE_HOURS = (9, 17)
_LEFT, _RIGHT = 0.06, 0.955


def digest_picture(numbers: DigestNumbers, language: str) -> bytes:
    """The day as a PNG. Takes a part of a second: to be called off the event loop; nothing global is touched."""
    # Matplotlib costs a second and 60 MB: only the process that draws pays for it.
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    texts = _texts(numbers, language)
    figure = Figure(figsize=_SIZE, dpi=_DPI, facecolor=_PAPER)
    canvas = FigureCanvasAgg(figure)
    _write_frame(figure, texts)
    if any(_height(hour) for hour in numbers.hours):
        _write_legend(figure, numbers.hours, texts)
        _draw_bars(figure.add_axes((_LEFT, 0.15, _RIGHT - _LEFT, 0.58)), _whole_span(numbers.hours))
    else:
        _draw_nothing(figure, texts)
    png = io.BytesIO()
    canvas.print_png(png)  # type: ignore[no-untyped-call]
    return png.getvalue()


def _texts(numbers: DigestNumbers, language: str) -> dict[str, str]:
    as_of = clock_time(numbers.as_of, numbers.timezone)
    texts: dict[str, str] = json.loads(render("reports/digest_picture.j2", language, as_of=as_of))
    texts["subtitle"] = f"{day_title(numbers.day, language)} · {numbers.team_name}"
    texts["footer"] += f" · {numbers.timezone}"
    return texts


def _write_frame(figure: Figure, texts: Mapping[str, str]) -> None:
    _write(figure, (_LEFT, 0.925), texts["title"], size=15, weight="bold", color=_INK)
    _write(figure, (_LEFT, 0.863), drawable(texts["subtitle"], 66), size=10.5, color=_QUIET)
    _write(figure, (_LEFT, 0.045), texts["footer"], size=8.5, color=_QUIET)


def _write(figure: Figure, place: tuple[float, float], text: str, **style: Any) -> float:
    """Writes a line and tells where it ends, as a part of the figure's width."""
    # parse_math is off: a team's name may contain two dollar signs.
    written = figure.text(*place, text, **{"va": "center", "parse_math": False, **style})
    return float(written.get_window_extent().x1) / figure.bbox.width


def _write_legend(figure: Figure, hours: Sequence[HourFigures], texts: Mapping[str, str]) -> None:
    """What the colours mean and how many there are, in one line instead of a box."""
    place = _LEFT
    for fate, colour in _FATES.items():
        total = sum(getattr(hour, fate) for hour in hours)
        for text, style in (("■ ", {"color": colour}), (f"{total} ", {"weight": "bold"}), (texts[fate], {})):
            place = _write(figure, (place, 0.785), text, **{"size": 11.5, "color": _INK, **style})
        place += 0.04


def _whole_span(hours: Sequence[HourFigures]) -> list[HourFigures]:
    """Every hour from the first to the last that had a miss, office hours at least: gaps are a part of the picture."""
    known = {hour.hour: hour for hour in hours if _height(hour)}
    first, last = min(_OFFICE_HOURS[0], *known), max(_OFFICE_HOURS[1], *known)
    return [known.get(hour) or HourFigures(hour=hour, returned=0, by_hand=0, open=0) for hour in range(first, last + 1)]


def _draw_bars(axes: Axes, hours: Sequence[HourFigures]) -> None:
    highest, size = max(_height(hour) for hour in hours), _label_size(hours)
    floors = [0] * len(hours)
    for fate, colour in _FATES.items():
        heights = [getattr(hour, fate) for hour in hours]
        axes.bar(range(len(hours)), heights, 0.72, bottom=floors, color=colour, edgecolor=_PAPER, linewidth=1.2)
        for place, height in enumerate(heights):
            # A figure that would not fit into its part is left to the total above the bar.
            if height >= max(highest * 0.07, 1):
                style: dict[str, Any] = {
                    "color": _FIGURES_ON[fate],
                    "ha": "center",
                    "va": "center",
                    "size": size,
                    "weight": "bold",
                }
                axes.text(place, floors[place] + height / 2, str(height), **style)
        floors = [floor + height for floor, height in zip(floors, heights, strict=True)]
    _label_hours(axes, hours)


def _label_hours(axes: Axes, hours: Sequence[HourFigures]) -> None:
    highest, size = max(_height(hour) for hour in hours), _label_size(hours)
    for place, hour in enumerate(hours):
        if sum(getattr(hour, fate) > 0 for fate in _FATES) > 1:
            top = _height(hour) + highest * 0.02
            axes.text(place, top, str(_height(hour)), ha="center", va="bottom", size=size, color=_QUIET)
    axes.set_xlim(-0.6, len(hours) - 0.4)
    axes.set_ylim(0, max(highest * 1.12, 3))
    step = 1 if len(hours) <= 12 else 2
    axes.set_xticks(range(0, len(hours), step), [f"{hour.hour}:00" for hour in hours[::step]])
    axes.tick_params(length=0, pad=7, colors=_QUIET, labelsize=9.5)
    axes.set_yticks([])
    axes.set_facecolor(_PAPER)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(_GRID)


def _draw_nothing(figure: Figure, texts: Mapping[str, str]) -> None:
    _write(figure, (0.5, 0.52), "✓", size=64, color=_CALM, ha="center")
    _write(figure, (0.5, 0.33), texts["nothing"], size=16, weight="bold", color=_INK, ha="center")


def _label_size(hours: Sequence[HourFigures]) -> float:
    return 10 if len(hours) <= 12 else 8


def _height(hour: HourFigures) -> int:
    return hour.returned + hour.by_hand + hour.open


def drawable(text: str, length: int) -> str:
    """The text cut to a line, without the signs that the font would show as boxes."""
    known = " ".join("".join(sign for sign in text if ord(sign) in _font_signs()).split())
    return known if len(known) <= length else known[: length - 1].rstrip() + "…"


@cache
def _font_signs() -> frozenset[int]:
    from matplotlib.font_manager import findfont, get_font  # noqa: PLC0415

    return frozenset(get_font(findfont("DejaVu Sans")).get_charmap())
