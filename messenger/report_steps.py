"""The steps of a report in one message: what is chosen before it is built, and the lists beside it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from followup.errors import FollowupError
from followup.hours import local_date
from followup.reports.actions import build, columns_of
from followup.reports.kept_store import schedules_of
from followup.reports.missed_store import REASONS
from followup.reports.schedules import wish_of
from followup.reports.selection import NOT_ASSIGNED, Selection
from followup.reports.shape import Report
from followup.reports.tickets_store import known_words
from followup.reports.wishes import Wish
from followup.teams.book import TeamBook
from followup.teams.desk import Desk
from messenger.answers import refusal
from messenger.dates import short_day
from messenger.markup import fit
from messenger.outgoing import Outgoing
from messenger.render import environment, render
from messenger.report_keys import Choice, Keys
from messenger.report_sheets import Viewed, choosable, row_name, shown_columns
from messenger.report_texts import ReportContext, message, named, period_before
from messenger.report_words import (
    ReportWords,
    filter_words,
    fixed_words,
    moment_words,
    option_words,
    period_words,
    span_of_days,
)
from messenger.words import miss_reason

_DEFINITIONS_A_PAGE = 14
_WORDS_OF_TICKETS = ("channel", "entry_point", "group")  # whatever the team's tickets have had


@dataclass(frozen=True)
class Shown:
    """One screen about to be shown: the desk to ask, where it stands, what it remembers."""

    desk: Desk
    context: ReportContext
    params: Mapping[str, Any]
    chat_id: int

    @property
    def language(self) -> str:
        """The team's."""
        return self.context.language

    @cached_property
    def keys(self) -> Keys:
        """Its buttons."""
        return Keys(language=self.language, screen_id=self.context.screen_id, today=self.today)

    @property
    def today(self) -> date:
        """By the team's calendar."""
        return local_date(self.desk.now, self.context.timezone)

    @cached_property
    def chosen(self) -> Selection:
        """What is asked for."""
        return Selection.from_json(self.params["chosen"])

    @cached_property
    def named(self) -> Selection:
        """The same with names in place of ids."""
        return named(self.chosen, self.desk.book)

    async def report(self, *, is_before: bool = False) -> Report:
        """As of now, with names in place of ids; of the queue only the totals: its rows are in the files."""
        chosen = period_before(self.chosen) if is_before else self.chosen
        return with_names(await build(self.desk, chosen, most_rows=0), self.desk.book)

    async def viewed(self) -> Viewed:
        """The figures with the chosen columns, compared where that is wanted."""
        columns = self.params.get("columns")
        return Viewed(
            report=await self.report(),
            language=self.language,
            columns=tuple(columns) if columns is not None else None,
            before=await self.report(is_before=True) if self.params.get("compare") else None,
        )

    def text(self, step: str, **given: Any) -> str:
        """The words of a step."""
        has_choice = bool(self.params.get("chosen"))
        kind = self.chosen.kind if has_choice else self.params.get("kind")
        defaults = {"lines": (), "first": None, "is_empty": False, "row": None}
        said = {
            "step": step,
            "title": fixed_words(self.language)["kinds"][kind] if kind else None,
            "team_name": self.context.team_name,
            "period": period_words(self.chosen, self.language) if has_choice else None,
            "filters": filter_words(self.named, self.language) if has_choice else "",
            "options": option_words(self.chosen, self.language) if has_choice else "",
        }
        return fit(render("reports/report_steps.j2", self.language, **(said | defaults | given)))


Step = Callable[[Shown], Awaitable[Outgoing]]


def with_names(report: Report, book: TeamBook) -> Report:
    """Its filters and widgets by name: what people and files read."""
    rows = report.rows
    if report.selection.kind == "callbacks":
        rows = tuple({**row, "widget": book.line_name(row["widget"])} for row in rows)
    return replace(report, selection=named(report.selection, book), rows=rows)


async def show(shown: Shown, steps: Mapping[str, Step]) -> Outgoing:
    """The message as it shall look now; what cannot be asked any more is said in words."""
    try:
        return await steps[shown.params["step"]](shown)
    except FollowupError as error:
        text = refusal(error, shown.language, timezone=shown.context.timezone, now=shown.desk.now)
        has_choice = bool(shown.params.get("chosen"))
        return Outgoing(
            text=fit(render("reports/report_refused.j2", shown.language, text=text)),
            keyboard=shown.keys.periods(None, has_selection=has_choice),
        )


async def kinds(shown: Shown) -> Outgoing:
    """What about?"""
    return Outgoing(text=shown.text("kinds"), keyboard=shown.keys.kinds())


async def period(shown: Shown) -> Outgoing:
    """Which days?"""
    has_selection = bool(shown.params.get("chosen"))
    keyboard = shown.keys.periods(shown.params.get("period"), has_selection=has_selection)
    return Outgoing(text=shown.text("period"), keyboard=keyboard)


async def calendar(shown: Shown) -> Outgoing:
    """Days of a month to press."""
    month, first = shown.params.get("month"), shown.params.get("first")
    begins = date.fromisoformat(f"{month}-01") if month else shown.today.replace(day=1)
    pressed = date.fromisoformat(first) if first else None
    words = short_day(pressed, shown.language) if pressed else None
    return Outgoing(text=shown.text("calendar", first=words), keyboard=shown.keys.calendar(begins, pressed))


async def filters(shown: Shown) -> Outgoing:
    """Whose calls, and how to count them."""
    counts = {name: len(values) for name, values in shown.chosen.filters.items()}
    return Outgoing(text=shown.text("filters"), keyboard=shown.keys.filters(shown.chosen, counts))


