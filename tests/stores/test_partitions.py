"""What docs/operate.md tells operators of large installations to run is run here, over rows, and the worker goes on."""

from __future__ import annotations

import re

import asyncpg
import pytest
from sqlalchemy import text

from followup.calls.tables import calls
from followup.cases.tables import cases
from followup.retention.tidying import tidy
from followup.teams.desk import Desk
from followup.teams.shelf import Shelf
from handlers.inbox import InboxWorker
from sandbox.clock import MovableClock
from storage.inbox import InboxWriter
from storage.tables import inbox
from tests.house.source import ROOT
from tests.stores.arrivals import NOW, call, counted, row

pytestmark = pytest.mark.parametrize("backend", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
TOLD = re.findall(r"```sql\n(.*?)```", (ROOT / "docs/operate.md").read_text(encoding="utf-8"), re.DOTALL)


async def told_to(database) -> None:
    _, address = database.engine.dialect.create_connect_args(database.url)
    operator = await asyncpg.connect(host=address["host"], user=address["user"], database=address["database"])
    for block in TOLD:
        await operator.execute(block)
    await operator.close()


@pytest.mark.parametrize(("key", "expected"), [("after", 5), ("before-0", 4)])
async def test_a_new_call_closes_a_case_and_a_late_end_withdraws_it(database, seal, place, key, expected):
    worker = InboxWorker(database, MovableClock(NOW, frozen=True), seal, Shelf(), lambda: None)
    writer = InboxWriter(database)
    for number in range(4):
        await writer.append(row(*place, call(f"before-{number}", f"+38067123456{number}")))
    await worker.step()
    await told_to(database)
    await database.engine.dispose()
    await writer.append(row(*place, call(key, "+380671234560", answered_at="2026-11-20T09:50:10+02:00", stage="talk")))
    await worker.step()
    assert await counted(database, calls) == expected
    assert await counted(database, inbox, inbox.c.state == "done") == 5
    assert await counted(database, cases, cases.c.state == "open") == 3


async def test_what_grows_old_still_goes(database, place):
    await told_to(database)
    async with database.write() as c:
        await tidy(Desk(c, await Shelf().book(c, place[0]), NOW))
        parts = await c.scalar(text("SELECT count(*) FROM pg_inherits WHERE inhparent = 'calls'::regclass"))
    assert parts == 16


async def test_the_newest_calls_of_all_teams_are_found_without_reading_all(database):
    await told_to(database)
    async with database.write() as c:
        await c.execute(text("SET LOCAL enable_seqscan = off"))
        plan = await c.scalars(text("EXPLAIN SELECT team_id FROM calls ORDER BY id DESC LIMIT 100"))
        assert not [line for line in plan if "Sort" in line and "Key" not in line]
