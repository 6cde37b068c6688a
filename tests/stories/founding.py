"""The same company stands in hundreds of stories: it is founded by the program's own actions once a process.

What they wrote is kept as rows and written again, as it is, into the next story's empty database.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.stories.world import World

Founding = Callable[["World", dict[str, str]], Awaitable[None]]
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"


@dataclass
class Company:
    """What was written, and what the story has to know of it."""

    rows: dict[str, list[tuple[Any, ...]]]
    team_id: int
    connection_id: int
    hook: str
    member_ids: dict[str, int | None] = field(default_factory=dict)


_founded: dict[tuple[tuple[str, str], ...], Company] = {}


async def found_once(world: World, settings: dict[str, str], found: Founding) -> None:
    """As ``found`` does; PostgreSQL has sequences that would have to move, too, so there it is done each time."""
    if not world.database.is_sqlite or not await _is_empty(world):
        return await found(world, settings)
    chosen = tuple(sorted(settings.items()))
    if chosen in _founded:
        return await _found_again(world, _founded[chosen])
    before = await _rows(world)
    await found(world, settings)
    made = {table: rows for table, rows in (await _rows(world)).items() if rows != before[table]}
    assert not any(before[table] for table in made), "what was there already cannot be written again"
    ids = {name: person.member_id for name, person in world.people.items()}
    _founded[chosen] = Company(made, world.team_id, world.connection_id, world.hook, ids)
    return None


async def _found_again(world: World, company: Company) -> None:
    async with world.database.write() as c:
        await c.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for table, rows in company.rows.items():
            marks = ", ".join("?" for _ in rows[0])
            await c.exec_driver_sql(f'INSERT INTO "{table}" VALUES ({marks})', rows)
    world.team_id, world.connection_id, world.hook = company.team_id, company.connection_id, company.hook
    for name, member_id in company.member_ids.items():
        world.people[name].member_id = member_id


async def _is_empty(world: World) -> bool:
    async with world.database.glance() as c:
        return not (await c.exec_driver_sql("SELECT count(*) FROM teams")).scalar_one()


async def _rows(world: World) -> dict[str, list[tuple[Any, ...]]]:
    async with world.database.glance() as c:
        tables = [name for (name,) in await c.exec_driver_sql(_TABLES)]
        return {name: [tuple(row) for row in await c.exec_driver_sql(f'SELECT * FROM "{name}"')] for name in tables}
