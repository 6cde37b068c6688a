"""Whose a call is, whenever the mapping was made known (D15, M10, M11), and what is kept beside a number (X3, X6)."""

from __future__ import annotations

import random
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from followup.calls.events import CallEvent
from followup.calls.tables import calls
from followup.clients.tables import numbers
from followup.errors import FollowupError
from followup.intake import take_in
from followup.reports.actions import build, listed
from followup.reports.selection import selection_of
from followup.reports.shape import Figure
from followup.teams import store
from followup.teams.actions import NewConnection, NewMember, NewTeam, add_connection, add_member, add_team
from followup.teams.desk import Desk
from followup.teams.seal import Seal

NOON = datetime(2026, 11, 20, 10, tzinfo=UTC)
NOW = NOON + timedelta(hours=6)
KEY = "cGVyZXp2b24tYmVuY2gta2V5LW5vdC1hLXNlY3JldCE="
TODAY = ("2026-11-20", "2026-11-20")


class Firm:
    """One team with one PBX."""

    def __init__(self, database) -> None:
        self.database, self.team_id, self.connection_id = database, 0, 0

    async def opens(self, **settings) -> Firm:
        async with self.database.write() as c:
            self.team_id = await add_team(
                c, NewTeam(name="Firm", settings={"timezone": "Europe/Kyiv"} | settings), NOON
            )
            pbx = NewConnection(provider="generic", name="pbx")
            self.connection_id, _ = await add_connection(c, self.team_id, pbx, Seal(KEY), NOON)
        return self

    @asynccontextmanager
    async def desk(self):
        async with self.database.write() as c:
            yield Desk(c, await store.load_book(c, self.team_id), NOW)

    async def hears(self, *events: CallEvent) -> None:
        async with self.desk() as desk:
            await take_in(desk, [(self.connection_id, event) for event in events])

    async def joins(self, name: str, number: int, *extensions: tuple[str, datetime | None]) -> None:
        async with self.desk() as desk:
            new = NewMember(name=name, telegram_id=number, extensions=extensions)
            await add_member(desk.c, self.team_id, new, NOW)

    async def report(self, **more):
        async with self.desk() as desk:
            return await build(desk, selection_of("calls", *TODAY, **more))


def talk(key: str, at: datetime = NOON, seconds: int = 60, extension: str = "101") -> CallEvent:
    ended, answered = at + timedelta(seconds=seconds + 5), at + timedelta(seconds=5)
    return CallEvent(
        call_key=key,
        direction="out",
        client="+380671234567",
        started_at=at,
        answered_at=answered,
        ended_at=ended,
        extension=extension,
        result="answered",
    )


def by_manager(report) -> dict[str | None, int]:
    return {row["manager"]: row["total"] for row in report.rows}


async def test_a_mapping_made_after_the_calls_speaks_of_them(database):
    firm = await Firm(database).opens()
    await firm.hears(talk("a"), talk("b", NOON + timedelta(hours=1)))
    assert by_manager(await firm.report()) == {None: 2}
    await firm.joins("Olga", 1, ("101", None))
    assert by_manager(await firm.report()) == {"Olga": 2}


async def test_a_phone_that_changed_hands_is_counted_for_each_in_his_time(database):
    firm = await Firm(database).opens()
    await firm.joins("Olga", 1, ("101", None))
    await firm.hears(talk("a"), talk("b", NOON + timedelta(hours=1)), talk("c", NOON + timedelta(hours=2)))
    await firm.joins("Taras", 2, ("101", NOON + timedelta(hours=1)))
    report = await firm.report(options={"by_extension": "yes"})
    assert [(row["manager"], row["extension"], row["total"]) for row in report.rows] == [
        ("Taras", "101", 2),
        ("Olga", "101", 1),
    ]
    async with firm.desk() as desk:
        for key, row in zip(report.row_keys, report.rows, strict=True):
            page = await listed(desk, report.selection, Figure(row=key, column="total"))
            assert (page.total, {item.manager for item in page.items}) == (row["total"], {row["manager"]})


async def test_a_manager_nobody_knows_is_refused_by_name(database):
    firm = await Firm(database).opens()
    await firm.joins("Olga", 1)
    with pytest.raises(FollowupError) as refused:
        await firm.report(filters={"manager": ["Vira"]})
    assert refused.value.values == {"setting": "manager", "found": "Vira", "expected": "none, Olga"}


@pytest.mark.parametrize(("mode", "minutes"), [("floor_sum", 2), ("per_call_floor", 1), ("per_call_ceil", 3)])
async def test_minutes_are_those_of_the_sum_or_of_each_call(database, mode, minutes):
    firm = await Firm(database).opens(minutes_mode=mode)
    await firm.hears(talk("a", seconds=59), talk("b", NOON + timedelta(hours=1), seconds=61))  # T2
    assert (await firm.report()).total["minutes"] == minutes


async def test_a_figure_that_opens_nothing_is_refused(database):
    firm = await Firm(database).opens()
    async with firm.desk() as desk:
        with pytest.raises(FollowupError) as refused:
            await listed(desk, selection_of("missed", *TODAY), Figure(row=None, column="missed"))
    assert refused.value.key == "nothing_here"


@pytest.mark.parametrize("seed", range(6))
async def test_what_is_kept_beside_a_number_is_what_its_calls_say(database, seed):
    """Pieces of calls in any order, moments that move back, directions that turn out to be internal."""
    chance, firm = random.Random(seed), await Firm(database).opens()
    pieces = [_piece(chance, place) for place in range(60)]
    for start in range(0, len(pieces), 7):
        await firm.hears(*pieces[start : start + 7])
    async with database.read() as c:
        kept = {row.id: row for row in await c.execute(select(numbers).where(numbers.c.team_id == firm.team_id))}
        facts = list(await c.execute(select(calls).where(calls.c.team_id == firm.team_id)))
    assert len(kept) == 4
    for number_id, row in kept.items():
        own = [call for call in facts if call.number_id == number_id]
        started = [call.started_at for call in own if call.direction in ("in", "out") and call.started_at]
        reached = [call.contact_at for call in own if call.contact_at]
        assert (row.first_call_at, row.last_contact_at) == (min(started, default=None), max(reached, default=None))


def _piece(chance: random.Random, place: int) -> CallEvent:
    started = NOON + timedelta(minutes=chance.randrange(-500, 300))
    ended = started + timedelta(seconds=chance.randrange(0, 90))
    return CallEvent(
        call_key=f"k{place % 17}",
        seq=chance.choice((None, None, chance.randrange(3))),
        direction=chance.choice(("in", "out", "out", None, "internal")),
        client=f"+38067123450{chance.randrange(4)}" if place > 3 else f"+38067123450{place}",
        started_at=started if chance.random() < 0.8 else None,
        answered_at=chance.choice((None, started)),
        ended_at=chance.choice((None, ended)),
    )
