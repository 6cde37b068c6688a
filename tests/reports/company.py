"""A small company for vectors: what its PBX tells, and the reports' JSON."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from followup.cases.reconcile import Touched, reconcile
from followup.clients import store as clients
from followup.reports.actions import build, listed
from followup.reports.selection import selection_of
from followup.reports.shape import Figure, to_json
from storage.engine import Database
from tests.reports.facts import Facts, Posted, Team
from tests.reports.fortnight import Joining
from tests.reports.lived import Lived

KYIV = ZoneInfo("Europe/Kyiv")
SALES, SERVICE = "+380441112233", "+380441112244"
ANNA, BORYS, VIRA = "+380671234567", "+380502223344", "+380933334455"
MONTH = (date(2026, 11, 1), date(2026, 11, 30))


def kyiv(day: int, hour: int, minute: int = 0, second: float = 0) -> datetime:
    """A moment of November 2026 on the team's wall clock; the 20th is a Friday."""
    whole = datetime(2026, 11, day, hour, minute, tzinfo=KYIV) + timedelta(seconds=second)
    return whole.astimezone(UTC)


class Company(Lived):
    """Olga has 101, Taras 102, Iryna 104; 103 is nobody's. Everything is posted at once, and seen on the 30th."""

    def __init__(self, database: Database, **settings: str) -> None:
        texts = {"timezone": "Europe/Kyiv", "region": "UA", "hours": "Mo-Fr 09:00-18:00"} | settings
        extensions: list[tuple[str, datetime | None, str]] = [
            ("101", None, "Olga"),
            ("102", None, "Taras"),
            ("104", None, "Iryna"),
        ]
        lines: dict[str, dict[str, Any]] = {
            SALES: {"name": "Sales", "kind": "line", "hours": None, "off_hours_orders": True},
            SERVICE: {"name": "Service", "kind": "line", "hours": None, "off_hours_orders": True},
            "A": {"name": "Widget A", "kind": "widget", "hours": None, "off_hours_orders": True},
            "B": {"name": "Widget B", "kind": "widget", "hours": None, "off_hours_orders": True},
            "closed": {"name": "By day", "kind": "widget", "hours": None, "off_hours_orders": False},
        }
        super().__init__(database, Facts(Team("Europe/Kyiv", texts, lines, extensions)), kyiv(30, 23))
        self._keys = count(1)

    async def opens(self) -> Company:
        await self.found(datetime(2025, 1, 1, tzinfo=UTC))
        return self

    async def posts(self, *said: dict[str, Any], at: datetime | None = None) -> None:
        await self.hears([Posted(at or self.now, each) for each in said])

    def missed(self, client: str | None, at: datetime, seconds: float = 25, **fields: Any) -> dict[str, Any]:
        legs = [{"extension": phone, "rang_at": at.isoformat(), "result": "no_answer"} for phone in ("101", "102")]
        ended = {"ended_at": (at + timedelta(seconds=seconds)).isoformat(), "hung_up_by": "client", "stage": "ringing"}
        return self._call("in", client, at) | ended | {"legs": legs} | fields

    def answered(
        self, client: str | None, at: datetime, talk: float = 60, phone: str = "101", **fields: Any
    ) -> dict[str, Any]:
        answer = (at + timedelta(seconds=5)).isoformat()
        leg = {"extension": phone, "rang_at": at.isoformat(), "answered_at": answer, "result": "answered"}
        ended = {"ended_at": (at + timedelta(seconds=5 + talk)).isoformat(), "stage": "talk", "answered_at": answer}
        return self._call("in", client, at) | ended | {"legs": [leg]} | fields

    def dialled(
        self, client: str, at: datetime, talk: float | None = None, phone: str = "102", **fields: Any
    ) -> dict[str, Any]:
        """``talk`` None: nobody answered."""
        answer = at + timedelta(seconds=10)
        said = self._call("out", client, at) | {"extension": phone}
        if talk is None:
            return said | {"ended_at": (at + timedelta(seconds=30)).isoformat(), "result": "no_answer"} | fields
        ended = {"ended_at": (answer + timedelta(seconds=talk)).isoformat(), "result": "answered"}
        return said | {"answered_at": answer.isoformat()} | ended | fields

    def ordered(self, widget: str, client: str | None, at: datetime, **fields: Any) -> dict[str, Any]:
        order = {"type": "order", "order_id": f"w-{next(self._keys)}", "widget": widget, "client": client}
        return order | {"ordered_at": at.isoformat()} | fields

    def _call(self, direction: str, client: str | None, at: datetime) -> dict[str, Any]:
        said = {"type": "call", "call_id": f"c-{next(self._keys)}", "direction": direction, "client": client}
        return said | {"line": SALES, "started_at": at.isoformat()}

    async def report(
        self,
        kind: str,
        days: tuple[date, date] = MONTH,
        filters: dict[str, list[str]] | None = None,
        options: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """The document of the outside, after the clock did what was due."""
        await self.rests()
        async with self.desk() as desk:
            return to_json(await build(desk, selection_of(kind, *days, filters, options)))

    async def total(self, kind: str, *days: int, **options: str) -> dict[str, Any]:
        """Of the month, or of a day of November."""
        span = (date(2026, 11, days[0]), date(2026, 11, days[-1])) if days else MONTH
        found: dict[str, Any] = (await self.report(kind, span, None, options))["total"]
        return found

    async def listed(self, kind: str, column: str, beyond: int) -> tuple[int, int]:
        """How many are behind a figure of the month, as the first page says, and as one says that is past the end."""
        async with self.desk() as desk:
            figure, asked = Figure(row=None, column=column), selection_of(kind, *MONTH)
            pages = [await listed(desk, asked, figure, offset) for offset in (0, beyond)]
        assert (len(pages[0].items), len(pages[1].items)) == (pages[0].total, 0)
        return pages[0].total, pages[1].total

    async def marked(self, *said: dict[str, Any]) -> None:
        self.facts.marked = {each["call_id"] for each in said}
        await self.marks()

    async def are_one(self, first: str, second: str) -> None:
        await self.joins(Joining(self.now, (first, second)))

    async def are_apart(self, number: str) -> None:
        """The joining was a mistake."""
        async with self.desk() as desk:
            ids = await clients.number_ids(desk.c, self.team_id, [number], self.now)
            into = (await clients.clients_of_numbers(desk.c, self.team_id, ids.values()))[ids[number]]
            merge = await clients.last_merge(desk.c, self.team_id, into)
            assert merge is not None
            await clients.undo_merge(desk.c, self.team_id, merge, self.now)
            both = {merge["from_client_id"], merge["into_client_id"]}
            await reconcile(desk, Touched(clients=both, is_merge=True))
