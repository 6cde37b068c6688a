"""A report of the product beside the count: every figure of every row, and the list behind it."""

from __future__ import annotations

import collections
from collections.abc import Mapping
from datetime import date
from typing import Any

from followup.reports.actions import build, listed
from followup.reports.selection import Selection, selection_of
from followup.reports.shape import Figure, Report, to_json, value_of
from followup.teams.book import TeamBook
from followup.teams.desk import Desk
from followup.teams.store import load_book
from tests.reports.count import Counter
from tests.reports.lived import Lived
from tests.reports.told import Counted, RowKey

_PAGE = 37


class Comparison:
    """One lived fortnight, looked at from many sides."""

    def __init__(self, lived: Lived, counter: Counter) -> None:
        self.lived, self.counter = lived, counter
        self.wrong: list[str] = []
        self.keys: dict[tuple[str, int], str] = {}
        self.book: TeamBook | None = None

    async def look(
        self,
        kind: str,
        days: tuple[date, date],
        filters: Mapping[str, list[str]] | None = None,
        options: Mapping[str, str] | None = None,
        *,
        opens: bool = False,
    ) -> None:
        """Build, count, compare; with ``opens`` every figure is opened, too."""
        selection = selection_of(kind, *days, filters, options)
        said = f"{kind} {days[0]}..{days[1]} {dict(filters or {})} {dict(options or {})}"
        counted = self._counted(selection)
        self.keys = self.keys or await self.lived.keys()
        async with self.lived.database.read() as c:
            self.book = self.book or await load_book(c, self.lived.team_id)
            desk = Desk(c, self.book, self.lived.now)
            report = await build(desk, selection)
            self._compare(said, report, counted)
            self._same(f"{said} series", counted.series, _series(report))
            if opens:
                await self._open(desk, said, report, counted)

    def _counted(self, selection: Selection) -> Counted:
        asked = (selection.begins, selection.ends, selection.filters)
        match selection.kind:
            case "calls":
                return self.counter.calls_report(*asked, selection.options)
            case "callbacks":
                return self.counter.callbacks_report(*asked)
            case "missed":
                return self.counter.missed_report(*asked)
            case "team":
                return self.counter.team_report(*asked)
            case "tickets":
                return self.counter.tickets_report(*asked, selection.options)

    def _compare(self, said: str, report: Report, counted: Counted) -> None:
        document = to_json(report)
        theirs: dict[RowKey | None, Mapping[str, Any]] = {None: document["total"]}
        theirs |= {self._row_key(report, row): row for row in document["rows"]}
        columns = {column.key for column in report.columns if column.unit not in ("text", "moment")}
        for row in theirs.keys() | counted.figures.keys():
            ours, found = counted.figures.get(row, {}), theirs.get(row, {})
            wanted = ours.keys() if report.selection.kind == "missed" else columns | ours.keys()
            for column in wanted:
                self._same(f"{said} row {row} {column}", ours.get(column), value_of(found, column))

    def _same(self, said: str, ours: Any, theirs: Any) -> None:
        same = _is_same_spread(ours, theirs) if isinstance(ours, dict) and "n" in ours else (ours or 0) == (theirs or 0)
        if not same:
            self.wrong.append(f"{said}: counted {ours}, reported {theirs}")

    async def _open(self, desk: Desk, said: str, report: Report, counted: Counted) -> None:
        rows: list[tuple[str | None, Mapping[str, Any]]] = [(None, report.total)]
        if report.selection.kind != "missed":
            rows += list(zip(report.row_keys, report.rows, strict=True))
        for name, row in rows:
            ours = counted.lists.get(self._row_key(report, row) if name is not None else None, {})
            for column in report.columns:
                figure = value_of(row, column.key)
                if column.opens and figure is not None:
                    listing = await self._listing(desk, report, Figure(row=name, column=column.key))
                    self._same_list(f"{said} row {name} {column.key}", listing, ours.get(column.key))
                    if column.unit in ("count", "spread"):
                        length = figure["n"] if column.unit == "spread" else figure
                        self._same(f"{said} row {name} {column.key}: list", listing[0], length)

    async def _listing(self, desk: Desk, report: Report, figure: Figure) -> tuple[int, list[str]]:
        """What the list says it has, and what all its pages have."""
        found: list[str] = []
        while True:
            page = await listed(desk, report.selection, figure, len(found), _PAGE)
            found += [self.keys.get((item.kind, item.id), f"{item.kind} {item.id}?") for item in page.items]
            if len(page.items) < _PAGE:
                return page.total, found

    def _same_list(self, said: str, listing: tuple[int, list[str]], ours: set[str] | None) -> None:
        total, found = listing
        if len(found) != total or len(set(found)) != len(found):
            self.wrong.append(f"{said}: {len(found)} listed of {total}")
        if ours is not None and set(found) != ours:
            only = sorted(ours - set(found)), sorted(set(found) - ours)
            self.wrong.append(f"{said}: only counted {only[0]}, only listed {only[1]}")

    def _row_key(self, report: Report, row: Mapping[str, Any]) -> RowKey:
        match report.selection.kind:
            case "callbacks":
                return (row["widget"],)
            case "missed":
                return (self.keys.get(("case", row["case_id"])),)
            case "calls" if report.selection.is_on("by_extension"):
                return (row["manager"], row["extension"])
            case "tickets":
                return (row[report.selection.option("by")],)
        return (row["manager"],)


def _series(report: Report) -> collections.Counter[tuple[Any, ...]]:
    """What the pictures are drawn from, flat."""
    found: collections.Counter[tuple[Any, ...]] = collections.Counter()
    for day in report.series.get("days", ()):
        for word, value in day.items():
            if isinstance(value, dict):
                found.update({(day["day"], word, outcome): number for outcome, number in value.items()})
            elif word != "day":
                found[day["day"], word] = value
    for cell in report.series.get("heat", ()):
        found[cell["weekday"], cell["hour"]] = cell["missed"]
    found.update(("delay", round(hours * 3600), is_reached) for hours, is_reached in report.series.get("delays", ()))
    return +found


def _is_same_spread(ours: Mapping[str, Any], theirs: Any) -> bool:
    """Whole seconds, however they are rounded; the p90 lies between two neighbours."""
    if ours.get("none_yet", 0) != (theirs or {}).get("none_yet", 0):
        return False
    if not theirs or not ours["n"]:
        return bool(ours["n"] == (theirs or {}).get("n", 0))
    low, high = ours["p90"]
    is_near = all(abs(ours[name] - theirs[name]) <= 1 for name in ("mean", "median"))
    return bool(ours["n"] == theirs["n"] and is_near and low <= theirs["p90"] <= high)
