"""What was given up, who is silent and what had to be mended stands in `/metrics` (promises 5 and 16)."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import insert, select

from followup.health import audit_store
from followup.health.tables import blind_windows
from followup.notices import store as notices
from followup.notices.tables import cards, letters
from followup.teams.tables import connections

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


async def figures(house) -> set[str]:
    return set((await house.get("/metrics")).body.decode().splitlines())


async def test_nothing_is_wrong(house, connect):
    await connect()
    assert {"perezvon_silent_connections 0.0", 'perezvon_dead_rows{kind="card"} 0.0'} <= await figures(house)


async def test_troubles_are_counted(house, connect):
    await connect()
    async with house.database.write() as c:
        connection_id, team_id = (await c.execute(select(connections.c.id, connections.c.team_id))).one()
        chat = await notices.ensure_chat(c, team_id, notices.Place(-1, kind="team"))
        given_up = {"team_id": team_id, "chat_id": chat.id, "not_before": NOW, "created_at": NOW, "state": "dead"}
        for number in (1, 2):
            await c.execute(insert(cards).values(**given_up, subject="case", subject_id=number, priority=10))
        await c.execute(insert(letters).values(**given_up, kind="words", payload={}, priority=0))
        await c.execute(
            insert(blind_windows).values(team_id=team_id, connection_id=connection_id, begins_at=NOW, ends_at=None)
        )
        for _ in range(2):
            await audit_store.count_mends(c, team_id, "no_card", 3, NOW)
        await audit_store.begin_turns(c, NOW)
        await audit_store.note_turn(c, unknown_calls=4)
    assert {
        'perezvon_dead_rows{kind="card"} 2.0',
        'perezvon_dead_rows{kind="letter"} 1.0',
        "perezvon_silent_connections 1.0",
        'perezvon_audit_mended{kind="no_card"} 6.0',
        "perezvon_unknown_calls 4.0",
    } <= await figures(house)
