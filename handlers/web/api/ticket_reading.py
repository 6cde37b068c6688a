"""Tickets for other programs: a page of them, and one with its history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from followup.cases.outside import in_zone
from followup.reports import tickets_store as store
from followup.reports.question import Question
from followup.reports.selection import FILTERS, selection_of
from followup.reports.ticket_choice import Choice
from followup.reports.ticket_rows import Directory, ticket_fields
from followup.teams.desk import Desk
from followup.tickets.reading import acts_about
from handlers.web.api import schemas
from handlers.web.api.answers import Told
from handlers.web.api.parameters import USUAL_LIMIT, Misasked
from handlers.web.api.reading import Asked, zone_of
from storage.rows import Row

_MOST_HISTORY = 100
_SOME_DAY = "2000-01-01"  # a question has a period, even where nobody asks for one


async def tickets(desk: Desk, asked: Asked) -> Told:
    """A page of tickets."""
    if ("from" in asked) != ("to" in asked):
        raise Misasked("to" if "from" in asked else "from", "", "a date: give both days or none")
    filters = {name: asked[name] for name in FILTERS["tickets"] if name in asked}
    chosen = selection_of("tickets", asked.get("from", _SOME_DAY), asked.get("to", _SOME_DAY), filters)
    question, directory = Question.of(desk, chosen), await Directory.of(desk.c, desk.book.id)
    choice = Choice(question=question, topics=directory.topics)
    condition = store.in_state(choice, asked.get("state", "open"), question.span if "from" in asked else None)
    page = (asked.get("offset", 0), asked.get("limit", USUAL_LIMIT))
    total, rows = await store.tickets_behind(desk.c, question, condition, page)
    zone = zone_of(desk)

    def make() -> Mapping[str, Any]:
        told = [_ordered(question, directory, row) for row in rows]
        head = {"team": desk.book.name, "timezone": zone.key, "as_of": in_zone(desk.now, zone), "total": total}
        return head | {"rows": [in_zone(each, zone) for each in told]}

    return Told(make=make, columns=tuple(schemas.TICKET))


async def one_ticket(desk: Desk, asked: Asked) -> Told | None:
    """One ticket, None if the team has no such."""
    question = Question.of(desk, selection_of("tickets", _SOME_DAY, _SOME_DAY))
    _, rows = await store.tickets_behind(desk.c, question, store.only(asked["id"]), (0, 1))
    if not rows:
        return None
    directory, zone = await Directory.of(desk.c, desk.book.id), zone_of(desk)
    history = [asdict(line) for line in await acts_about(desk.c, desk.book, asked["id"], _MOST_HISTORY)]
    told = _ordered(question, directory, rows[0]) | {"history": history}
    return Told(make=lambda: dict(in_zone(told, zone)))


def _ordered(question: Question, directory: Directory, row: Row) -> dict[str, Any]:
    fields = ticket_fields(question, directory, row)
    return {name: fields[name] for name in schemas.TICKET}
