"""Reports in Telegram: one message that is chosen, built, opened to the single call; what it shows is stored."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from followup.digests.figures import today
from followup.errors import FollowupError
from followup.notices import priorities
from followup.notices import store as notices
from followup.reports.kept_store import chosen_columns
from followup.reports.periods import NAMED, days_of, fixed, typed_period
from followup.reports.schedules import schedule_report
from followup.reports.screen_params import built
from followup.reports.selection import FILTERS, KINDS, OPTIONS, Selection, selection_of, values_of_option
from followup.reports.ticket_rows import TABLE_KIND
from followup.reports.wishes import Command, command_of
from followup.teams.book import Member
from followup.teams.desk import Desk
from handlers.telegram.report_numbers import NUMBER_OPS
from handlers.telegram.report_visits import chosen_of, date_of, one_of
from handlers.telegram.visits import Op, Params, Visit, open_screen, show
from messenger.buttons import unpacked
from messenger.report_steps import values_of

_BEFORE_CHOICE = frozenset({"kinds", "period", "calendar", "schedules"})
_AFTER_CHOICE = frozenset({"filters", "built", "columns", "picture", "rows", "figures", "list", "info"})
_OF_TICKETS = frozenset({"choices", "table", "csv"})


async def report_command(desk: Desk, chat: notices.Chat, member: Member, args: str) -> None:
    """/report and whatever stands after it, in one line."""
    command = command_of(args, today(desk))
    params = await _opened(desk, chat, member, command)
    await open_screen(desk, chat, member, "report", params)


async def _opened(desk: Desk, chat: notices.Chat, member: Member, command: Command) -> Params:
    wish = command.wish
    if wish is not None and wish.rhythm is not None:
        await schedule_report(desk, chat, member, wish)
    if command.is_list or (wish is not None and wish.rhythm is not None):
        return {"step": "schedules"}
    if wish is not None:
        chosen = wish.selection(today(desk))
        kept = await chosen_columns(desk.c, desk.book.id, member.id, chosen.kind)
        return built(chosen, kept) | {"period": wish.period}
    return {"step": "period", "kind": command.kind} if command.kind else {"step": "kinds"}


async def _kind(visit: Visit) -> None:
    """Another kind has other filters: what was chosen is gone, but its days."""
    kind, params = one_of(visit.arg, KINDS), visit.screen["params"]
    await show(visit, step="period", kind=kind, chosen=None, period=params.get("period"))


async def _step(visit: Visit) -> None:
    step, params = visit.arg, visit.screen["params"]
    if step in _OF_TICKETS and chosen_of(visit).kind == "tickets":
        await show(visit, **({"step": step} | await _on_the_table(step, visit)))
        return
    if step in _BEFORE_CHOICE or (step in _AFTER_CHOICE and params.get("chosen") is not None):
        needs_kind = step in ("period", "calendar") and not params.get("kind") and params.get("chosen") is None
        if not needs_kind and (step != "list" or params.get("column")):
            await show(visit, **({"step": step} | _on_the_way(step, visit)))
            return
    raise FollowupError("nothing_here")


def _on_the_way(step: str, visit: Visit) -> Params:
    """What a step does not take over from the one before."""
    if step == "calendar":
        chosen = visit.screen["params"].get("chosen")
        return {"first": None, "month": chosen["to"][:7] if chosen else None}
    if step == "kinds":
        return {"chosen": None, "kind": None}
    if step == "rows" and chosen_of(visit).kind == "missed":
        return {"step": "figures", "row": None, "page": 0}
    return {"page": 0} if step in ("figures", "info") else {}


async def _on_the_table(step: str, visit: Visit) -> Params:
    """G18: whoever opens the table sees the columns that he has kept."""
    if step != "table":
        return {}
    kept = await chosen_columns(visit.desk.c, visit.desk.book.id, visit.member.id, TABLE_KIND)
    return {"table_columns": list(kept) if kept else None}


async def _period(visit: Visit) -> None:
    name = one_of(visit.arg, NAMED)
    await show(visit, **_on_days(visit.desk, visit.screen["params"], name))


def _on_days(desk: Desk, params: Params, period: str) -> Params:
    """With days there is a selection, whose filters come next."""
    begins, ends = days_of(period, today(desk))
    stored = params.get("chosen")
    if stored is not None:
        old = Selection.from_json(stored)
        chosen = selection_of(old.kind, begins, ends, old.filters, old.options)
    elif params.get("kind"):
        chosen = selection_of(params["kind"], begins, ends)
    else:
        raise FollowupError("nothing_here")
    return {"step": "filters", "chosen": chosen.to_json(), "kind": chosen.kind, "period": period}


def days_typed(desk: Desk, params: Params, text: str) -> Params:
    """What changes on a screen whose days were typed."""
    return _on_days(desk, params, typed_period(text, today(desk)))


async def _month(visit: Visit) -> None:
    if not re.fullmatch(r"(19|20|21)\d\d-(0[1-9]|1[0-2])", visit.arg):
        raise FollowupError("nothing_here")
    await show(visit, step="calendar", month=visit.arg)


async def _day(visit: Visit) -> None:
    """The first press begins, the second ends; in whichever order."""
    pressed, first = date_of(visit.arg), visit.screen["params"].get("first")
    if first is None:
        await show(visit, step="calendar", first=pressed.isoformat(), month=visit.arg[:7])
        return
    begins, ends = sorted((date.fromisoformat(first), pressed))
    found = _on_days(visit.desk, visit.screen["params"], fixed(begins, ends))
    await show(visit, **found, first=None)


async def _ask(visit: Visit) -> str:
    """Dates may be typed, too."""
    await show(visit, step="period")
    payload = {"purpose": "period", "member_id": visit.member.id, "screen_id": visit.screen["id"]}
    letter = notices.Letter(
        team_id=visit.desk.book.id,
        chat_id=visit.chat.id,
        kind="question",
        at=visit.desk.now,
        payload=payload,
        priority=priorities.ANSWER,
        key=f"question:{visit.caller.source_key}",
    )
    await notices.add_letter(visit.desk.c, letter)
    return "question_sent"


async def _filter(visit: Visit) -> None:
    await show(visit, step="values", filter=one_of(visit.arg, FILTERS[chosen_of(visit).kind]))


async def _value(visit: Visit) -> None:
    chosen, name = chosen_of(visit), visit.screen["params"].get("filter") or ""
    one_of(name, FILTERS[chosen.kind])
    values = list(chosen.filters.get(name, ()))
    if visit.arg == "*":
        values = []
    else:
        value = unpacked(visit.arg, await values_of(visit.desk, name))
        if value is None:
            raise FollowupError("nothing_here")
        values = [each for each in values if each != value] if value in values else [*values, value]
    filters = {**chosen.filters, name: tuple(values)}
    changed = selection_of(chosen.kind, chosen.begins, chosen.ends, filters, chosen.options)
    await show(visit, chosen=changed.to_json())


async def _option(visit: Visit) -> None:
    chosen = chosen_of(visit)
    name = one_of(visit.arg, OPTIONS[chosen.kind])
    values = values_of_option(name)
    await _choose(visit, name, values[1] if chosen.option(name) == values[0] else values[0])


async def _choice(visit: Visit) -> None:
    """One of several values, which leads back to the filters."""
    name, _, value = visit.arg.partition(".")
    one_of(name, OPTIONS[chosen_of(visit).kind])
    await _choose(visit, name, one_of(value, values_of_option(name)), step="filters")


async def _choose(visit: Visit, name: str, value: str, **changes: str) -> None:
    chosen = chosen_of(visit)
    await show(visit, chosen=replace(chosen, options={**chosen.options, name: value}).to_json(), **changes)


async def _build(visit: Visit) -> None:
    chosen, columns = chosen_of(visit), visit.screen["params"].get("columns")
    if columns is None:
        kept = await chosen_columns(visit.desk.c, visit.desk.book.id, visit.member.id, chosen.kind)
        columns = list(kept) if kept is not None else None
    await show(visit, **built(chosen, columns))


REPORT_OPS: dict[str, Op] = {
    **NUMBER_OPS,
    "kind": _kind,
    "step": _step,
    "period": _period,
    "month": _month,
    "day": _day,
    "ask": _ask,
    "filter": _filter,
    "value": _value,
    "option": _option,
    "choose": _choice,
    "build": _build,
}
