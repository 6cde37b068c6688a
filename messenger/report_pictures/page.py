"""The frame every picture shares: title, whose and when, one sentence of explanation, as of, stretches without data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from followup.reports.shape import Report
from messenger.filters import span_parts
from messenger.render import environment, known_language, phrase
from messenger.report_pictures.style import EDGE, INNER, LARGE, SMALL, TEXT, THEMES, TITLE, WIDTH, Sheet, ThemeName
from messenger.report_words import fixed_words, moment_words, period_words, window_words

_TEMPLATE = "reports/pictures.j2"
_LINE = 38
_WINDOWS_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which picture of which report, for whom."""

    report: Report
    language: str
    theme: ThemeName = "light"


@dataclass(slots=True)
class Page:
    """A sheet with its frame; what is drawn belongs between ``top`` and ``bottom``."""

    asked: Asked
    sheet: Sheet
    words: Mapping[str, Any]
    top: float
    bottom: float

    def say(self, macro: str, *given: Any) -> str:
        """A sentence of the template with what it is about."""
        return spoken(macro, self.asked.language, *given)

    def span(self, seconds: float) -> str:
        """A span in the reader's words."""
        return phrase("span_words", self.asked.language, *span_parts(seconds))

    def png(self) -> bytes:
        """The picture."""
        return self.sheet.png()


def page(asked: Asked, title: str, *, height: int = 1350, note: str = "", aside: str = "") -> Page:
    """A page with its frame written."""
    sheet, report = Sheet(height, THEMES[asked.theme]), asked.report
    sheet.write(EDGE, 84, sheet.shortened(title, INNER, TITLE, weight="bold"), TITLE, weight="bold")
    quiet: dict[str, Any] = {"color": sheet.theme.quiet}
    parts = (period_words(report.selection, asked.language), aside, report.team_name)
    sheet.write(EDGE, 146, sheet.shortened(" · ".join(filter(None, parts)), INNER), **quiet)
    at = moment_words(report.as_of, report.timezone, asked.language)
    sheet.write(EDGE, height - 52, f"{spoken('as_of', asked.language, at)} · {report.timezone}", SMALL, **quiet)
    lines = [*(sheet.wrapped(note, INNER) if note else []), *_windows(asked, sheet)]
    bottom = height - 52 - _LINE * (len(lines) + 0.25 * bool(lines))
    for place, line in enumerate(lines):
        sheet.write(EDGE, bottom + _LINE * place, line, SMALL, **quiet)
    return Page(asked, sheet, words_of(asked.language), 196, bottom - _LINE)


def _windows(asked: Asked, sheet: Sheet) -> list[str]:
    report = asked.report
    said = [window_words(window, report.timezone, asked.language) for window in report.windows[:_WINDOWS_SHOWN]]
    if not said:
        return []
    more = " …" if len(report.windows) > _WINDOWS_SHOWN else ""
    return sheet.wrapped(spoken("no_data", asked.language, ", ".join(said) + more), INNER)


def nothing(asked: Asked, title: str, sentence: str) -> bytes:
    """A calm sentence where an empty plot would stand."""
    drawn = page(asked, title, height=760)
    drawn.sheet.write(WIDTH / 2, 370, "✓", 64, color=THEMES[asked.theme].parts["called_in"][0], ha="center")
    drawn.sheet.write(WIDTH / 2, 520, sentence, LARGE, weight="bold", ha="center")
    return drawn.png()


def key_line(drawn: Page, parts: tuple[str, ...], figures: tuple[int, ...]) -> None:
    """What the colours mean and how many there are: lines of text instead of a box."""
    sheet, top, left = drawn.sheet, drawn.top + 26, float(EDGE)
    for part, figure in zip(parts, figures, strict=True):
        colour, hatch = sheet.theme.parts[part]
        number, words = str(figure), str(drawn.words["parts"][part])
        width = 44 + sheet.width(f"{number} ", TEXT, weight="bold") + sheet.width(words) + 44
        if left > EDGE and left + width - 44 > WIDTH - EDGE:
            left, top = float(EDGE), top + 50
        sheet.patch(left, top - 15, 30, 30, facecolor=colour, edgecolor=sheet.theme.paper, hatch=hatch, linewidth=0)
        after = sheet.write(left + 44, top, f"{number} ", TEXT, weight="bold")
        sheet.write(after + 8, top, words)
        left += width + 8
    drawn.top = top + 62


def total_word(language: str) -> str:
    """What the last row is called."""
    return str(fixed_words(language)["total"])


def spoken(macro: str, language: str, *given: Any) -> str:
    """What a macro of the pictures' template says."""
    said: Any = getattr(environment(language).get_template(_TEMPLATE).module, macro)
    return " ".join(str(said(*map(_safe, given))).split())


def words_of(language: str) -> Mapping[str, Any]:
    """The fixed words of the pictures."""
    return _words(known_language(language))


def _safe(given: Any) -> Any:
    """A picture is no HTML: nothing is escaped."""
    return Markup(given) if isinstance(given, str) else given  # noqa: S704 — drawn, not parsed


@lru_cache(maxsize=3)
def _words(language: str) -> dict[str, Any]:
    said: Any = environment(language).get_template(_TEMPLATE).module
    words: dict[str, Any] = json.loads(said.fixed())
    return words
