"""Words around a report's tables: its head, names in place of ids, and the whole message in both forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import Markup

from followup.reports.periods import earlier
from followup.reports.selection import NOT_ASSIGNED, Selection
from followup.reports.shape import Report
from followup.teams.book import TeamBook
from followup.tickets.reading import path_of
from messenger.markup import fit
from messenger.render import render
from messenger.report_sheets import Viewed, rich_table, sheets, text_table
from messenger.report_words import (
    filter_words,
    fixed_words,
    moment_words,
    option_words,
    period_words,
    window_words,
)

_MOST_WINDOWS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportContext:
    """Where a report is shown; ``has_tables``: the chat's app shows real ones, as far as is known."""

    language: str
    timezone: str
    mask: bool
    team_name: str
    screen_id: int
    now: datetime
    has_tables: bool = True
    address: str | None = None  # the bot's user name, which links to tickets are made of


def named(chosen: Selection, book: TeamBook) -> Selection:
    """The same with names where ids are kept: what people and files read."""

    def name_of(filter_name: str, value: str) -> str:
        if value == NOT_ASSIGNED:
            return value
        if filter_name in ("manager", "employee") and value.isdigit():
            return book.member_name(int(value)) or value
        if filter_name == "topic" and value.isdigit():
            return " › ".join(path_of(book, int(value))) or value
        return (book.line_name(value) or value) if filter_name in ("line", "widget", "entry_point") else value

    filters = {name: tuple(name_of(name, value) for value in values) for name, values in chosen.filters.items()}
    return replace(chosen, filters=filters)


def head(report: Report, context: ReportContext, before: Report | None = None) -> str:
    """Whose, when, as of, what was chosen, what it is compared with, stretches without data."""
    language, chosen = context.language, report.selection
    windows = [window_words(window, context.timezone, language) for window in report.windows[:_MOST_WINDOWS]]
    return render(
        "reports/report_head.j2",
        language,
        title=fixed_words(language)["kinds"][chosen.kind],
        team_name=context.team_name,
        period=period_words(chosen, language),
        as_of=moment_words(report.as_of, context.timezone, language),
        filters=filter_words(chosen, language),
        options=option_words(chosen, language),
        before=period_words(before.selection, language) if before else None,
        windows=windows,
        more_windows=len(report.windows) - len(windows),
        clients=report.total.get("clients") if chosen.kind == "missed" else None,
    )


def foot(viewed: Viewed, legend: Sequence[str], more: int) -> str:
    """What stands under the tables."""
    is_empty = not viewed.report.rows and viewed.report.selection.kind in ("calls", "team", "tickets")
    given = {"legend": legend, "more": more, "is_empty": is_empty}
    return render("reports/report_foot.j2", viewed.language, **given)


def message(viewed: Viewed, context: ReportContext) -> tuple[str, str | None]:
    """The message as text, and with real tables where the chat takes them."""
    tables = [sheet for sheet in sheets(viewed) if sheet.rows]
    more = max((sheet.more for sheet in tables), default=0)
    top = head(viewed.report, context, viewed.before)
    lines = [text_table(sheet) for sheet in tables]
    legend = [each for table in lines for each in table.legend]
    drawn = [Markup("<pre>{}</pre>").format(table.text) for table in lines]
    bottom = foot(viewed, legend, more)
    text = fit("\n\n".join(part for part in (top, "\n".join(drawn), bottom) if part))
    if not context.has_tables:
        return text, None
    real = [_paragraph(top), *(rich_table(sheet) for sheet in tables), _paragraph(foot(viewed, (), more))]
    return text, "".join(real)


def _paragraph(html: str) -> str:
    return "<p>{}</p>".format(html.replace("\n", "<br>")) if html else ""


def period_before(chosen: Selection) -> Selection:
    """What a report is compared with: like with like, a month with a month."""
    begins, ends = earlier(chosen.begins, chosen.ends)
    return replace(chosen, begins=begins, ends=ends)
