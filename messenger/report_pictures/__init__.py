"""Pictures of reports: which a report has, and how one is drawn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

from followup.reports.selection import Kind
from followup.reports.shape import Report
from messenger.report_pictures.columns import draw_columns
from messenger.report_pictures.contact import draw_contact_days, draw_contact_people
from messenger.report_pictures.curve import draw_curve
from messenger.report_pictures.heat import draw_heat
from messenger.report_pictures.page import Asked
from messenger.report_pictures.style import ThemeName
from messenger.report_pictures.table import draw_table
from messenger.report_pictures.tickets import draw_closed, draw_handling, draw_wait

# The first is the one that goes beside the report; the table is what `--format png` gives.
PICTURES: Final[Mapping[Kind, tuple[str, ...]]] = {
    "missed": ("days", "heat", "curve", "contact", "table"),
    "calls": ("days", "table"),
    "callbacks": ("days", "table"),
    "team": ("people", "table"),
    "tickets": ("closed", "wait", "handling", "table"),
}
_DRAWN: Final[Mapping[str, Callable[[Asked], bytes]]] = {
    "days": draw_columns,
    "heat": draw_heat,
    "curve": draw_curve,
    "contact": draw_contact_days,
    "people": draw_contact_people,
    "closed": draw_closed,
    "wait": draw_wait,
    "handling": draw_handling,
    "table": draw_table,
}

__all__ = ["PICTURES", "Asked", "ThemeName", "draw", "drawn", "main_picture", "table_picture"]


def draw(name: str, report: Report, language: str, theme: ThemeName = "light") -> bytes:
    """A picture as PNG. Takes a part of a second: to be called off the event loop; nothing global is touched."""
    return _DRAWN[name](Asked(report=report, language=language, theme=theme))


async def drawn(name: str, report: Report, language: str, theme: ThemeName = "light") -> bytes:
    """The same in a thread."""
    return await asyncio.to_thread(draw, name, report, language, theme)


def main_picture(report: Report) -> str:
    """The picture that goes beside the report."""
    return PICTURES[report.selection.kind][0]


def table_picture(asked: Asked, columns: tuple[str, ...] = ()) -> bytes:
    """The table with the chosen columns."""
    return draw_table(asked, columns)
