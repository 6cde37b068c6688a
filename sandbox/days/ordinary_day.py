"""An ordinary working day of Aurora Windows: 55 calls and 3 orders, with its numbers written down by hand."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sandbox.days.plan import OLGA, SALES, SERVICE, TARAS, WIDGET, Planned

TEAM = "Aurora Windows"
ZONE = ZoneInfo("Europe/Kyiv")
HOURS = "Mo-Fr 09:00-18:00; Sa 10:00-15:00"
PEOPLE = (("Olga", "manager", OLGA), ("Taras", "manager", TARAS), ("Iryna", "head", None))
CLIENT = "Lina"  # who writes instead of calling
TOPICS = ("Price", "Delivery", "Repair")
LINES = ((SALES, "Sales", "line"), (SERVICE, "Service", "line"), (WIDGET, "Site", "widget"))

# Counted with a pencil over the table below, never computed from it; a test counts again and compares.
TRUTH: dict[str, int] = {
    "calls": 55,
    "incoming": 36,
    "outgoing": 19,
    "answered": 14,
    "outgoing_reached": 11,
    "missed": 22,
    "missed_not_answered": 10,
    "missed_off_hours": 4,
    "missed_all_unavailable": 3,
    "missed_abandoned_10s": 2,
    "missed_abandoned_greeting": 1,
    "missed_abandoned_ivr": 1,
    "missed_no_route": 1,
    "missed_hidden": 1,
    "clients": 17,
    "called_out": 8,
    "called_in": 5,
    "not_reached": 4,
    "contact_median_minutes": 25,
    "orders": 3,
    "orders_successful": 2,
}

S, V = SALES, SERVICE
_Row = tuple[str, str, str, dict[str, object]]


def _in(line: str, extension: str) -> dict[str, object]:
    return {"kind": "answered", "line": line, "extension": extension}


def _miss(line: str, why: str) -> dict[str, object]:
    return {"kind": "missed", "line": line, "why": why}


def _out(extension: str, result: str = "answered", order_id: str | None = None) -> dict[str, object]:
    reached = result == "answered"
    return {"kind": "outbound", "extension": extension, "reached": reached, "result": result, "order_id": order_id}


def _order(order_id: str, topic: str) -> dict[str, object]:
    return {"kind": "order", "line": WIDGET, "order_id": order_id, "detail": topic}


ROWS: tuple[_Row, ...] = (
    ("02:14", "01", "Night call, nobody is in", _miss(S, "off_hours")),
    ("07:31", "02", "Early bird before opening", _miss(V, "off_hours")),
    ("09:02", "03", "Olga answers", _in(S, OLGA)),
    ("09:06", "01", "Olga calls the night caller back", _out(OLGA)),
    ("09:09", "04", "Nobody picks up", _miss(S, "not_answered")),
    ("09:12", "02", "The early bird gets through", _in(V, TARAS)),
    ("09:15", "04", "Taras calls back, no answer", _out(TARAS, "no_answer")),
    ("09:18", "--", "Olga calls Taras inside", {"kind": "internal", "extension": OLGA}),
    ("09:24", "04", "Second attempt reaches the client", _out(TARAS)),
    ("09:31", "05", "Olga answers", _in(S, OLGA)),
    ("09:38", "06", "Hangs up after 6 seconds", _miss(S, "abandoned_10s")),
    ("09:41", "06", "Tries again and gets through", _in(S, OLGA)),
    ("09:50", "30", "Orders a callback on the site", _order("w-1", "Price of a window")),
    ("09:53", "30", "Olga calls the order back", _out(OLGA, order_id="w-1")),
    ("10:00", "07", "Nobody picks up", _miss(S, "not_answered")),
    ("10:07", "07", "Calls again, nobody picks up", _miss(S, "not_answered")),
    ("10:20", "07", "Third time, everyone is busy", _miss(S, "all_unavailable")),
    ("10:25", "07", "Taras calls back, no answer", _out(TARAS, "no_answer")),
    ("10:40", "07", "Taras reaches the client", _out(TARAS)),
    ("10:48", "08", "Taras answers", _in(V, TARAS)),
    ("10:55", "09", "Leaves during the greeting", _miss(S, "abandoned_greeting")),
    ("11:02", "??", "Hidden number, nobody picks up", _miss(S, "not_answered")),
    ("11:08", "10", "Two phones ring, Olga answers", _in(S, OLGA)),
    ("11:20", "09", "Olga calls back", _out(OLGA)),
    ("11:27", "11", "Leaves in the menu of Service", _miss(V, "abandoned_ivr")),
    ("11:33", "11", "Tries Sales, nobody picks up", _miss(S, "not_answered")),
    ("11:45", "11", "Taras calls back: one client, two lines", _out(TARAS)),
    ("11:52", "03", "A known client calls again", _in(S, OLGA)),
    ("12:05", "12", "Everyone is busy", _miss(V, "all_unavailable")),
    ("12:06", "12", "Redials, everyone is busy", _miss(V, "all_unavailable")),
    ("12:30", "12", "Gets through at last", _in(V, TARAS)),
    ("12:41", "13", "Olga calls a client of her own", _out(OLGA)),
    ("12:50", "14", "Olga calls a client, busy", _out(OLGA, "busy")),
    ("13:05", "15", "Lunch: nobody picks up", _miss(S, "not_answered")),
    ("13:11", "16", "Lunch: nobody picks up", _miss(S, "not_answered")),
    ("13:16", "17", "Lunch: nobody picks up", _miss(V, "not_answered")),
    ("13:35", "15", "Olga calls back", _out(OLGA)),
    ("13:40", "16", "Olga calls back, no answer", _out(OLGA, "no_answer")),
    ("13:52", "16", "The client sees it and calls", _in(S, OLGA)),
    ("14:05", "18", "Taras answers", _in(S, TARAS)),
    ("14:20", "17", "Taras calls back, no answer", _out(TARAS, "no_answer")),
    ("14:22", "31", "Orders a callback on the site", _order("w-2", "Repair")),
    ("14:26", "31", "Taras calls the order, no answer", _out(TARAS, "no_answer", "w-2")),
    ("14:39", "31", "Taras reaches the order", _out(TARAS, order_id="w-2")),
    ("14:50", "19", "No route at the exchange", _miss(V, "no_route")),
    ("15:10", "19", "Taras calls back", _out(TARAS)),
    ("15:25", "20", "Taras answers", _in(V, TARAS)),
    ("15:33", "17", "Taras tries again, busy", _out(TARAS, "busy")),
    ("15:45", "21", "Nobody picks up", _miss(S, "not_answered")),
    ("15:52", "21", "Olga calls back in 7 minutes", _out(OLGA)),
    ("16:04", "22", "Olga answers", _in(S, OLGA)),
    ("16:30", "32", "Orders a callback on the site", _order("w-3", "Balcony")),
    ("16:41", "32", "Olga calls the order, no answer", _out(OLGA, "no_answer", "w-3")),
    ("17:05", "23", "Taras answers", _in(V, TARAS)),
    ("17:20", "24", "Nobody picks up", _miss(S, "not_answered")),
    ("17:31", "24", "Calls again and gets through", _in(S, OLGA)),
    ("17:52", "25", "Hangs up after 6 seconds, forgotten", _miss(S, "abandoned_10s")),
    ("19:05", "26", "After closing", _miss(S, "off_hours")),
    ("21:40", "27", "Late evening", _miss(V, "off_hours")),
)


def ordinary_day(day: date) -> tuple[Planned, ...]:
    """The planted day on a local date, which must be a working day: the truth counts on its hours."""
    if day.weekday() > 4:
        raise ValueError(f"{day} is not a Monday-to-Friday date, the planted numbers hold for those only")
    return tuple(_planned(day, n, row) for n, row in enumerate(ROWS, start=1))


def working_day(until: date) -> date:
    """The last Monday-to-Friday date not later than the given one."""
    return until - timedelta(days=max(0, until.weekday() - 4))


def client_number(code: str) -> str | None:
    """The number of a client of the table; hidden callers and internal calls have none."""
    return f"+3806755501{code}" if code.isdigit() else None


def _planned(day: date, n: int, row: _Row) -> Planned:
    at, client, title, rest = row
    started_at = datetime.combine(day, time.fromisoformat(at), ZONE)
    fields = {**rest, "order_id": _of_day(day, rest.get("order_id"))}
    return Planned(
        id=f"{day:%m%d}-{n:02d}",
        started_at=started_at,
        title=title,
        client=client_number(client),
        **fields,  # type: ignore[arg-type]
    )


def _of_day(day: date, order_id: object) -> str | None:
    return f"{order_id}-{day:%m%d}" if order_id else None
