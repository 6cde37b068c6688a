"""The queue of unprocessed missed calls on a screen: a page of rows, two counters, tabs, date, line, export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from aiogram.enums import ButtonStyle
from aiogram.types import InlineKeyboardButton

from followup.cases.views import QueuePage, Tab
from messenger.buttons import ScreenPress, keyboard, packable, rows, screen_button
from messenger.dates import clock_time, day_title, short_day
from messenger.filters import cut
from messenger.markup import fit
from messenger.outgoing import Outgoing
from messenger.render import render, render_plain
from messenger.words import ANOTHER_REASON

QueueMenu = Literal["lines", "export"]
_ROWS_A_PAGE = 8
_MOST_LINES = 96  # of Telegram's hundred buttons

Buttons = list[InlineKeyboardButton]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueContext:
    """Where the queue is shown; ``screen_id`` finds its filter again, ``menu`` is the list opened on it."""

    language: str
    timezone: str
    mask: bool
    screen_id: int
    team_name: str
    window: timedelta = timedelta(days=31)
    titles: Mapping[str, str] = field(default_factory=dict)  # close reason code → the team's own title
    menu: QueueMenu | None = None
    silent_since: datetime | None = None  # a PBX says nothing now: who called since then is not in the list


def queue_screen(page: QueuePage, context: QueueContext) -> Outgoing:
    """A page of the queue as it stands at ``page.as_of``.

    Its presses are ScreenPress with op and arg: tab open|processed, open <case id>, day <ISO date>|all,
    line <packable key>|all, page <n>, menu lines|export|none, export csv|xlsx, refresh.
    """
    board = _Board(page, context)
    lines = board.line_menu() if context.menu == "lines" else board.rows()
    return Outgoing(
        text=fit(render("reports/queue.j2", context.language, **_texts(page, context))), keyboard=keyboard(*lines)
    )


def _texts(page: QueuePage, context: QueueContext) -> dict[str, Any]:
    chosen = page.filter
    return {
        "page": page,
        "mask": context.mask,
        "timezone": context.timezone,
        "team_name": context.team_name,
        "titles": context.titles,
        "another": ANOTHER_REASON,
        "window_days": context.window.days,
        "as_of": page.as_of,
        "as_of_time": clock_time(page.as_of, context.timezone),
        "day": day_title(date.fromisoformat(chosen.day), context.language) if chosen.day else None,
        "line": page.line_names.get(chosen.line, chosen.line) if chosen.line else None,
        "rows": page.rows[:_ROWS_A_PAGE],
        "silent_since": context.silent_since,
    }


@dataclass(frozen=True, slots=True)
class _Board:
    """Builds the rows of buttons."""

    page: QueuePage
    context: QueueContext

    def rows(self) -> list[Buttons]:
        shown = enumerate(self.page.rows[:_ROWS_A_PAGE], start=1)
        cases = [self.button(str(place), "open", str(row.case_id)) for place, row in shown]
        last = self.export_menu() if self.context.menu == "export" else self.tools()
        return [self.tabs(), *rows(cases, 4 if len(cases) > 5 else 5), self.pages(), self.days(), last]

    def tabs(self) -> Buttons:
        counters = self.page.counters
        return [self.tab("open", counters.open_rows), self.tab("processed", counters.processed_rows)]

    def tab(self, tab: Tab, count: int) -> InlineKeyboardButton:
        return self.choice(self.label(tab, num=count), "tab", tab, is_chosen=self.page.filter.tab == tab)

    def pages(self) -> Buttons:
        current, last = self.page.filter.page, self.page.pages - 1
        if last < 1:
            return []
        back = [self.button("◀", "page", str(current - 1))] if current > 0 else []
        forth = [self.button("▶", "page", str(current + 1))] if current < last else []
        return [*back, self.button(f"{current + 1}/{last + 1}", "page", str(current)), *forth]

    def days(self) -> Buttons:
        today = self.page.as_of.astimezone(ZoneInfo(self.context.timezone)).date()
        chosen = date.fromisoformat(self.page.filter.day) if self.page.filter.day else None
        before, after = (chosen or today) - timedelta(days=1), chosen and chosen + timedelta(days=1)
        back = [self.day(f"◀ {self.short(before)}", before)] if before > today - self.context.window else []
        forth = [self.day(f"{self.short(after)} ▶", after)] if after and after <= today else []
        now = self.choice(self.label("today"), "day", today.isoformat(), is_chosen=chosen == today)
        return [*back, now, self.choice(self.label("all_days"), "day", "all", is_chosen=chosen is None), *forth]

    def tools(self) -> Buttons:
        export = self.button(self.label("export"), "menu", "export")
        return [*self.line_filter(), export, self.button(self.label("refresh"), "refresh")]

    def line_filter(self) -> Buttons:
        key = self.page.filter.line
        if len(self.page.line_names) < 2 and not key:
            return []
        name = self.page.line_names.get(key, key) if key else None
        text = self.label("line", line=cut(name, 24)) if name else self.label("all_lines")
        return [self.button(text, "menu", "lines")]

    def export_menu(self) -> Buttons:
        formats = [self.button(kind.upper(), "export", kind, ButtonStyle.PRIMARY) for kind in ("csv", "xlsx")]
        return [*formats, self.button(self.label("back"), "menu", "none")]

    def line_menu(self) -> list[Buttons]:
        chosen = self.page.filter.line
        named = sorted(self.page.line_names.items(), key=lambda item: item[1].casefold())[:_MOST_LINES]
        choices = [self.choice(name or key, "line", packable(key), is_chosen=key == chosen) for key, name in named]
        everything = self.choice(self.label("all_lines"), "line", "all", is_chosen=chosen is None)
        return [[everything], *rows(choices, 2), [self.button(self.label("back"), "menu", "none")]]

    def choice(self, text: str, op: str, arg: str, *, is_chosen: bool) -> InlineKeyboardButton:
        return self.button(f"• {text}" if is_chosen else text, op, arg)

    def day(self, text: str, day: date) -> InlineKeyboardButton:
        return self.button(text, "day", day.isoformat())

    def short(self, day: date) -> str:
        return short_day(day, self.context.language)

    def button(
        self, text: str, op: str, arg: str | None = None, style: ButtonStyle | None = None
    ) -> InlineKeyboardButton:
        return screen_button(text, ScreenPress(op=op, screen=self.context.screen_id, arg=arg), style)

    def label(self, code: str, **values: Any) -> str:
        return render_plain("reports/queue_buttons.j2", self.context.language, code=code, **values)
