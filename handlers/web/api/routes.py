"""The table of the API's addresses: what each takes and answers. Requests are read by it, its document is printed from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, get_args

from followup.calls.verdict import MissReason
from followup.reports.selection import FILTERS, KINDS, OPTIONS, Kind, values_of_option
from followup.teams.desk import Desk
from handlers.web.api import drill, reading, schemas, ticket_reading
from handlers.web.api.answers import Told
from handlers.web.api.parameters import Parameter, cursor, day, limit, offset, several, word

ROOT: Final = "/api/v1"

Work = Callable[[Desk, Mapping[str, Any]], Awaitable[Told | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One address. ``has_id``: it ends with the number of one thing; ``is_long``: only few at a time."""

    path: str
    name: str
    about: str
    work: Work
    schema: schemas.Schema
    parameters: tuple[Parameter, ...] = ()
    has_id: bool = False
    is_long: bool = False

    @property
    def has_csv(self) -> bool:
        """Whether it has rows."""
        return not self.has_id


_FORM: Final = word("format", "The whole document as JSON, or its rows as CSV.", ("json", "csv"), "json")
_PERIOD: Final = (
    day("from", "First day of the team's calendar."),
    day("to", "Last day, included; not before the first."),
)
_FILTERS: Final[Mapping[str, Parameter]] = {
    "manager": several("manager", "A member's name or id; `none`: calls of nobody. Several: any of them."),
    "line": several("line", "A line's number or name. Several: any of them."),
    "widget": several("widget", "A widget's id or name. Several: any of them."),
    "reason": several("reason", "Why a call was missed. Several: any of them.", get_args(MissReason)),
    "channel": several("channel", "How the client came: `phone`, `callback`, `telegram`… Several: any of them."),
    "entry_point": several(
        "entry_point", "A line's or widget's id or name; `none`: without one. Several: any of them."
    ),
    "topic": several("topic", "A topic's title, path or id, sub-topics included; `none`: without one."),
    "group": several("group", "The group a ticket was given to; `none`: without one. Several: any of them."),
    "employee": several("employee", "The present owner's name or id; `none`: nobody's. Several: any of them."),
}
_OPTIONS: Final[Mapping[str, str]] = {
    "hide_missed": "Without missed and unsuccessful calls.",
    "by_extension": "Rows by manager and phone.",
    "first_call": "Only first calls of clients.",
    "by": "What a row is.",
    "basis": "Which day counts: a ticket's creation, or its closing.",
    "clock": "Time by the clock, or working time only.",
    "without_snooze": "Handling without the time put off.",
    "table": "With a row for each ticket; in CSV these in place of the groups.",
}
_KINDS: Final[Mapping[Kind, str]] = {
    "callbacks": "Callback orders by widget and what became of them.",
    "calls": "Calls by manager.",
    "missed": "Missed calls of the period: every case, and what became of them.",
    "team": "What each manager closed, how fast, how busy he was.",
    "tickets": "Tickets: how many are closed, how long clients waited, how long handling took.",
}


_ROWS: Final[Mapping[Kind, str]] = {
    "callbacks": "A widget's id or name.",
    "calls": "A manager's name or id, or `none`; of one phone of his only: `Olga/101`.",
    "missed": "A `case_id`, for `missed` and `attempts` only.",
    "team": "A manager's name or id, or `none`.",
    "tickets": "The first cell of a row as it is told, or `none` where that is null.",
}


def _report(kind: Kind) -> Route:
    filters = tuple(_FILTERS[name] for name in FILTERS[kind])
    options = tuple(_option(name) for name in OPTIONS[kind])
    return Route(
        path=f"{ROOT}/reports/{kind}",
        name=f"report_{kind}",
        about=_KINDS[kind],
        work=partial(reading.report, kind=kind),
        schema=schemas.report(kind),
        parameters=(*_PERIOD, *filters, *options, _FORM),
        is_long=True,
    )


def _option(name: str) -> Parameter:
    usual, *others = values_of_option(name)
    return word(name, _OPTIONS[name], (*others, usual), usual)


def _items(kind: Kind) -> Route:
    asked = _report(kind)
    *of_report, form = asked.parameters
    column = word("column", "Whose figure it is.", schemas.OPENS[kind], is_required=True)
    row = Parameter(name="row", about=f"{_ROWS[kind]} Without: the total.")
    return Route(
        path=f"{asked.path}/items",
        name=f"{asked.name}_items",
        about="What is behind one figure of the report, newest first: `total` is the figure.",
        work=partial(drill.items, kind=kind),
        schema=schemas.LISTING,
        parameters=(*of_report, column, row, offset(), limit(), form),
        is_long=True,
    )


ROUTES: Final[tuple[Route, ...]] = (
    *map(_report, KINDS),
    *map(_items, schemas.OPENS),
    Route(
        path=f"{ROOT}/calls",
        name="calls",
        about="Calls of a period in the order they began, by pages: the PBX's words and what the rules made of them.",
        work=reading.calls,
        schema=schemas.CALL_PAGE,
        parameters=(
            *_PERIOD,
            word("direction", "Only these.", ("in", "out")),
            Parameter(name="client", about="Only of this number, in any spelling."),
            limit(),
            cursor(),
            _FORM,
        ),
    ),
    Route(
        path=f"{ROOT}/calls/{{id}}",
        name="call",
        about="One call.",
        work=reading.one_call,
        schema=schemas.ONE_CALL,
        has_id=True,
    ),
    Route(
        path=f"{ROOT}/cases",
        name="cases",
        about="The queue of missed clients: open ones longest waiting first, processed ones newest first; never paged.",
        work=reading.cases,
        schema=schemas.CASE_LIST,
        parameters=(
            word("tab", "Clients who wait, or those who were dealt with.", ("open", "processed"), "open"),
            day("date", "Only with a missed call of this local day.", is_required=False),
            Parameter(name="line", about="Only of this line, by its number, its name or the widget's id."),
            _FORM,
        ),
    ),
    Route(
        path=f"{ROOT}/cases/{{id}}",
        name="case",
        about="One case with its orders, notes and history.",
        work=reading.one_case,
        schema=schemas.ONE_CASE,
        has_id=True,
    ),
    Route(
        path=f"{ROOT}/tickets",
        name="tickets",
        about="Tickets, newest first, by pages: `total` is how many there are.",
        work=ticket_reading.tickets,
        schema=schemas.TICKET_LIST,
        parameters=(
            word("state", "Only these.", ("open", "closed", "all"), "open"),
            day("from", "Created on this local day or later; with `to`.", is_required=False),
            day("to", "Created on this local day or earlier; with `from`.", is_required=False),
            *(_FILTERS[name] for name in FILTERS["tickets"]),
            offset(),
            limit(),
            _FORM,
        ),
    ),
    Route(
        path=f"{ROOT}/tickets/{{id}}",
        name="ticket",
        about="One ticket with what people did about it.",
        work=ticket_reading.one_ticket,
        schema=schemas.ONE_TICKET,
        has_id=True,
    ),
)
