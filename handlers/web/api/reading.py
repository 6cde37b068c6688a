"""What the routes of the API do: read the question, ask the business once, tell its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from followup.cases.outside import in_zone, queue_json
from followup.cases.queue_store import queue_rows, rows_by_id
from followup.cases.reading import case_view, history
from followup.cases.views import QueueFilter
from followup.clients.store import find_number
from followup.phone import normalise
from followup.reports.actions import build
from followup.reports.journal import journal, journal_call
from followup.reports.journal_store import Stretch
from followup.reports.selection import FILTERS, OPTIONS, Kind, Selection, selection_of
from followup.reports.shape import to_json
from followup.teams.desk import Desk
from handlers.web.api import schemas
from handlers.web.api.answers import Told
from handlers.web.api.parameters import USUAL_LIMIT, cursor_text

Asked = Mapping[str, Any]

_MOST_HISTORY = 100


def zone_of(desk: Desk) -> ZoneInfo:
    """The team's zone."""
    return ZoneInfo(desk.book.policy.timezone)


def chosen_of(asked: Asked, kind: Kind) -> Selection:
    """The period, filters and options of a report that were asked for."""
    filters = {name: asked[name] for name in FILTERS[kind] if name in asked}
    options = {name: asked[name] for name in OPTIONS[kind] if name in asked}
    return selection_of(kind, asked["from"], asked["to"], filters, options)


async def report(desk: Desk, asked: Asked, kind: Kind) -> Told:
    """A report as of now."""
    chosen = chosen_of(asked, kind)
    left_out = set(schemas.HIDDEN_BY_OPTION) if chosen.is_on("hide_missed") else set()
    left_out |= {"extension"} if not chosen.is_on("by_extension") else set()
    if kind == "tickets":
        left_out |= {*schemas.GROUPINGS} - {chosen.option("by")}
    columns = [key for key in schemas.flat_keys(schemas.ROWS[kind]) if key not in left_out]
    rows = "table" if chosen.is_on("table") else "rows"
    columns = list(schemas.TICKET_TABLE) if rows == "table" else columns
    return Told(make=partial(to_json, await build(desk, chosen)), columns=columns, rows=rows)


async def calls(desk: Desk, asked: Asked) -> Told:
    """A page of the journal."""
    chosen = selection_of("calls", asked["from"], asked["to"])
    begins, ends = chosen.span(desk.book.policy.timezone)
    number = await find_number(desk.c, desk.book.id, _number(desk, asked["client"])) if "client" in asked else None
    stretch = Stretch(
        begins=begins,
        ends=ends,
        direction=asked.get("direction"),
        # No call has the number 0: nothing is known of this client.
        number_id=(number["id"] if number else 0) if "client" in asked else None,
        after=asked.get("cursor"),
    )
    page, zone = await journal(desk, stretch, asked.get("limit", USUAL_LIMIT)), zone_of(desk)
    following = cursor_text(page.next_place) if page.next_place else None

    def make() -> dict[str, Any]:
        return {
            "team": desk.book.name,
            "timezone": zone.key,
            "from": chosen.begins.isoformat(),
            "to": chosen.ends.isoformat(),
            "rows": [_ordered(call, zone) for call in page.calls],
            "next_cursor": following,
        }

    return Told(make=make, columns=tuple(schemas.CALL), headers=_link(asked, following))


async def one_call(desk: Desk, asked: Asked) -> Told | None:
    """One call."""
    found = await journal_call(desk, asked["id"])
    return Told(make=partial(_ordered, found, zone_of(desk))) if found else None


async def cases(desk: Desk, asked: Asked) -> Told:
    """A tab of the queue, whole."""
    tab = asked.get("tab", "open")
    line = _line_key(desk, asked["line"]) if "line" in asked else None
    chosen = QueueFilter(tab=tab, day=asked.get("date"), line=line)
    rows, zone = await queue_rows(desk.c, desk.book, chosen, desk.now), zone_of(desk)

    def make() -> dict[str, Any]:
        return {
            "team": desk.book.name,
            "timezone": zone.key,
            "as_of": in_zone(desk.now, zone),
            "tab": tab,
            "rows": [queue_json(row, zone, tab) for row in rows],
        }

    hidden = set(schemas.PROCESSED_ONLY) if tab == "open" else set()
    return Told(make=make, columns=[key for key in schemas.QUEUE_ROW if key not in hidden])


async def one_case(desk: Desk, asked: Asked) -> Told | None:
    """One case with its orders, notes and history; one that was never true is none (it is counted nowhere)."""
    view = await case_view(desk.c, desk.book, asked["id"])
    if view is None or view.state == "withdrawn":
        return None
    (row,), zone = await rows_by_id(desk.c, desk.book, [view.id], desk.now), zone_of(desk)
    told = {
        "orders": [asdict(order) for order in view.orders],
        "notes": [asdict(note) for note in view.notes],
        "history": [asdict(line) for line in await history(desk.c, desk.book, view.id, _MOST_HISTORY)],
    }
    return Told(make=lambda: queue_json(row, zone, "processed") | in_zone(told, zone))


def _ordered(call: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    return {name: in_zone(call[name], zone) for name in schemas.CALL}


def _number(desk: Desk, text: str) -> str:
    return normalise(text, desk.book.policy.region) or ""


def _line_key(desk: Desk, text: str) -> str:
    """A line by its number in any spelling, its name or the widget's id."""
    if text in desk.book.lines:
        return text
    named = (line.key for line in desk.book.lines.values() if line.name.casefold() == text.casefold())
    return next(named, None) or _number(desk, text) or text


def _link(asked: Asked, following: str | None) -> dict[str, str]:
    """RFC 8288: how a client of CSV pages, too."""
    if following is None:
        return {}
    same = {name: value for name, value in asked.items() if name != "cursor"}
    return {"Link": f'<?{urlencode(same | {"cursor": following}, doseq=True)}>; rel="next"'}
