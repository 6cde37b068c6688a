"""A team that lives through a story: everything goes through the real intake, presses and settings, in order of time."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import select

from followup.calls.tables import calls, messages
from followup.cases import actions
from followup.cases.reconcile import Touched, reconcile
from followup.clients import store as clients
from followup.duty.actions import DutyChange, set_duty
from followup.errors import FollowupError
from followup.intake import take_in
from followup.orders.tables import orders
from followup.reports.one_call import mark_call
from followup.teams import actions as teams
from followup.teams.desk import Desk
from followup.teams.seal import Seal
from followup.teams.shelf import Shelf
from followup.tickets.follow import follow
from followup.tickets.tables import tickets
from jobs.cases import expire_cases
from jobs.office import Office
from providers.generic import events_in
from sandbox.clock import MovableClock
from storage.engine import Database
from tests.reports.facts import Change, DutySaid, Facts, Handled, Posted
from tests.reports.fortnight import Fortnight, Joining, Press

_SETTING_UP = timedelta(days=90)
_LARGEST_BATCH = 40
_LATELY = timedelta(hours=6)  # when something was heard matters for four hours: these posts come one by one
_NAMES = count(1)


@dataclass
class Lived:
    """One team of one database."""

    database: Database
    facts: Facts
    now: datetime
    team_id: int = 0
    connection_id: int = 0
    members: dict[str, int] = field(default_factory=dict)
    _marked: set[str] = field(default_factory=set)
    _said: count[int] = field(default_factory=count)
    _shelf: Shelf = field(default_factory=Shelf)
    _seal: Seal = field(default_factory=lambda: Seal(Fernet.generate_key().decode()))

    async def found(self, at: datetime) -> None:
        """The team as its owner typed it, long before anything happens."""
        team = self.facts.team
        async with self.database.write() as c:
            new = teams.NewTeam(name=f"Team {next(_NAMES)}", settings=team.settings, chat=-5)
            self.team_id = await teams.add_team(c, new, at)
            for number, name in enumerate(team.members, start=1):
                phones = [(phone, since) for phone, since, owner in team.extensions if owner == name]
                groups = team.groups.get(name, ())
                member = teams.NewMember(name=name, telegram_id=number, role="head", extensions=phones, groups=groups)
                self.members[name] = await teams.add_member(c, self.team_id, member, at)
            for key, values in team.lines.items():
                await teams.add_line(c, self.team_id, _line(key, values), at)
            connection = teams.NewConnection(provider="generic", name="PBX")
            self.connection_id, _ = await teams.add_connection(c, self.team_id, connection, self._seal, at)

    @asynccontextmanager
    async def desk(self, now: datetime | None = None) -> AsyncIterator[Desk]:
        async with self.database.write() as c:
            yield Desk(c, await self._shelf.book(c, self.team_id), now or self.now)

    async def hears(self, posts: Iterable[Posted]) -> None:
        """One request of the PBX."""
        told = list(posts)
        events = events_in(json.dumps([post.said for post in told]).encode())
        async with self.desk(told[-1].at) as desk:
            await take_in(desk, [(self.connection_id, event) for event in events])

    async def handles(self, press: Press) -> bool:
        """Whether the case of that call was open, and now is closed."""
        async with self.desk(press.at) as desk:
            wanted = (calls.c.team_id == self.team_id) & (calls.c.call_key == press.call_id)
            case_id = await desk.c.scalar(select(calls.c.case_id).where(wanted))
            if case_id is None:
                return False
            member = desk.book.members[self.members[press.by]]
            pressed = actions.Press(case_id=case_id, member=member, source_key=f"u:{self.team_id}:{press.call_id}")
            try:
                await actions.handle_case(desk, pressed, "spam")
            except FollowupError:
                return False
        self.facts.handled.append(Handled(press.call_id, press.at, press.by))
        return True

    async def joins(self, joining: Joining) -> None:
        """Two numbers become one client's (D3)."""
        async with self.desk(joining.at) as desk:
            first, second = joining.numbers
            ids = await clients.number_ids(desk.c, self.team_id, [first, second], joining.at)
            owners = await clients.clients_of_numbers(desk.c, self.team_id, ids.values())
            into, other = owners[ids[first]], owners[ids[second]]
            moved = [pair[0] for pair in (await clients.numbers_of_clients(desk.c, self.team_id, [other]))[other]]
            merge = {"team_id": self.team_id, "into_client_id": into, "from_client_id": other, "number_ids": moved}
            await clients.add_merge(desk.c, merge | {"merged_at": joining.at, "source_key": f"m:{second}"})
            await reconcile(desk, Touched(clients={into, other}, is_merge=True))
            await follow(desk, {into, other}, None)
        self.facts.joined.append(joining.numbers)

    async def says(self, said: DutySaid) -> None:
        """Of his own duty."""
        async with self.desk(said.at) as desk:
            member = desk.book.members[self.members[said.who]]
            key = f"d:{next(self._said)}"
            change = DutyChange(member_id=member.id, status=said.status, by=member, source_key=key, until=said.until)  # type: ignore[arg-type]
            await set_duty(desk, change)

    async def changes(self, change: Change) -> None:
        async with self.database.write() as c:
            if change.line is None:
                await teams.set_team(c, self.team_id, change.values, change.at)
            else:
                await teams.add_line(c, self.team_id, _line(change.line, change.values), change.at)

    async def marks(self) -> None:
        """M19: somebody marks these calls as non-target, and takes the mark off all others."""
        known = {key: call_id for (kind, call_id), key in (await self.keys()).items() if kind == "call"}
        async with self.desk() as desk:
            member = next(iter(desk.book.members.values()))
            for key in sorted(self.facts.marked ^ self._marked):
                await mark_call(desk, member, known[key], non_target=key in self.facts.marked)
        self._marked = set(self.facts.marked)

    async def rests(self) -> None:
        """The clock closes what is too old."""
        clock = MovableClock(self.now, frozen=True)
        await expire_cases(Office(database=self.database, clock=clock, shelf=Shelf(), wake=lambda: None))

    async def keys(self) -> dict[tuple[str, int], str]:
        """(kind, id) of the product → id of the witness: a case is known by its first missed call, or order."""
        async with self.database.read() as c:
            call_rows = (await c.execute(select(calls).where(calls.c.team_id == self.team_id))).mappings().all()
            order_rows = (await c.execute(select(orders).where(orders.c.team_id == self.team_id))).mappings().all()
            ticket_rows = (await c.execute(select(tickets).where(tickets.c.team_id == self.team_id))).mappings().all()
            wrote = {row.id: row.message_key for row in await c.execute(select(messages))}
        known = {("call", row["id"]): row["call_key"] for row in call_rows}
        made = {f"c:{row['id']}": row["call_key"] for row in call_rows}
        made |= {f"m:{id_}": key for id_, key in wrote.items()}
        known |= {("ticket", row["id"]): made[row["origin_key"]] for row in ticket_rows if row["origin_key"] in made}
        known |= {("order", row["id"]): row["order_key"] for row in order_rows}
        missed = [row for row in call_rows if row["outcome"] == "missed" and row["case_id"] is not None]
        for row in sorted(missed, key=lambda row: (row["started_at"], row["call_key"])):
            known.setdefault(("case", row["case_id"]), row["call_key"])
        for row in sorted(order_rows, key=lambda row: (row["ordered_at"], row["order_key"])):
            known.setdefault(("case", row["case_id"]), row["order_key"])
        return known


