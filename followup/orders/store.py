"""The SQL of callback orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.orders.tables import orders
from storage.many import among, checked, update_many
from storage.rows import Row, all_rows, one_row

# Built once: putting a statement together costs more than asking it.
_OF_TEAM = checked(orders.c.team_id) == bindparam("of_team")
_OF_NUMBERS = select(orders).where(_OF_TEAM, among(orders.c.number_id, "ids"))
_OF_NUMBERS_SINCE = _OF_NUMBERS.where(checked(orders.c.ordered_at) > bindparam("since"))
_OF_CASES = select(orders).where(_OF_TEAM, among(orders.c.case_id, "ids")).order_by(orders.c.ordered_at)


async def stored(c: AsyncConnection, team_id: int, connection_id: int, key: str) -> Row | None:
    """An order already known."""
    query = select(orders).where(
        orders.c.team_id == team_id, orders.c.connection_id == connection_id, orders.c.order_key == key
    )
    return await one_row(c, query)


async def add_order(c: AsyncConnection, values: Mapping[str, Any]) -> int:
    """Insert one order; its id."""
    result = await c.execute(insert(orders).values(**values))
    return int(result.inserted_primary_key[0])  # type: ignore[index]


async def change_order(c: AsyncConnection, team_id: int, order_id: int, values: Mapping[str, Any]) -> None:
    """Write what a repeated post added."""
    await c.execute(update(orders).where(orders.c.team_id == team_id, orders.c.id == order_id).values(**values))


async def facts_of_numbers(
    c: AsyncConnection, team_id: int, number_ids: Collection[int], since: datetime | None
) -> dict[int, list[Row]]:
    """Number id → its orders later than ``since``."""
    query = _OF_NUMBERS if since is None else _OF_NUMBERS_SINCE
    which = {"of_team": team_id, "ids": list(number_ids)} | ({} if since is None else {"since": since})
    found: dict[int, list[Row]] = defaultdict(list)
    for row in await all_rows(c, query, which) if number_ids else ():
        found[row["number_id"]].append(row)
    return dict(found)


async def link_to_cases(c: AsyncConnection, team_id: int, links: Sequence[tuple[int, int | None]]) -> None:
    """Write (order id, case id) pairs."""
    await update_many(c, orders, team_id, [{"id": order, "case_id": case} for order, case in links])


async def of_case(c: AsyncConnection, team_id: int, case_ids: Collection[int]) -> dict[int, list[Row]]:
    """Case id → its orders, in order of time."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in await all_rows(c, _OF_CASES, {"of_team": team_id, "ids": list(case_ids)}) if case_ids else ():
        found[row["case_id"]].append(row)
    return dict(found)
