"""Lists of tickets and searching on a real database: the same on both, and never a row of another team (G8, G33)."""

from __future__ import annotations

import json

import pytest

from followup.errors import FollowupError
from followup.intake import take_in
from followup.teams import store as teams
from followup.teams.actions import NewMember, add_member
from followup.teams.desk import Desk
from followup.tickets import actions
from followup.tickets.attaching import attach, detach
from followup.tickets.reading import ticket_page
from followup.tickets.reading_contact import contact_page
from followup.tickets.search import find, find_contacts
from followup.tickets.store import tickets_by_id
from followup.tickets.views import TicketFilter
from providers.generic import events_in
from tests.stores.arrivals import NOW, call

BORYS = "+380502223344"


def words(key: str, text: str, **client: str) -> bytes:
    """A message from the site."""
    event = {"type": "message", "message_id": key, "channel": "webform", "text": text, "at": NOW.isoformat()}
    return json.dumps(event | client).encode()


class Office:
    """A team with a manager, and what comes in."""

    def __init__(self, database, team_id, connection_id) -> None:
        self.database, self.team_id, self.connection_id = database, team_id, connection_id

    async def do(self, work):
        async with self.database.write() as c:
            return await work(Desk(c, await teams.load_book(c, self.team_id), NOW))

    async def hears(self, *bodies: bytes) -> None:
        for body in bodies:
            pairs = [(self.connection_id, event) for event in events_in(body)]
            await self.do(lambda desk, pairs=pairs: take_in(desk, pairs))

    async def finds(self, query: str) -> tuple[list[int], int]:
        """Numbers of tickets, and how many contacts without one."""
        page = await self.do(lambda desk: find(desk, query))
        return [view.id for view in page.tickets], len(page.contacts)

    async def counts(self, **chosen) -> tuple[int, int]:
        page = await self.do(lambda desk: ticket_page(desk, TicketFilter(**chosen)))
        return page.counts["voice"], page.counts["text"]


@pytest.fixture
async def offices(database, new_team, new_connection):
    """Two teams that heard of the same people."""
    found = []
    for name in ("Alpha", "Beta"):
        team_id = await new_team(name)
        async with database.write() as c:
            await add_member(c, team_id, NewMember(name="Olga", telegram_id=700), NOW)
        office = Office(database, team_id, (await new_connection(team_id))[0])
        await office.hears(
            call("c-1", BORYS),
            words("m-1", "Чи є Балкон?", client="+380671234567", client_name="Ганна Лісова"),
            words("m-2", "100% sure_thing", client_account="pete", client_name="Пётр"),
        )
        found.append(office)
    return found


async def test_each_team_finds_its_own(offices):
    for office, first in zip(offices, (1, 4), strict=True):
        for query, place in (
            *(("3344", 0), (BORYS, 0), ("0502223344", 0), ("4567", 1), ("лісова", 1), ("ГАННА", 1), ("балкон", 1)),
            *(("100%", 2), ("sure_thing", 2), ("пётр", 2), (f"#{first}", 0)),
        ):
            assert await office.finds(query) == ([first + place], 0), query
        for query in ("1001", "sure-thing", "%", "_", "''", "\\", "x" * 500, "#9999", "99", "№", "\x00"):
            assert await office.finds(query) == ([], 0), query
    assert await offices[0].finds("#4") == ([], 0), "another team's ticket"


async def test_voice_and_text_apart_by_owner_and_page(offices):
    office = offices[0]
    assert await office.counts() == (1, 2)
    assert await office.counts(owner=1) == (0, 0)
    press = actions.TicketPress(ticket_id=2, member=await member(office), source_key="u:1")
    await office.do(lambda desk: actions.take(desk, press))
    assert await office.counts(owner=press.member.id) == (0, 1)
    page = await office.do(lambda desk: ticket_page(desk, TicketFilter(tab="text", page=99)))
    assert (page.filter.page, page.pages, [view.id for view in page.tickets]) == (0, 1, [2, 3])


async def member(office):
    async def read(desk):
        return next(iter(desk.book.members.values()))

    return await office.do(read)


async def test_a_joining_moves_everything_and_undone_moves_it_back(offices):
    """G4 with a number and an account on each side."""
    office, person = offices[0], await member(offices[0])
    [borys] = await office.do(lambda desk: find_contacts(desk, BORYS))

    def press(key: str):
        return actions.TicketPress(ticket_id=2, member=person, source_key=key)

    before = await office.do(lambda desk: tickets_by_id(desk.c, desk.book.id, [1, 2, 3]))
    for _ in range(2):  # a press delivered twice
        await office.do(lambda desk: attach(desk, press("u:1"), borys.id))
    with pytest.raises(FollowupError, match="same_contact"):
        await office.do(lambda desk: attach(desk, press("u:9"), borys.id))
    assert (await clients_of(office))[:2] == [borys.id] * 2
    page = await office.do(lambda desk: contact_page(desk, borys.id))
    assert {line.kind for line in page.lines} == {"missed", "message_in", "ticket"}
    assert await office.finds("4567") == ([2, 1], 0)
    await office.do(lambda desk: detach(desk, press("u:2")))
    after = await office.do(lambda desk: tickets_by_id(desk.c, desk.book.id, [1, 2, 3]))
    same = ("id", "client_id", "lane", "state", "status", "number_id", "account_id", "created_at")
    assert [[row[name] for name in same] for row in after] == [[row[name] for name in same] for row in before]


async def clients_of(office) -> list[int]:
    rows = await office.do(lambda desk: tickets_by_id(desk.c, desk.book.id, [1, 2, 3]))
    return [row["client_id"] for row in rows]
