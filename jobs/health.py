"""Is everybody heard, is everything shown: silent PBXs are told of, gaps are mended and counted (promise 16)."""

from __future__ import annotations

from collections import defaultdict

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.health import audit_store as audits
from followup.health import store
from followup.health.actions import watch
from followup.health.audit import EVERY, SAMPLE, UNKNOWN_AFTER, Look, looks, mend
from jobs.office import Office
from storage.rows import Row

log = structlog.get_logger()

_BATCH = 200


async def watch_connections(office: Office) -> None:
    """Tell of PBXs that have fallen silent, and of those that are heard again."""
    async with office.database.glance() as c:
        due = await store.to_look_at(c, office.clock.now(), _BATCH)
    by_team: dict[int, list[int]] = defaultdict(list)
    for team_id, connection_id in due:
        by_team[team_id].append(connection_id)
    for team_id, connection_ids in by_team.items():
        async with office.desk(team_id, is_light=True) as desk:
            await watch(desk, connection_ids)


async def audit(office: Office) -> None:
    """Every ten minutes, whoever ticks; a machine that slept looks when the ordinary work has had its turn."""
    now = office.clock.now()
    async with office.database.read() as c:
        has_begun, turn = await audits.has_turns(c), await audits.due_turn(c, now)
    if has_begun and turn is None:
        return
    async with office.database.write() as c:
        if turn is None:
            await audits.begin_turns(c, now + EVERY)
            return
        if not await audits.take_turn(c, turn, now + EVERY) or now - turn.due_at > EVERY:
            return
        await audits.note_turn(c, unknown_calls=await audits.count_unknown_calls(c, now, now - UNKNOWN_AFTER))
    await look_through(office, turn.position)


async def look_through(office: Office, position: int = 0) -> None:
    """Every kind of gap, one after the other; clients are derived anew from ``position`` on."""
    now = office.clock.now()
    async with office.database.read() as c:
        opened = await audits.next_open_cases(c, position, now, SAMPLE)
        recent = await audits.clients_of_newest_calls(c, SAMPLE)
    async with office.database.write() as c:
        await audits.note_turn(c, position=opened[-1]["id"] if len(opened) == SAMPLE else 0)

    async def sample(_: AsyncConnection, __: object) -> list[Row]:
        return [*opened, *recent]

    for look in looks(sample):
        await _mend_all(office, look)


async def _mend_all(office: Office, look: Look) -> None:
    async with office.database.read() as c:
        found = await look.find(c, office.clock.now())
    by_team: dict[int, list[Row]] = defaultdict(list)
    for row in found:
        by_team[row["team_id"]].append(row)
    for team_id, rows in by_team.items():
        async with office.desk(team_id) as desk:
            mended = await mend(desk, look, rows)
        if mended:
            log.warning("a gap was mended", kind=look.kind, team=team_id, mended=mended)