async def values(shown: Shown) -> Outgoing:
    """The values of one filter."""
    name = shown.params["filter"]
    choices = [(value, _value_name(shown, name, value)) for value in await values_of(shown.desk, name)]
    keyboard = shown.keys.values(name, choices, shown.chosen.filters.get(name, ()))
    return Outgoing(text=shown.text("values"), keyboard=keyboard)


async def values_of(desk: Desk, name: str) -> list[str]:
    """What a filter may be set to."""
    book = desk.book
    if name in _WORDS_OF_TICKETS:
        found = await known_words(desk.c, book.id, name)
        return found if name == "channel" else [NOT_ASSIGNED, *found]
    if name == "topic":
        return [NOT_ASSIGNED, *(str(topic_id) for topic_id in book.topics)]
    if name in ("manager", "employee"):
        people = sorted(
            (each for each in book.members.values() if each.may_work), key=lambda each: each.name.casefold()
        )
        return [NOT_ASSIGNED, *(str(each.id) for each in people)]
    if name == "reason":
        return list(REASONS)
    lines = [line for line in book.lines.values() if line.kind == ("widget" if name == "widget" else "line")]
    return [line.key for line in sorted(lines, key=lambda line: line.name.casefold())]


def _value_name(shown: Shown, name: str, value: str) -> str:
    if name == "reason":
        return miss_reason(value, shown.language)
    if value == NOT_ASSIGNED:
        return str(fixed_words(shown.language)["nobody"][name])
    one = named(replace(shown.chosen, filters={name: (value,)}), shown.desk.book).filters[name][0]
    return str(ReportWords("tickets", shown.language).value(name, one)) if name == "channel" else one


async def built(shown: Shown) -> Outgoing:
    """The report."""
    viewed = await shown.viewed()
    text, rich = message(viewed, shown.context)
    keyboard = shown.keys.built(
        shown.chosen, is_compared=viewed.before is not None, has_columns=shown.chosen.kind != "missed"
    )
    return Outgoing(text=text, keyboard=keyboard, rich=rich)


async def columns(shown: Shown) -> Outgoing:
    """Which figures to see."""
    viewed = Viewed(
        report=empty_report(shown.desk, shown.chosen),
        language=shown.language,
        columns=tuple(shown.params.get("columns") or ()),
    )
    choices = [(flat.key, viewed.words.title(flat.key)) for flat in choosable(viewed.report)]
    chosen = [flat.key for flat in shown_columns(viewed)]
    return Outgoing(text=shown.text("columns"), keyboard=shown.keys.columns(choices, chosen))


def empty_report(desk: Desk, chosen: Selection) -> Report:
    """The report's columns without its figures: nothing is counted."""
    return Report(
        selection=chosen,
        team_id=desk.book.id,
        team_name=desk.book.name,
        timezone=desk.book.policy.timezone,
        as_of=desk.now,
        columns=columns_of(desk, chosen),
        rows=(),
        total={},
    )


async def picture(shown: Shown) -> Outgoing:
    """Which picture?"""
    return Outgoing(text=shown.text("picture"), keyboard=shown.keys.pictures(shown.chosen))


async def rows(shown: Shown) -> Outgoing:
    """Whose numbers?"""
    viewed = Viewed(report=await shown.report(), language=shown.language)
    choices: list[Choice] = [
        (key, row_name(viewed, row)) for key, row in zip(viewed.report.row_keys, viewed.report.rows, strict=True)
    ]
    return Outgoing(text=shown.text("rows"), keyboard=shown.keys.rows_of(choices))


async def info(shown: Shown) -> Outgoing:
    """Every column's definition with its ID (D…, M…, P…, R…, X…)."""
    words = ReportWords(shown.chosen.kind, shown.language)
    every = [
        f"{words.long_title(column.key)} — {words.definition(column.key)}"
        for column in columns_of(shown.desk, shown.chosen)
    ]
    pages = -(-len(every) // _DEFINITIONS_A_PAGE)
    page = min(shown.params.get("page") or 0, pages - 1)
    part = every[page * _DEFINITIONS_A_PAGE : (page + 1) * _DEFINITIONS_A_PAGE]
    return Outgoing(text=shown.text("info", lines=part), keyboard=shown.keys.info(page, pages))


async def schedules(shown: Shown) -> Outgoing:
    """What comes to this chat by itself."""
    stored = await schedules_of(shown.desk.c, shown.desk.book.id, shown.chat_id)
    zone = shown.context.timezone
    lines = [(wish_words(wish_of(row), shown), moment_words(row["next_at"], zone, shown.language)) for row in stored]
    keyboard = shown.keys.schedules([row["id"] for row in stored])
    return Outgoing(text=shown.text("schedules", lines=lines), keyboard=keyboard)


def wish_words(wish: Wish, shown: Shown) -> str:
    """Which report, of which days, when: Calls report · 7 days up to yesterday · on Mondays at 09:00."""
    spoken: Any = environment(shown.language).get_template("reports/report_rhythm.j2").module
    rhythm = wish.rhythm
    said = [fixed_words(shown.language)["kinds"][wish.kind]]
    if ".." in wish.period:
        begins, _, ends = wish.period.partition("..")
        said.append(span_of_days(date.fromisoformat(begins), date.fromisoformat(ends), shown.language))
    else:
        days = int(wish.period[4:]) if re.fullmatch(r"days\d+", wish.period) else 0
        said.append(str(spoken.period(wish.period, days)))
    chosen = named(wish.selection(shown.today), shown.desk.book)
    said += [filter_words(chosen, shown.language), option_words(chosen, shown.language)]
    if rhythm is not None:
        said.append(str(spoken.rhythm(list(rhythm.weekdays), rhythm.month_day, f"{rhythm.at:%H:%M}")))
    return " · ".join(part.strip() for part in said if part.strip())
