"""The buttons of a report, step by step; each press names the step's op, the screen and a short argument."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from babel.dates import format_date, format_interval

from followup.reports.periods import NAMED, earlier, later, month_end
from followup.reports.selection import FILTERS, KINDS, OPTIONS, VALUES, Selection
from messenger.buttons import ScreenPress, keyboard, packable, rows, screen_button
from messenger.render import known_language, render_plain
from messenger.report_files import FORM
from messenger.report_pictures import PICTURES
from messenger.report_words import fixed_words, option_value

Buttons = list[InlineKeyboardButton]
Choice = tuple[str, str]  # value and name

_MOST_CHOICES = 80
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Makes the keyboards of one screen."""

    language: str
    screen_id: int
    today: date

    def kinds(self) -> InlineKeyboardMarkup | None:
        """What there is to ask for."""
        found = [self.button(self.label(f"kind_{kind}"), "kind", kind) for kind in KINDS]
        return keyboard(*rows(found, 2), [self.button(self.label("schedules"), "step", "schedules")])

    def periods(self, chosen: str | None, *, has_selection: bool) -> InlineKeyboardMarkup | None:
        """Which days."""
        found = [self.choice(self.label(name), "period", name, is_on=name == chosen) for name in NAMED]
        other = [self.button(self.label("calendar"), "step", "calendar"), self.button(self.label("type"), "ask")]
        back = self.button(self.label("back"), "step", "filters" if has_selection else "kinds")
        return keyboard(*rows(found, 2), other, [back])

    def calendar(self, month: date, first: date | None) -> InlineKeyboardMarkup | None:
        """A month of days; the first press is the beginning, the second the end."""
        last, following = month - _DAY, month_end(month) + _DAY
        has_next = following <= self.today
        forth = self.button("›", "month", f"{following:%Y-%m}") if has_next else self.still(month)
        title = format_date(month, "LLLL y", locale=known_language(self.language)).capitalize()
        top = [self.button("‹", "month", f"{last:%Y-%m}"), self.still(month, title), forth]
        names = [self.still(month, self.weekday(place)) for place in range(7)]
        weeks = [
            [self.day(day, month, first) for day in week]
            for week in Calendar().monthdatescalendar(month.year, month.month)
            if week[0] <= self.today
        ]
        back = [self.button(self.label("type"), "ask"), self.button(self.label("back"), "step", "period")]
        return keyboard(top, names, *weeks, back)

    def day(self, day: date, month: date, first: date | None) -> InlineKeyboardButton:
        """A day that can be chosen; others are only places."""
        if day.month != month.month or day > self.today:
            return self.still(month)
        text = f"[{day.day}]" if day == first else str(day.day)
        return self.button(text, "day", day.isoformat())

    def weekday(self, place: int) -> str:
        """Its short name."""
        monday = date(2024, 1, 1)
        return format_date(monday + place * _DAY, "EEEEEE", locale=known_language(self.language))

    def still(self, month: date, text: str = "·") -> InlineKeyboardButton:
        """A press on it changes nothing."""
        return self.button(text, "month", f"{month:%Y-%m}")

    def filters(self, chosen: Selection, counts: Mapping[str, int]) -> InlineKeyboardMarkup | None:
        """What to leave out, how to group; then build."""
        found = [
            self.button(self.filter_label(name, counts.get(name, 0)), "filter", name) for name in FILTERS[chosen.kind]
        ]
        options = [[self.option(chosen, name)] for name in OPTIONS[chosen.kind] if name != "table"]
        build = self.button(self.label("build"), "build", None, ButtonStyle.PRIMARY)
        return keyboard([build], *rows(found, 2), *options, [self.button(self.label("period"), "step", "period")])

    def option(self, chosen: Selection, name: str) -> InlineKeyboardButton:
        """Yes or no, one of two, or where there are more a list of its own."""
        if name not in VALUES:
            return self.toggle(self.label(name), "option", name, is_on=chosen.is_on(name))
        usual, other, *more = VALUES[name]
        if more:
            value = option_value(name, chosen.option(name), fixed_words(self.language))
            return self.button(self.label(name, value=value), "step", "choices")
        value = option_value(name, other, fixed_words(self.language))
        return self.toggle(self.label(name, value=value), "option", name, is_on=chosen.option(name) != usual)

    def choices(self, chosen: Selection, name: str) -> InlineKeyboardMarkup | None:
        """The values of one option."""
        said, now = fixed_words(self.language), chosen.option(name)
        found = [
            self.choice(option_value(name, value, said), "choose", f"{name}.{value}", is_on=value == now)
            for value in VALUES[name]
        ]
        return keyboard(*rows(found, 2), [self.button(self.label("back"), "step", "filters")])

    def filter_label(self, name: str, count: int) -> str:
        """With how many are chosen."""
        return f"{self.label(f'filter_{name}')}: {count or self.label('all')}"

    def values(self, name: str, choices: Sequence[Choice], chosen: Iterable[str]) -> InlineKeyboardMarkup | None:
        """One filter's values to switch on and off."""
        on = set(chosen)
        found = [
            self.toggle(title, "value", packable(value), is_on=value in on) for value, title in choices[:_MOST_CHOICES]
        ]
        every = self.choice(self.label("all"), "value", "*", is_on=not on)
        return keyboard([every], *rows(found, 2), [self.button(self.label("done"), "step", "filters")])

    def built(self, chosen: Selection, *, is_compared: bool, has_columns: bool) -> InlineKeyboardMarkup | None:
        """What can be done with a report."""
        columns = [self.button(self.label("columns"), "step", "columns")] if has_columns else []
        has_form = "table" in OPTIONS[chosen.kind]
        csv = self.button("CSV", "step", "csv") if has_form else self.button("CSV", "file", "csv")
        files = [csv, self.button("XLSX", "file", "xlsx")]
        table = [self.button(self.label("table"), "step", "table")] if "table" in OPTIONS[chosen.kind] else []
        return keyboard(
            self.neighbours(chosen),
            [
                self.toggle(self.label("compare"), "compare", "no" if is_compared else "yes", is_on=is_compared),
                *columns,
            ],
            [self.button(self.label("picture"), "step", "picture"), *files],
            table,
            [self.button(self.label("numbers"), "step", "rows"), self.button(self.label("info"), "step", "info")],
            [self.button(self.label("change"), "step", "filters"), self.button(self.label("refresh"), "step", "built")],
        )

    def neighbours(self, chosen: Selection) -> Buttons:
        """The period before and, unless it lies ahead, the one after."""
        before, after = earlier(chosen.begins, chosen.ends), later(chosen.begins, chosen.ends)
        found = [self.button(f"◀ {self.span(*before)}", "move", before[0].isoformat() + "/" + before[1].isoformat())]
        if after[0] <= self.today:
            found.append(
                self.button(f"{self.span(*after)} ▶", "move", f"{after[0].isoformat()}/{after[1].isoformat()}")
            )
        return found

    def span(self, begins: date, ends: date) -> str:
        """A period on a button; the year only where it is another one."""
        same_year = begins.year == ends.year == self.today.year
        locale = {"en": "en_GB"}.get(known_language(self.language), known_language(self.language))
        return format_interval(begins, ends, "MMMd" if same_year else "yMMMd", locale=locale)

    def pictures(self, chosen: Selection) -> InlineKeyboardMarkup | None:
        """Which pictures there are."""
        found = [self.button(self.label(f"picture_{name}"), "file", f"png.{name}") for name in PICTURES[chosen.kind]]
        return keyboard(*rows(found, 2), [self.to_report()])

    def columns(
        self, choices: Sequence[Choice], chosen: Iterable[str], op: str = "column"
    ) -> InlineKeyboardMarkup | None:
        """Figures, or columns of the table of tickets, to switch on and off."""
        on = set(chosen)
        found = [self.toggle(title, op, packable(key), is_on=key in on) for key, title in choices]
        usual = self.button(self.label("usual"), op, "*")
        return keyboard(*rows(found, 2), [usual, self.button(self.label("done"), "step", "built", ButtonStyle.PRIMARY)])

    def csv(self, chosen: Mapping[str, str]) -> InlineKeyboardMarkup | None:
        """How the file is written; then the file (G31)."""
        settings = [
            [
                self.choice(
                    self.label(f"csv_{value}"), "csv", f"{name}.{value}", is_on=value == chosen.get(name, values[0])
                )
                for value in values
            ]
            for name, values in FORM.items()
        ]
        made = self.button(self.label("csv_file"), "file", "csv", ButtonStyle.PRIMARY)
        return keyboard(*settings, [self.button(self.label("table"), "step", "table")], [made], [self.to_report()])

    def rows_of(self, choices: Sequence[Choice]) -> InlineKeyboardMarkup | None:
        """Whose numbers to open."""
        total = self.button(self.label("total"), "row", "*")
        found = [self.button(title, "row", packable(key)) for key, title in choices[:_MOST_CHOICES]]
        return keyboard([total], *rows(found, 2), [self.to_report()])

    def figures(self, choices: Sequence[Choice], *, has_rows: bool) -> InlineKeyboardMarkup | None:
        """Which of the numbers."""
        found = [self.button(title, "figure", packable(key)) for key, title in choices[:_MOST_CHOICES]]
        back = [self.button(self.label("back"), "step", "rows")] if has_rows else []
        return keyboard(*rows(found, 2), [*back, self.to_report()])

    def listed(self, items: Sequence[tuple[str, str, str]], page: int, pages: int) -> InlineKeyboardMarkup | None:
        """A number for each item of the page: label, op, argument."""
        found = [self.button(text, op, arg) for text, op, arg in items]
        back = [self.button(self.label("back"), "step", "figures"), self.to_report()]
        return keyboard(*rows(found, 5), self.turns("page", page, pages), back)

    def info(self, page: int, pages: int) -> InlineKeyboardMarkup | None:
        """More definitions."""
        return keyboard(self.turns("defs", page, pages), [self.to_report()])

    def schedules(self, ids: Sequence[int]) -> InlineKeyboardMarkup | None:
        """Each stops when it is pressed."""
        found = [self.button(self.label("stop", place=place), "stop", str(each)) for place, each in enumerate(ids, 1)]
        return keyboard(*rows(found, 5), [self.button(self.label("back"), "step", "kinds")])

    def turns(self, op: str, page: int, pages: int) -> Buttons:
        """Pages, where there are several."""
        if pages < 2:
            return []
        back = [self.button("◀", op, str(page - 1))] if page else []
        forth = [self.button("▶", op, str(page + 1))] if page + 1 < pages else []
        return [*back, self.button(f"{page + 1}/{pages}", op, str(page)), *forth]

    def to_report(self) -> InlineKeyboardButton:
        """Back to the figures."""
        return self.button(self.label("to_report"), "step", "built")

    def toggle(self, text: str, op: str, arg: str, *, is_on: bool) -> InlineKeyboardButton:
        """A choice of many."""
        return self.button(f"✅ {text}" if is_on else text, op, arg)

    def choice(self, text: str, op: str, arg: str, *, is_on: bool) -> InlineKeyboardButton:
        """A choice of one."""
        return self.button(f"• {text}" if is_on else text, op, arg)

    def button(
        self, text: str, op: str, arg: str | None = None, style: ButtonStyle | None = None
    ) -> InlineKeyboardButton:
        """A press of this screen."""
        return screen_button(text, ScreenPress(op=op, screen=self.screen_id, arg=arg), style)

    def label(self, code: str, **values: Any) -> str:
        """In the chat's language."""
        return render_plain("reports/report_buttons.j2", self.language, code=code, **values)