def _line(key: str, values: dict[str, Any]) -> teams.NewLine:
    return teams.NewLine(
        number=key,
        name=values["name"],
        kind=values["kind"],
        hours=values["hours"],
        group=values.get("group"),
        takes_off_hours_orders=values["off_hours_orders"],
    )


Settling = Callable[[Lived], Awaitable[None]]


async def live(database: Database, story: Fortnight, settle: Settling | None = None) -> Lived:
    """From the first day to the story's now; ``settle`` is done before anything happens."""
    lived = Lived(database, story.facts, story.now)
    await lived.found(story.facts.midnight(story.begins) - _SETTING_UP)
    if settle is not None:
        await settle(lived)
    waiting: list[Posted] = []
    moments: list[Any] = [
        *story.facts.posted,
        *story.presses,
        *story.joinings,
        *story.facts.changes,
        *story.facts.duty,
        *story.doings,
    ]
    for moment in sorted((m for m in moments if m.at <= story.now), key=lambda moment: moment.at):
        if isinstance(moment, Posted) and len(waiting) < _LARGEST_BATCH and story.now - moment.at > _LATELY:
            waiting.append(moment)
            continue
        if waiting:
            await lived.hears(waiting)
        waiting = [moment] if isinstance(moment, Posted) else []
        await _happens(lived, moment)
    if waiting:
        await lived.hears(waiting)
    await lived.marks()
    await lived.rests()
    return lived


async def _happens(lived: Lived, moment: Any) -> None:
    if isinstance(moment, Press):
        await lived.handles(moment)
    elif isinstance(moment, Joining):
        await lived.joins(moment)
    elif isinstance(moment, Change):
        await lived.changes(moment)
    elif isinstance(moment, DutySaid):
        await lived.says(moment)
    elif not isinstance(moment, Posted):
        await moment.happens(lived)
