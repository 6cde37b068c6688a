"""A team whose people say things at moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from followup.duty import store
from followup.duty.actions import DutyChange, set_duty
from followup.notices import store as notices
from followup.teams import actions as teams
from followup.teams.desk import Desk
from followup.teams.store import load_book
from storage.engine import Database

TEN = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
PEOPLE = {
    "Olga": ("manager", ("Sales",)),
    "Taras": ("manager", ()),
    "Iryna": ("head", ("Sales",)),
    "Victor": ("viewer", ()),
}


def at(minutes: float) -> datetime:
    return TEN + timedelta(minutes=minutes)


class Office:
    """One team, whose people say things at moments."""

    def __init__(self, database, team_id: int, ids: dict[str, int]) -> None:
        self.database, self.team_id, self.ids = database, team_id, ids
        self.said = 0

    async def says(self, who: str, status: str, minutes: float, **more) -> bool:
        self.said += 1
        until = at(more["until"]) if "until" in more else None
        async with self.database.write() as c:
            desk = Desk(c, await load_book(c, self.team_id), at(minutes))
            change = DutyChange(
                member_id=self.ids[more.get("of", who)],
                status=status,
                by=desk.book.members[self.ids[who]],
                source_key=more.get("key", f"u:{self.said}"),
                until=until,
            )
            return await set_duty(desk, change)

    async def facts(self, begins: float, ends: float):
        async with self.database.read() as c:
            return await store.facts_of(c, self.team_id, (at(begins), at(ends)))

    async def rows(self, table):
        async with self.database.read() as c:
            return (await c.execute(select(table).where(table.c.team_id == self.team_id).order_by(table.c.id))).all()


async def open_office(database: Database, name: str = "Aurora", first: int = 1) -> Office:
    """Its people have all started the bot."""
    async with database.write() as c:
        settings = {"timezone": "Europe/Kyiv", "region": "UA", "language": "en"}
        team_id = await teams.add_team(c, teams.NewTeam(name=name, settings=settings, chat=-first), TEN)
        ids = {}
        for number, (person, (role, groups)) in enumerate(PEOPLE.items(), start=first):
            new = teams.NewMember(name=person, telegram_id=number, role=role, groups=groups)
            ids[person] = await teams.add_member(c, team_id, new, TEN)
            await notices.ensure_chat(c, team_id, notices.Place(number, 0, "private", ids[person]))
    return Office(database, team_id, ids)
