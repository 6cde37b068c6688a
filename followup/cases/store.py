"""The SQL of cases and people's actions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Update, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.cases.tables import actions, cases
from followup.clients.store import Person
from followup.clients.tables import clients, numbers
from storage.many import among, checked, insert_many, update_versions
from storage.prepared import fetch, run
from storage.rows import Row, all_rows, one_row
from storage.upsert import insert_or_ignore

MARK = "mark"  # an action about calls, not about the case: the timeline does not know it

# Built once: putting a statement together costs more than asking it.
_OF_TEAM = cases.c.team_id == bindparam("of_team")
_BY_ID = select(cases).where(_OF_TEAM, among(cases.c.id, "ids")).order_by(cases.c.id)
_STORED = (
    select(cases)
    .where(
        checked(cases.c.team_id) == bindparam("of_team"),
        among(cases.c.client_id, "clients") | among(cases.c.id, "linked"),
    )
    .order_by(cases.c.id)
)
_AND_CLIENT = (clients.c.name, clients.c.is_blocked, numbers.c.id, numbers.c.number)
_WITH_CLIENTS = (
    select(cases, *(column.label(f"client_{column.table.name}_{column.name}") for column in _AND_CLIENT))
    .select_from(
        cases.outerjoin(
            clients, (clients.c.id == cases.c.client_id) & (checked(clients.c.team_id) == cases.c.team_id)
        ).outerjoin(
            numbers, (numbers.c.client_id == cases.c.client_id) & (checked(numbers.c.team_id) == cases.c.team_id)
        )
    )
    .where(_OF_TEAM, among(cases.c.id, "ids"))
    .order_by(cases.c.id, numbers.c.id)
)
_ACTIONS = select(actions).where(
    checked(actions.c.team_id) == bindparam("of_team"), among(actions.c.number_id, "ids"), actions.c.kind != MARK
)


async def case_by_id(c: AsyncConnection, team_id: int, case_id: int) -> Row | None:
    """One case of the team."""
    return await one_row(c, _BY_ID, {"of_team": team_id, "ids": [case_id]})


async def team_of_case(c: AsyncConnection, case_id: int) -> int | None:
    """Whose a case is: the one question asked before the team is known."""
    return await c.scalar(select(cases.c.team_id).where(cases.c.id == case_id))


async def cases_by_id(c: AsyncConnection, team_id: int, ids: Collection[int]) -> list[Row]:
    """Some cases of the team, in order of id."""
    return await all_rows(c, _BY_ID, {"of_team": team_id, "ids": list(ids)}) if ids else []


async def cases_and_clients(
    c: AsyncConnection, team_id: int, ids: Collection[int]
) -> tuple[list[Row], dict[int, Person]]:
    """The same, and by client id whose they are."""
    if not ids:
        return [], {}
    columns, found = await fetch(c, _WITH_CLIENTS, {"of_team": team_id, "ids": list(ids)})
    rows: dict[int, Row] = {}
    people: dict[int, Person] = {}
    for values in found:
        *_, name, is_blocked, number_id, number = values
        row = dict(zip(columns[: -len(_AND_CLIENT)], values, strict=False))
        person = people.setdefault(row["client_id"], Person(name, bool(is_blocked), []))
        if number_id is not None and (number_id, number) not in person.numbers:
            person.numbers.append((number_id, number))
        rows.setdefault(row["id"], row)
    return list(rows.values()), people


async def unheard(c: AsyncConnection, team_id: int) -> list[Row]:
    """Open cases that nobody has heard of, or whose client has called again since the last sound."""
    is_new = cases.c.first_shown_at.is_(None) | (cases.c.last_missed_at > cases.c.notified_at)
    query = select(cases).where(cases.c.team_id == team_id, cases.c.state == "open", is_new).order_by(cases.c.id)
    return await all_rows(c, query)


async def stored_cases(
    c: AsyncConnection, team_id: int, client_ids: Collection[int], linked: Collection[int]
) -> list[Row]:
    """Cases of these clients, and those that changed calls were part of so far (``linked`` case ids)."""
    which = {"of_team": team_id, "clients": list(client_ids), "linked": list(linked)}
    return await all_rows(c, _STORED, which) if client_ids or linked else []


async def add_cases(c: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert derived cases; their ids, in the same order."""
    return [row[0] for row in await insert_many(c, cases, rows)]


async def change_case(c: AsyncConnection, team_id: int, case_id: int, values: Mapping[str, Any]) -> None:
    """Write what has changed; readers who saw the old version will notice."""
    condition = (cases.c.team_id == team_id) & (cases.c.id == case_id)
    await c.execute(update(cases).where(condition).values(**values, version=cases.c.version + 1))


async def change_cases(c: AsyncConnection, team_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """The same for several, in this order, each by its ``id``."""
    await update_versions(c, cases, team_id, rows)


async def mark(c: AsyncConnection, team_id: int, case_ids: Collection[int], **values: Any) -> None:
    """Write bookkeeping (shown, notified, planned) that is no change of the case itself."""
    new = {f"new_{name}": value for name, value in values.items()}
    await run(c, _marking(tuple(values)), {"of_team": team_id, "ids": list(case_ids), **new})


@cache
def _marking(names: tuple[str, ...]) -> Update:
    values = {name: bindparam(f"new_{name}", type_=cases.c[name].type) for name in names}
    return update(cases).where(_OF_TEAM, among(cases.c.id, "ids")).values(values)


async def add_action(c: AsyncConnection, values: Mapping[str, Any]) -> bool:
    """Record what a person did; False if this very press was recorded before."""
    result = await c.execute(insert_or_ignore(c, actions).values(**values))
    return bool(result.rowcount == 1)


async def has_source(c: AsyncConnection, team_id: int, source_key: str) -> bool:
    """Whether this press was recorded before."""
    query = select(actions.c.id).where(actions.c.team_id == team_id, actions.c.source_key == source_key)
    return await c.scalar(query) is not None


async def actions_of_numbers(c: AsyncConnection, team_id: int, number_ids: Collection[int]) -> list[Row]:
    """Every action on these numbers."""
    return await all_rows(c, _ACTIONS, {"of_team": team_id, "ids": list(number_ids)}) if number_ids else []


async def actions_of_calls(c: AsyncConnection, team_id: int, call_ids: Collection[int]) -> list[Row]:
    """Every action on these hidden callers' misses."""
    own = (actions.c.team_id == team_id, actions.c.call_id.in_(call_ids), actions.c.kind != MARK)
    query = select(actions).where(*own)
    return await all_rows(c, query)


async def due_to_expire(c: AsyncConnection, now: datetime, limit: int = 500) -> list[tuple[int, int, int | None]]:
    """(team, case, client) of open cases whose time is over."""
    query = (
        select(cases.c.team_id, cases.c.id, cases.c.client_id)
        .where(cases.c.state == "open", cases.c.expires_at <= now)
        .order_by(cases.c.team_id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in await c.execute(query)]
