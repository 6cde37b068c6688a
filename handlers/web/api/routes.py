"""The table of the API's addresses: what each takes and answers. Requests are read by it, its document is printed from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, get_args

from followup.calls.verdict import MissReason
from followup.reports.selection import FILTERS, KINDS, OPTIONS, Kind
from followup.teams.desk import Desk
from handlers.web.api import reading, schemas
from handlers.web.api.answers import Told
from handlers.web.api.parameters import Parameter, cursor, day, limit, several, word

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
}
_OPTIONS: Final[Mapping[str, str]] = {
    "hide_missed": "Without missed and unsuccessful calls.",
    "by_extension": "Rows by manager and phone.",
    "first_call": "Only first calls of clients.",
}
_KINDS: Final[Mapping[Kind, str]] = {
    "callbacks": "Callback orders by widget and what became of them.",
    "calls": "Calls by manager.",
    "missed": "Missed calls of the period: every case, and what became of them.",
    "team": "What each manager closed, how fast, how busy he was.",
}


def _report(kind: Kind) -> Route:
    filters = tuple(_FILTERS[name] for name in FILTERS[kind])
    options = tuple(word(name, _OPTIONS[name], ("yes", "no"), "no") for name in OPTIONS[kind])
    return Route(
        path=f"{ROOT}/reports/{kind}",
        name=f"report_{kind}",
        about=_KINDS[kind],
        work=partial(reading.report, kind=kind),
        schema=schemas.report(kind),
        parameters=(*_PERIOD, *filters, *options, _FORM),
        is_long=True,
    )


ROUTES: Final[tuple[Route, ...]] = (
    *map(_report, KINDS),
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
)
