"""What is behind one figure of a report (M8), its row and column named as whoever reads the report would name them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

from followup.cases.outside import in_zone
from followup.reports.actions import columns_of, listed
from followup.reports.missed import OPENS_IN_ROW
from followup.reports.row_names import row_key
from followup.reports.selection import Kind, Selection
from followup.reports.shape import Figure, Listing
from followup.teams.desk import Desk
from handlers.web.api import schemas
from handlers.web.api.answers import Told
from handlers.web.api.parameters import USUAL_LIMIT, Misasked
from handlers.web.api.reading import Asked, chosen_of, zone_of


async def items(desk: Desk, asked: Asked, kind: Kind) -> Told:
    """A page of exactly what the figure counts."""
    chosen = chosen_of(asked, kind)
    row = row_key(desk, chosen, asked["row"]) if "row" in asked else None
    figure = Figure(row=row, column=_column(desk, chosen, asked))
    found = await listed(desk, chosen, figure, asked.get("offset", 0), asked.get("limit", USUAL_LIMIT))
    return Told(make=partial(_document, desk, found), columns=tuple(schemas.ITEM), rows="items")


def _document(desk: Desk, found: Listing) -> Mapping[str, Any]:
    zone = zone_of(desk)
    return {"total": found.total, "items": [in_zone(asdict(item), zone) for item in found.items]}


def _column(desk: Desk, chosen: Selection, asked: Asked) -> str:
    """Options hide some columns, and of the queue's some are of its rows only, the others of its total."""
    opening = [column.key for column in columns_of(desk, chosen) if column.opens]
    if chosen.kind == "missed":
        opening = [key for key in opening if (key in OPENS_IN_ROW) == ("row" in asked)]
    if asked["column"] not in opening:
        raise Misasked("column", asked["column"], f"one of {', '.join(opening)}")
    return str(asked["column"])
