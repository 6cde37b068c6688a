"""The SQL of calls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.calls.tables import calls
from followup.clients.tables import numbers
from storage.many import among, checked, insert_many, update_many
from storage.prepared import run_later
from storage.rows import Row, all_rows, all_values

_MOMENT = func.coalesce(calls.c.contact_at, calls.c.started_at)
_FACT_COLUMNS = (
    calls.c.id,
    calls.c.connection_id,
    calls.c.call_key,
    calls.c.number_id,
    calls.c.direction,
    calls.c.outcome,
    calls.c.started_at,
    calls.c.contact_at,
    calls.c.line,
    calls.c.reason,
    calls.c.member_id,
    calls.c.ring_seconds,
    calls.c.case_id,
    calls.c.is_history,
)
_FACT_NAMES = tuple(column.name for column in _FACT_COLUMNS)
_OF_TEAM = calls.c.team_id == bindparam("of_team")
# Built once: putting a statement together costs more than asking it.
_STORED_FACTS = select(
    *(calls.c[name] for name in ("id", "call_key", "facts", "case_id", "number_id", "started_at", "contact_at"))
).where(_OF_TEAM, calls.c.connection_id == bindparam("of_connection"), among(calls.c.call_key, "keys"))
_FACTS = select(*_FACT_COLUMNS).where(
    checked(calls.c.team_id) == bindparam("of_team"),
    among(calls.c.number_id, "ids"),
    calls.c.started_at.is_not(None),
    (calls.c.outcome.in_(("missed", "successful"))) | (calls.c.direction == "out"),
)
_FACTS_SINCE = _FACTS.where(bindparam("since", type_=calls.c.started_at.type) < _MOMENT)
_FACTS_BY_ID = select(*_FACT_COLUMNS).where(_OF_TEAM, among(calls.c.id, "ids"))

_KNOWN = select(calls.c.id).where(_OF_TEAM, among(calls.c.id, "ids"))

# The number names the team; naming it twice leads SQLite to the index by team, through all its calls.
_OF_NUMBER = calls.c.number_id == numbers.c.id
_FIRST_CALL = (
    select(calls.c.started_at)
    .where(_OF_NUMBER, calls.c.direction.in_(("in", "out")), calls.c.started_at.is_not(None))
    .order_by(calls.c.started_at)
    .limit(1)
)
_LAST_CONTACT = (
    select(calls.c.contact_at)
    .where(_OF_NUMBER, calls.c.contact_at.is_not(None))
    .order_by(calls.c.contact_at.desc())
    .limit(1)
)
_MARK_NUMBERS = (
    update(numbers)
    .where(numbers.c.team_id == bindparam("of_team"), among(numbers.c.id, "ids"))
    .values(first_call_at=_FIRST_CALL.scalar_subquery(), last_contact_at=_LAST_CONTACT.scalar_subquery())
)


async def stored_facts(c: AsyncConnection, team_id: int, connection_id: int, keys: Collection[str]) -> dict[str, Row]:
    """Call key → what is stored of calls already known."""
    which = {"of_team": team_id, "of_connection": connection_id, "keys": list(keys)}
    return {row["call_key"]: row for row in await all_rows(c, _STORED_FACTS, which)}


async def add_calls(c: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Insert calls of one connection; call key → id."""
    return {key: id_ for id_, key in await insert_many(c, calls, rows, calls.c.call_key)}


async def change_calls(c: AsyncConnection, team_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the merged facts and the new verdicts of calls, each by its ``id``."""
    await update_many(c, calls, team_id, rows)


async def mark_numbers(c: AsyncConnection, team_id: int, ids: Collection[int]) -> None:
    """Keep beside each number when its first external call was and when it was last reached."""
    if ids:
        await run_later(c, _MARK_NUMBERS, {"of_team": team_id, "ids": list(ids)})


async def facts_of_numbers(
    c: AsyncConnection, team_id: int, number_ids: Collection[int], since: datetime | None
) -> dict[int, list[Row]]:
    """Number id → its external calls that matter to cases, later than ``since``."""
    query = _FACTS if since is None else _FACTS_SINCE
    which = {"of_team": team_id, "ids": list(number_ids)} | ({} if since is None else {"since": since})
    found: dict[int, list[Row]] = defaultdict(list)
    for row in await all_rows(c, query, which):
        found[row["number_id"]].append(row)
    return dict(found)


def facts_in(row: Mapping[str, Any]) -> Row | None:
    """The same of a call just written; None if it does not matter to cases."""
    matters = row["outcome"] in ("missed", "successful") or row["direction"] == "out"
    return {name: row[name] for name in _FACT_NAMES} if matters and row["started_at"] is not None else None


async def facts_by_id(c: AsyncConnection, team_id: int, ids: Collection[int]) -> list[Row]:
    """The same columns for single calls (hidden callers)."""
    return await all_rows(c, _FACTS_BY_ID, {"of_team": team_id, "ids": list(ids)}) if ids else []


async def known_ids(c: AsyncConnection, team_id: int, ids: Collection[int]) -> set[int]:
    """Those of the calls that have not been deleted."""
    return set(await all_values(c, _KNOWN, {"of_team": team_id, "ids": list(ids)})) if ids else set()


async def link_to_cases(c: AsyncConnection, team_id: int, links: Sequence[tuple[int, int | None]]) -> None:
    """Write (call id, case id) pairs."""
    await update_many(c, calls, team_id, [{"id": call, "case_id": case} for call, case in links])


async def mark_non_target(c: AsyncConnection, team_id: int, case_id: int, mark: Mapping[str, Any]) -> None:
    """Set or clear the non-target mark on the calls of a case (D7)."""
    await c.execute(update(calls).where(calls.c.team_id == team_id, calls.c.case_id == case_id).values(**mark))


async def has_non_target(c: AsyncConnection, team_id: int, case_id: int) -> bool:
    """Whether any call of the case carries the mark."""
    query = select(func.count()).where(
        calls.c.team_id == team_id, calls.c.case_id == case_id, calls.c.is_non_target.is_(True)
    )
    return bool(await c.scalar(query))


async def calls_of_numbers(c: AsyncConnection, team_id: int, number_ids: Collection[int], limit: int) -> list[Row]:
    """The newest calls of a client, for its history."""
    query = (
        select(calls)
        .where(calls.c.team_id == team_id, calls.c.number_id.in_(number_ids), calls.c.started_at.is_not(None))
        .order_by(calls.c.started_at.desc())
        .limit(limit)
    )
    return await all_rows(c, query)
