"""A report of the product beside the count: every figure of every row, and the list behind it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from followup.reports.actions import build, listed
from followup.reports.selection import Selection, selection_of
from followup.reports.shape import Figure, Report, to_json, value_of
from tests.reports.count import Counter
from tests.reports.lived import Lived
from tests.reports.told import Counted, RowKey

# Tickets come with their own report; a spread opens no list.
_NOT_COUNTED = ("tickets", "tickets_by_missed", "tickets_in_work")
_PAGE = 7


class Comparison:
    """One lived fortnight, looked at from many sides."""

    def __init__(self, lived: Lived, counter: Counter) -> None:
        self.lived, self.counter = lived, counter
        self.wrong: list[str] = []
        self.keys: dict[tuple[str, int], str] = {}

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
        async with self.lived.desk() as desk:
            report = await build(desk, selection)
        counted = self._counted(selection)
        said = f"{kind} {days[0]}..{days[1]} {dict(filters or {})} {dict(options or {})}"
        self._compare(said, report, counted)
        if opens:
            self.keys = self.keys or await self.lived.keys()
            await self._open(said, report, counted)

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

    def _compare(self, said: str, report: Report, counted: Counted) -> None:
        document = to_json(report)
        theirs: dict[RowKey | None, Mapping[str, Any]] = {None: document["total"]}
        if report.selection.kind != "missed":
            theirs |= {_row_key(report, row): row for row in document["rows"]}
        for row in theirs.keys() | counted.figures.keys():
            ours, found = counted.figures.get(row, {}), theirs.get(row, {})
            columns = {column.key for column in report.columns if column.unit != "text"} if row in theirs else set()
            for column in (columns | ours.keys()) - set(_NOT_COUNTED):
                self._same(f"{said} row {row} {column}", ours.get(column), value_of(found, column))

    def _same(self, said: str, ours: Any, theirs: Any) -> None:
        same = _is_same_spread(ours, theirs) if isinstance(ours, dict) else (ours or 0) == (theirs or 0)
        if not same:
            self.wrong.append(f"{said}: counted {ours}, reported {theirs}")

    async def _open(self, said: str, report: Report, counted: Counted) -> None:
        rows: list[tuple[str | None, RowKey | None]] = [(None, None)]
        if report.selection.kind != "missed":
            keys = [_row_key(report, row) for row in report.rows]
            rows += list(zip(report.row_keys, keys, strict=True))
        for name, row in rows:
            for column in report.columns:
                ours = counted.lists.get(row, {}).get(column.key)
                if column.opens and (ours is not None or _is_figure(report, column.key)):
                    await self._list(
                        f"{said} row {row} {column.key}", report, Figure(row=name, column=column.key), ours
                    )

    async def _list(self, said: str, report: Report, figure: Figure, ours: set[str] | None) -> None:
        found: list[str] = []
        while True:
            async with self.lived.desk() as desk:
                page = await listed(desk, report.selection, figure, len(found), _PAGE)
            found += [self.keys.get((item.kind, item.id), f"{item.kind} {item.id}?") for item in page.items]
            if not page.items:
                break
        if len(found) != page.total or len(set(found)) != len(found):
            self.wrong.append(f"{said}: {len(found)} listed of {page.total}")
        if ours is not None and set(found) != ours:
            self.wrong.append(
                f"{said}: only counted {sorted(ours - set(found))}, only listed {sorted(set(found) - ours)}"
            )


def _is_same_spread(ours: Mapping[str, Any], theirs: Any) -> bool:
    """Whole seconds, however they are rounded; the p90 lies between two neighbours."""
    if not theirs or not ours["n"]:
        return bool(ours["n"] == (theirs or {}).get("n", 0))
    low, high = ours["p90"]
    is_near = all(abs(ours[name] - theirs[name]) <= 1 for name in ("mean", "median"))
    return bool(ours["n"] == theirs["n"] and is_near and low <= theirs["p90"] <= high)


def _is_figure(report: Report, column: str) -> bool:
    return value_of(report.total, column) is not None


def _row_key(report: Report, row: Mapping[str, Any]) -> RowKey:
    match report.selection.kind:
        case "callbacks":
            return (row["widget"],)
        case "calls" if report.selection.is_on("by_extension"):
            return (row["manager"], row["extension"])
    return (row["manager"],)
