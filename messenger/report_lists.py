"""Behind a figure: which of them there are, the list page by page, one call (M8)."""

from __future__ import annotations

from typing import Any

from aiogram.types import InlineKeyboardButton

from followup.reports.actions import listed
from followup.reports.one_call import OneCall, one_call
from followup.reports.selection import NOT_ASSIGNED
from followup.reports.shape import Figure, ListedItem, Report, value_of
from followup.reports.ticket_choice import topic_path
from followup.reports.tickets_store import topic_titles
from messenger.buttons import keyboard, unpacked
from messenger.dates import clock_time
from messenger.markup import fit
from messenger.outgoing import Outgoing
from messenger.render import render
from messenger.report_keys import Buttons
from messenger.report_sheets import span_text
from messenger.report_steps import Shown
from messenger.report_words import ReportWords, fixed_words, period_words
from messenger.ticket_links import ticket_link

PAGE = 10


async def figures(shown: Shown) -> Outgoing:
    """The numbers of a row that have something behind them."""
    report = await shown.report()
    key = _row_key(shown, report)
    row = report.total if key is None else _row(report, key)
    words, found = ReportWords(shown.chosen.kind, shown.language), []
    for column in report.columns:
        number = _count(value_of(row, column.key)) if row and column.opens else 0
        if number and (key is None or shown.chosen.kind != "missed"):
            found.append(
                (column.key, f"{words.title(column.key)}: {span_text(number) if column.unit == 'seconds' else number}")
            )
    has_rows = shown.chosen.kind != "missed"
    text = shown.text("figures", row=await _name(shown, key), is_empty=not found)
    return Outgoing(text=text, keyboard=shown.keys.figures(found, has_rows=has_rows))


def _count(value: Any) -> int:
    """How many: of a spread its n."""
    return int(value.get("n") or 0) if isinstance(value, dict) else int(value or 0)


def _row_key(shown: Shown, report: Report | None = None) -> str | None:
    packed = shown.params.get("row")
    if packed is None or not packed.startswith("~"):
        return packed
    return unpacked(packed, report.row_keys) if report else packed


def _row(report: Report, key: str) -> Any:
    return next((row for name, row in zip(report.row_keys, report.rows, strict=True) if name == key), None)


async def _name(shown: Shown, key: str | None) -> str:
    """Whose row it is, told without building the report."""
    if key is None:
        return str(fixed_words(shown.language)["total"])
    if shown.chosen.kind == "tickets":
        return await _group_name(shown, key)
    book, nobody = shown.desk.book, fixed_words(shown.language)["nobody"]
    if shown.chosen.kind == "callbacks":
        return book.line_name(key) or key
    member, _, extension = key.partition("/")
    name = book.member_name(int(member)) if member.isdigit() else nobody["manager"]
    return " · ".join(part for part in (name or member, extension) if part)


async def _group_name(shown: Shown, key: str) -> str:
    """A row of tickets: a stretch of time, a person, a group, a channel or a topic."""
    by, value = shown.chosen.option("by"), None if key == NOT_ASSIGNED else key
    if value is not None and by == "employee":
        value = shown.desk.book.member_name(int(key))
    if value is not None and by == "topic":
        value = topic_path(await topic_titles(shown.desk.c, shown.desk.book.id), int(key))
    return str(ReportWords("tickets", shown.language).value(by, value))


async def listing(shown: Shown) -> Outgoing:
    """A page of exactly what the figure counts."""
    packed = shown.params.get("row")
    # Only a key too long for a button has to be looked for among the rows.
    report = await shown.report() if packed is not None and packed.startswith("~") else None
    key = _row_key(shown, report)
    figure = Figure(row=key, column=shown.params["column"])
    page = shown.params.get("page") or 0
    found = await listed(shown.desk, shown.chosen, figure, page * PAGE, PAGE)
    pages = max(-(-found.total // PAGE), 1)
    if page >= pages:
        page = pages - 1
        found = await listed(shown.desk, shown.chosen, figure, page * PAGE, PAGE)
    text = render(
        "reports/report_list.j2",
        shown.language,
        title=fixed_words(shown.language)["kinds"][shown.chosen.kind],
        row=await _name(shown, key) if key is not None else None,
        statuses=shown.desk.book.status_titles,
        figure=ReportWords(shown.chosen.kind, shown.language).long_title(figure.column),
        period=period_words(shown.chosen, shown.language),
        total=found.total,
        items=found.items,
        spans=[span_text(item.seconds or 0) for item in found.items],
        links=[_link(shown, item) for item in found.items],
        **_where(shown),
    )
    buttons = [_press(item, place, page) for place, item in enumerate(found.items, 1)]
    return Outgoing(text=fit(text), keyboard=shown.keys.listed(buttons, page, pages))


def _link(shown: Shown, item: ListedItem) -> str | None:
    return ticket_link(shown.context.address, item.id) if item.kind == "ticket" else None


def _press(item: ListedItem, place: int, page: int) -> tuple[str, str, str]:
    if item.kind in ("call", "ticket"):
        return str(place), item.kind, str(item.id)
    return (str(place), "open", str(item.case_id)) if item.case_id is not None else (str(place), "page", str(page))


async def call(shown: Shown) -> Outgoing:
    """One call, with its mark to change and its case to open."""
    found = await one_call(shown.desk, shown.params["call"])
    if found is None:
        return await listing(shown)
    text = render(
        "reports/report_call.j2",
        shown.language,
        call=found,
        talk=span_text(found.talk_seconds),
        ring=span_text(found.ring_seconds) if found.ring_seconds else None,
        **_where(shown),
    )
    return Outgoing(text=fit(text), keyboard=keyboard(*_call_buttons(shown, found)))


def _where(shown: Shown) -> dict[str, Any]:
    context = shown.context
    given = {"timezone": context.timezone, "mask": context.mask, "now": context.now}
    return given | {"as_of": clock_time(context.now, context.timezone)}


def _call_buttons(shown: Shown, found: OneCall) -> list[Buttons]:
    keys = shown.keys
    label, arg = ("unmark", "no") if found.is_non_target else ("mark", "yes")
    mark = keys.button(keys.label(label), "mark", f"{found.id}.{arg}")
    case = [keys.button(keys.label("case"), "open", str(found.case_id))] if found.case_id is not None else []
    heard = [InlineKeyboardButton(text=keys.label("recording"), url=found.recording_url)] if found.recording_url else []
    return [[*case, mark], heard, [keys.button(keys.label("back"), "step", "list"), keys.to_report()]]
