"""One calm style for all pictures of reports: a phone's width, large letters, colours every eye tells apart."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal

from messenger.charts import drawable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ThemeName = Literal["light", "dark"]
Bar = tuple[float, float, float, float]  # left, foot, width, height

WIDTH: Final = 1080  # a phone shows this without scaling up
EDGE: Final = 56
INNER: Final = WIDTH - 2 * EDGE
_DPI: Final = 150
# In points; the smallest is 27 px of 1080, which a phone shows as its own small print.
SMALL, TEXT, LARGE, TITLE = 13.0, 14.5, 17.0, 21.0


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of one theme; ``parts`` by what is counted, after Okabe and Ito, with a hatch as a second sign."""

    paper: str
    ink: str
    quiet: str
    grid: str
    tile: str
    accent: str
    second: str
    parts: Mapping[str, tuple[str, str]]


def _parts(blue: str, green: str, grey: str, red: str, others: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    dark, orange, pink = others
    return {
        **dict.fromkeys(("called_out", "incoming_answered", "successful"), (blue, "")),
        **dict.fromkeys(("called_in", "outgoing_successful"), (green, "")),
        **dict.fromkeys(("manual", "outgoing_unsuccessful", "pending"), (grey, "//")),
        **dict.fromkeys(("open", "missed", "unsuccessful"), (red, "")),
        **dict.fromkeys(("expired", "unknown"), (dark, "\\\\")),
        "merged": (pink, "--"),
        "blocked": (orange, "xx"),
    }


THEMES: Final[Mapping[ThemeName, Theme]] = {
    "light": Theme(
        paper="#FBFBF9",
        ink="#1F2933",
        quiet="#5F6B77",
        grid="#E3E7EB",
        tile="#EFF2F4",
        accent="#0072B2",
        second="#D55E00",
        parts=_parts("#0072B2", "#009E73", "#A9B7C3", "#D55E00", ("#56616C", "#E69F00", "#CC79A7")),
    ),
    "dark": Theme(
        paper="#17212B",
        ink="#EDF1F5",
        quiet="#9FB0BF",
        grid="#2B3846",
        tile="#212D39",
        accent="#56B4E9",
        second="#F08A4B",
        parts=_parts("#56B4E9", "#2CB48C", "#74869A", "#E8743B", ("#C3CCD5", "#E6B23C", "#DE98BF")),
    ),
}


class Sheet:
    """A picture being drawn: places are pixels from the upper left corner."""

    def __init__(self, height: int, theme: Theme) -> None:
        # Matplotlib costs a second and 60 MB: only the process that draws pays for it.
        from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
        from matplotlib.figure import Figure  # noqa: PLC0415

        self.height, self.theme = height, theme
        self._figure = Figure(figsize=(WIDTH / _DPI, height / _DPI), dpi=_DPI, facecolor=theme.paper)
        self._canvas = FigureCanvasAgg(self._figure)

    def write(self, left: float, top: float, text: str, size: float = TEXT, **style: Any) -> float:
        """Writes a line whose middle is at ``top``; tells how far it reaches."""
        # parse_math is off: a team's name may contain two dollar signs.
        usual = {"va": "center", "color": self.theme.ink, "parse_math": False}
        self._figure.text(left / WIDTH, 1 - top / self.height, text, size=size, **{**usual, **style})
        return left + self.width(text, size, style.get("weight", "normal"))

    def width(self, text: str, size: float = TEXT, weight: str = "normal") -> float:
        """How wide the line would be."""
        return text_width(text, weight) * size

    def shortened(self, text: str, room: float, size: float = TEXT, weight: str = "normal") -> str:
        """The text cut to the room, without signs the font lacks."""
        known = drawable(text, 80)
        while len(known) > 1 and self.width(known, size, weight) > room:
            known = known.rstrip("…")[:-1].rstrip() + "…"
        return known

    def wrapped(self, text: str, room: float, size: float = SMALL) -> list[str]:
        """The text in lines that fit the room."""
        lines: list[str] = []
        for word in drawable(text, 600).split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self.width(longer, size) <= room:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines

    def patch(self, left: float, top: float, width: float, height: float, **style: Any) -> None:
        """A rectangle."""
        from matplotlib.patches import Rectangle  # noqa: PLC0415

        place = (left / WIDTH, 1 - (top + height) / self.height)
        self._figure.add_artist(Rectangle(place, width / WIDTH, height / self.height, **style))

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """A plot without a frame."""
        place = (left / WIDTH, 1 - (top + height) / self.height, width / WIDTH, height / self.height)
        axes = self._figure.add_axes(place, facecolor="none")
        for side in ("left", "right", "top"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(self.theme.grid)
        axes.tick_params(length=0, pad=9, colors=self.theme.quiet, labelsize=SMALL)
        return axes

    def png(self) -> bytes:
        """The picture; the name of the drawing program, which changes with its version, is left out."""
        target = io.BytesIO()
        self._canvas.print_png(target, metadata={"Software": None})  # type: ignore[no-untyped-call]
        return target.getvalue()


def draw_bars(axes: Axes, bars: Sequence[Bar], **style: Any) -> None:
    """Rectangles of one look as one thing: a hundred bars apiece would cost a third of a second."""
    from matplotlib.collections import PolyCollection  # noqa: PLC0415

    corners = [((x, y), (x + w, y), (x + w, y + h), (x, y + h)) for x, y, w, h in bars]
    axes.add_collection(PolyCollection(corners, **style), autolim=False)


@lru_cache(maxsize=4096)
def text_width(text: str, weight: str) -> float:
    """Pixels of a line for each point of its size; drawing it to measure it would cost ten times as much."""
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415
    from matplotlib.textpath import text_to_path  # noqa: PLC0415

    font = FontProperties(size=100, weight=weight)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width) / 100 * _DPI / 72


def mixed(low: str, high: str, share: float) -> str:
    """A colour between two."""
    ends = [(int(low[at : at + 2], 16), int(high[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in ends)


def readable_on(colour: str) -> str:
    """Black or white, whichever stands out more (W3C's relative luminance)."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return "#FFFFFF" if 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.26 else "#101820"


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
