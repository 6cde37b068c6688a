"""The fan on a real database: who is there gets the next one, absences spare nobody else; nobody there is told (M29)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from followup.duty.actions import DutyChange, set_duty
from followup.intake import take_in
from followup.notices.store import Place, ensure_chat
from followup.notices.tables import letters
from followup.teams import store as teams
from followup.teams.actions import NewMember, add_member
from followup.teams.desk import Desk
from followup.tickets.tables import ticket_acts, tickets
from providers.generic import events_in
from tests.stores.arrivals import NOW, call

MINUTE = timedelta(minutes=1)


class Office:
    """A team with a fan, two managers and a head."""

    def __init__(self, database, team_id, connection_id) -> None:
        self.database, self.team_id, self.connection_id = database, team_id, connection_id
        self.now, self.number, self.presses = NOW, 0, 0

    async def desk(self, work):
        async with self.database.write() as c:
            return await work(Desk(c, await teams.load_book(c, self.team_id), self.now))

    async def miss(self) -> int | None:
        """Another client calls in vain; whose the ticket is."""
        self.number += 1
        self.now += MINUTE
        body = call(f"c-{self.number}", f"+38067{self.number:07d}")
        pairs = [(self.connection_id, event) for event in events_in(body)]
        await self.desk(lambda desk: take_in(desk, pairs))
        async with self.database.read() as c:
            return await c.scalar(select(tickets.c.owner_id).order_by(tickets.c.id.desc()).limit(1))

    async def says(self, member_id: int, status: str) -> None:
        self.presses += 1
        key = f"u:{self.presses}"

        async def work(desk):
            by = desk.book.members[member_id]
            await set_duty(desk, DutyChange(member_id=member_id, status=status, by=by, source_key=key))

        await self.desk(work)

    async def rows(self, table, *where):
        async with self.database.read() as c:
            return [dict(row) for row in (await c.execute(select(table).where(*where))).mappings()]


@pytest.fixture
async def office(database, new_team, new_connection):
    team_id = await new_team(ticket_fan="on")
    async with database.write() as c:
        for name, role, number in (("Anna", "manager", 701), ("Borys", "manager", 702), ("Hanna", "head", 703)):
            await add_member(c, team_id, NewMember(name=name, telegram_id=number, role=role), NOW)
        await ensure_chat(c, team_id, Place(703, 0, "private", 3))
    return Office(database, team_id, (await new_connection(team_id))[0])


async def test_everybody_in_turn_and_the_head_leads(office):
    got = [await office.miss() for _ in range(6)]
    assert Counter(got) == {1: 3, 2: 3}
    assert all(a != b for a, b in pairwise(got))
    assert {row["status"] for row in await office.rows(tickets)} == {"check"}


async def test_absences_leave_it_fair_within_one_ticket(office):
    await office.says(1, "available")
    await office.says(2, "available")
    first = [await office.miss() for _ in range(3)]
    await office.says(2, "away")
    alone = [await office.miss() for _ in range(4)]
    await office.says(2, "available")
    again = [await office.miss() for _ in range(4)]
    assert alone == [1, 1, 1, 1]
    for together in (first, again):
        counted = Counter(together)
        assert abs(counted[1] - counted[2]) <= 1


async def test_nobody_is_there_so_it_waits_and_the_head_is_told_once(office):
    await office.says(1, "off")
    assert await office.miss() is None
    told = await office.rows(letters, letters.c.kind == "nobody_there")
    assert [row["payload"] for row in told] == [{"ticket_id": 1}]
    assert [row["status"] for row in await office.rows(tickets)] == ["unsorted"]


async def test_the_reason_is_kept_and_the_same_event_gives_nothing_anew(office):
    owner = await office.miss()
    office.number = 0
    await office.miss()
    (act,) = await office.rows(ticket_acts, ticket_acts.c.kind == "fan")
    assert act["data"]["to"] == owner
    assert act["data"]["why"] == {"among": 2, "turns": 0, "weight": 1, "open": 0}


async def test_who_was_reached_before_anybody_heard_of_him_is_given_to_nobody(office):
    reached = call("r-1", answered_at="2026-11-20T09:55:05+02:00", talk_seconds=30, direction="out", extension="101")
    reached = reached.replace(b"09:50:00", b"09:55:00").replace(b"09:50:30", b"09:56:00")
    pairs = [(office.connection_id, event) for body in (call("m-1"), reached) for event in events_in(body)]
    await office.desk(lambda desk: take_in(desk, pairs))
    (ticket,) = await office.rows(tickets)
    assert (ticket["owner_id"], ticket["contact_at"] is not None) == (None, True)
