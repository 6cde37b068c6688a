"""A built report in Telegram: other days, other columns, files, and every number opened to the single call (M8)."""

from __future__ import annotations

import re

from followup.errors import FollowupError
from followup.notices import priorities
from followup.notices import store as notices
from followup.reports.actions import columns_of
from followup.reports.kept_store import choose_columns, chosen_columns
from followup.reports.one_call import mark_call
from followup.reports.periods import fixed
from followup.reports.schedules import stop_schedule
from followup.reports.selection import selection_of
from followup.reports.ticket_rows import TABLE, TABLE_KIND
from handlers.telegram.report_visits import chosen_of, date_of, one_of
from handlers.telegram.visits import Op, Params, Visit, show
from messenger.buttons import id_in, unpacked
from messenger.report_files import FORM
from messenger.report_pictures import PICTURES
from messenger.report_sheets import Viewed, choosable, shown_columns
from messenger.report_steps import empty_report

_LAST_PAGE = 1_000_000
_ROW = {
    "calls": re.compile(r"(none|\d{1,18})(/.*)?|~\w+"),
    "team": re.compile(r"none|\d{1,18}"),
    "callbacks": re.compile(r".+"),
    "tickets": re.compile(r".+"),
}


async def _move(visit: Visit) -> None:
    begins, slash, ends = visit.arg.partition("/")
    if not slash:
        raise FollowupError("nothing_here")
    chosen = chosen_of(visit)
    moved = selection_of(chosen.kind, date_of(begins), date_of(ends), chosen.filters, chosen.options)
    await show(visit, step="built", chosen=moved.to_json(), period=fixed(moved.begins, moved.ends))


async def _compare(visit: Visit) -> None:
    await show(visit, step="built", compare=one_of(visit.arg, ("yes", "no")) == "yes")


async def _column(visit: Visit) -> None:
    """Switched on and off for the presser; kept for his next reports of the kind, too."""
    chosen, columns = chosen_of(visit), visit.screen["params"].get("columns")
    viewed = Viewed(report=empty_report(visit.desk, chosen), language="en", columns=tuple(columns or ()))
    known, shown = [flat.key for flat in choosable(viewed.report)], [flat.key for flat in shown_columns(viewed)]
    kept: list[str] = []
    if visit.arg != "*":
        key = unpacked(visit.arg, known)
        if key is None:
            raise FollowupError("nothing_here")
        kept = [each for each in shown if each != key] if key in shown else [*shown, key]
    await choose_columns(visit.desk.c, visit.desk.book.id, visit.member.id, chosen.kind, kept)
    await show(visit, columns=kept or None)


async def _table_column(visit: Visit) -> None:
    """G18: columns of the table of tickets, kept for the presser's next files, too."""
    params, known = visit.screen["params"], [column.key for column in TABLE]
    if chosen_of(visit).kind != "tickets":
        raise FollowupError("nothing_here")
    kept: list[str] = []
    if visit.arg != "*":
        key, shown = one_of(visit.arg, known), params.get("table_columns") or known
        kept = [each for each in known if (each in shown) != (each == key)]
    await choose_columns(visit.desk.c, visit.desk.book.id, visit.member.id, TABLE_KIND, kept)
    await show(visit, table_columns=kept or None)


async def _file(visit: Visit) -> None:
    """A file or a picture of just this report, in this chat."""
    chosen = chosen_of(visit)
    one_of(visit.arg, ("csv", "xlsx", *(f"png.{name}" for name in PICTURES[chosen.kind])))
    columns = visit.screen["params"].get("columns") if visit.arg == "png.table" else None
    letter = notices.Letter(
        team_id=visit.desk.book.id,
        chat_id=visit.chat.id,
        kind="report_file",
        at=visit.desk.now,
        payload={"chosen": chosen.to_json(), "format": visit.arg, "columns": columns} | await _of_table(visit),
        priority=priorities.FILE,
        key=f"file:{visit.caller.source_key}",
    )
    await notices.add_letter(visit.desk.c, letter)
    if visit.screen["params"].get("step") != "built":
        await show(visit, step="built")


async def _csv(visit: Visit) -> None:
    """G31: one setting of the file."""
    if chosen_of(visit).kind != "tickets":
        raise FollowupError("nothing_here")
    name, _, value = visit.arg.partition(".")
    one_of(value, FORM[one_of(name, FORM)])
    await show(visit, step="csv", csv={**(visit.screen["params"].get("csv") or {}), name: value})


async def _of_table(visit: Visit) -> Params:
    """Which columns of the table of tickets the presser wants, and how the file is written."""
    if chosen_of(visit).kind != "tickets":
        return {}
    kept = visit.screen["params"].get("table_columns")
    kept = kept or await chosen_columns(visit.desk.c, visit.desk.book.id, visit.member.id, TABLE_KIND)
    return {"table_columns": list(kept or ()), "csv": visit.screen["params"].get("csv") or {}}


async def _row(visit: Visit) -> None:
    pattern = _ROW.get(chosen_of(visit).kind)
    if visit.arg != "*" and (pattern is None or not pattern.fullmatch(visit.arg)):
        raise FollowupError("nothing_here")
    await show(visit, step="figures", row=None if visit.arg == "*" else visit.arg, page=0)


async def _figure(visit: Visit) -> None:
    keys = [column.key for column in columns_of(visit.desk, chosen_of(visit)) if column.opens]
    column = unpacked(visit.arg, keys)
    if column is None:
        raise FollowupError("nothing_here")
    await show(visit, step="list", column=column, page=0)


async def _page(visit: Visit) -> None:
    await show(visit, step="list" if visit.screen["params"].get("column") else "built", page=_number(visit.arg))


async def _definitions(visit: Visit) -> None:
    chosen_of(visit)
    await show(visit, step="info", page=min(_number(visit.arg), 100))


def _number(arg: str) -> int:
    page = id_in(arg)
    if page is None or page > _LAST_PAGE:
        raise FollowupError("nothing_here")
    return page


async def _call(visit: Visit) -> None:
    call_id = id_in(visit.arg)
    if call_id is None or not visit.screen["params"].get("column"):
        raise FollowupError("nothing_here")
    await show(visit, step="call", call=call_id)


async def _mark(visit: Visit) -> str:
    """M19: the button says which state it leads to, so a press that comes twice counts once."""
    number, _, wanted = visit.arg.partition(".")
    call_id = id_in(number)
    if call_id is None:
        raise FollowupError("nothing_here")
    is_marked = one_of(wanted, ("yes", "no")) == "yes"
    await mark_call(visit.desk, visit.member, call_id, non_target=is_marked)
    await show(visit)
    return "non_target_on" if is_marked else "non_target_off"


async def _stop(visit: Visit) -> str:
    schedule_id = id_in(visit.arg)
    if schedule_id is None:
        raise FollowupError("nothing_here")
    await stop_schedule(visit.desk, visit.chat, visit.member, schedule_id)
    await show(visit, step="schedules")
    return "report_stopped"


NUMBER_OPS: dict[str, Op] = {
    "move": _move,
    "compare": _compare,
    "column": _column,
    "file": _file,
    "row": _row,
    "figure": _figure,
    "page": _page,
    "defs": _definitions,
    "call": _call,
    "tcolumn": _table_column,
    "csv": _csv,
    "mark": _mark,
    "stop": _stop,
}
