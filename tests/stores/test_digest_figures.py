"""Every figure of a digest, counted by hand for small planted days (D12–D18, P3–P10, R4, R21, R22, X21–X28)."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from followup.digests.figures import digest_numbers
from followup.teams.actions import NewTeam, add_team
from followup.teams.desk import Desk
from tests.stories.world import ANNA, BORYS, SALES, SERVICE, VIRA, kyiv, new_world

KYIV = ZoneInfo("Europe/Kyiv")
HOURS = "Mo-Fr 09:00-18:00"
TODAY = date(2026, 11, 20)


@pytest.fixture
def place(database):
    """A planted company; ``numbers`` are those of a local day at a moment."""

    @asynccontextmanager
    async def planted(**settings):
        async with new_world(database, **settings) as world:
            yield world

    return planted


async def numbers(world, day, now, due_at=None):
    async with world.database.read() as c:
        book = await world.works.shelf.book(c, world.team_id)
        return await digest_numbers(Desk(c, book, now), day, due_at)


async def missed(world, client, at, **more):
    await world.post(world.inbound(client, started=at, ended=at + timedelta(seconds=25), **more))


async def answered(world, client, at, **more):
    await world.post(world.inbound(client, missed=False, started=at, ended=at + timedelta(seconds=65), **more))


async def dialled(world, client, at, *, reached, extension="102", **more):
    ended = at + timedelta(seconds=60)
    await world.post(world.outbound(client, reached=reached, extension=extension, started=at, ended=ended, **more))


async def ordered(world, key, client, at, widget="site"):
    order = {"type": "order", "order_id": key, "widget": widget, "client": client, "ordered_at": at.isoformat()}
    await world.post(order)


async def test_a_day_counted_by_hand(place):
    async with place(hours=HOURS) as world:
        await world.until(kyiv(20, 18))
        await missed(world, ANNA, kyiv(20, 10))
        await missed(world, ANNA, kyiv(20, 10, 7))
        await missed(world, ANNA, kyiv(20, 10, 20), line=SERVICE)
        await dialled(world, ANNA, kyiv(20, 10, 25), reached=False)
        await dialled(world, ANNA, kyiv(20, 10, 40), reached=True)  # by Taras, 40 minutes after the first miss (T1)
        await missed(world, BORYS, kyiv(20, 11))
        await answered(world, BORYS, kyiv(20, 11, 10))  # got through himself, to Olga
        await missed(world, VIRA, kyiv(20, 12), stage="greeting", legs=[])
        await missed(world, None, kyiv(20, 13))
        await answered(world, "+380661112233", kyiv(20, 14))  # nothing to win back
        await dialled(world, "+380661112244", kyiv(20, 15), reached=True)  # a call of our own
        told = await numbers(world, TODAY, kyiv(20, 18))
        day = told.figures
        assert (day.calls, day.incoming, day.outgoing) == (11, 8, 3)
        assert (day.answered, day.missed, day.hidden, day.unknown) == (2, 6, 1, 0)
        assert (day.clients, day.called_out, day.called_in, day.manual, day.open) == (3, 1, 1, 0, 1)
        assert (day.expired, day.merged, day.blocked) == (0, 0, 0)
        assert day.reasons == {"not_answered": 5, "abandoned_greeting": 1}
        assert day.attempts == 2
        assert day.first_attempt_median == 25 * 60
        assert day.contact_median == round((40 * 60 + 10 + 10 * 60 + 5) / 2)  # answered after 10 s and 5 s
        assert [(p.name, p.proven, p.claimed, p.attempts, p.contact_median) for p in told.people] == [
            ("Olga", 1, 0, 0, 10 * 60 + 5),
            ("Taras", 1, 0, 2, 40 * 60 + 10),
        ]
        assert [(h.hour, h.returned, h.by_hand, h.open) for h in told.hours] == [
            (10, 3, 0, 0),
            (11, 1, 0, 0),
            (12, 0, 0, 1),
            (13, 0, 0, 1),
        ]
        assert (told.left_open_clients, told.left_open_calls) == (1, 1)
        assert [(left.client, left.missed, left.attempts) for left in told.left_open] == [(VIRA, 1, 0)]
        assert told.before is None


async def test_proven_and_claimed_are_told_apart(place):
    async with place() as world:
        for client in (ANNA, BORYS, VIRA):
            await world.call(client)
        await world.forward(minutes=1)
        await world.olga.presses("Handle", under="••• 45 67")
        await world.olga.presses("Spam")
        await world.dial(BORYS, reached=True, extension="101")
        await world.dial(VIRA, reached=False, extension="101")
        told = await numbers(world, TODAY, world.clock.now())
        assert [(p.name, p.proven, p.claimed, p.attempts) for p in told.people] == [("Olga", 1, 1, 2)]
        assert (told.figures.manual, told.figures.called_out, told.figures.open) == (1, 1, 1)
        assert (told.left_open_clients, told.left_open_calls) == (1, 1)


async def test_rung_at_four_and_answered_at_a_fifth_is_no_miss(place):
    async with place() as world:
        rang = [
            {"extension": str(n), "rang_at": kyiv(20, 9).isoformat(), "result": "no_answer"} for n in range(201, 205)
        ]
        fifth = {"extension": "101", "rang_at": kyiv(20, 9).isoformat(), "result": "answered"}
        await answered(world, ANNA, kyiv(20, 9), legs=[*rang, fifth])  # T13
        day = (await numbers(world, TODAY, kyiv(20, 10))).figures
        assert (day.calls, day.answered, day.missed, day.clients) == (1, 1, 0, 0)


async def test_internal_calls_are_in_no_count_and_a_call_without_end_is_unknown(place):
    async with place() as world:
        await world.post(world.inbound("102", direction="internal", extension="101"))
        await missed(world, ANNA, kyiv(20, 9), ended_at=None, answered_at=None, legs=[], hung_up_by=None)
        now = kyiv(20, 10) + timedelta(minutes=1)
        day = (await numbers(world, TODAY, now)).figures
        assert (day.calls, day.missed, day.unknown, day.clients) == (1, 0, 0, 0)
        day = (await numbers(world, TODAY, now + timedelta(hours=4))).figures
        assert (day.calls, day.incoming, day.missed, day.unknown) == (1, 1, 0, 1)


async def test_a_call_belongs_to_the_local_day_it_started(place):
    async with place() as world:
        await missed(world, ANNA, kyiv(18, 23, 59))
        await answered(
            world, BORYS, kyiv(18, 23, 59), ended_at=kyiv(19, 0, 30).isoformat()
        )  # across midnight: not split
        await missed(world, VIRA, kyiv(19, 0))
        now = kyiv(20, 10)
        first = (await numbers(world, date(2026, 11, 18), now)).figures
        second = (await numbers(world, date(2026, 11, 19), now)).figures
        assert (first.calls, first.missed) == (2, 1)
        assert (second.calls, second.missed) == (1, 1)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 10, 25), 25), (date(2026, 3, 29), 23), (date(2026, 10, 24), 24)], ids=str
)
async def test_days_of_23_24_and_25_hours(place, day, hours):
    async with place() as world:
        midnight = datetime(day.year, day.month, day.day, tzinfo=KYIV).astimezone(UTC)
        for hour in range(-1, hours + 1):  # one an hour, from the last of the day before to the first of the day after
            await answered(world, ANNA, midnight + timedelta(hours=hour, minutes=30))
        told = await numbers(world, day, kyiv(20, 10))
        assert told.figures.calls == hours
        assert told.is_whole


async def test_the_same_weekday_before_is_compared_by_the_wall_clock(place):
    async with place() as world:
        before = datetime(2026, 10, 23, 10, 30, tzinfo=KYIV).astimezone(UTC)  # Friday, summer time
        await missed(world, ANNA, before)
        await missed(world, BORYS, before + timedelta(hours=1))
        now = datetime(2026, 10, 30, 11, 0, tzinfo=KYIV).astimezone(UTC)  # Friday, winter time
        so_far = await numbers(world, date(2026, 10, 30), now)
        assert not so_far.is_whole
        assert (so_far.before.missed, so_far.before.clients) == (1, 1)
        later = await numbers(world, date(2026, 10, 30), now + timedelta(minutes=31))
        assert later.before.missed == 2
        whole = await numbers(world, date(2026, 10, 30), now + timedelta(days=1))
        assert whole.is_whole
        assert whole.before.missed == 2


async def test_every_order_is_in_exactly_one_of_three_states(place):
    async with place(hours=HOURS) as world:
        a, b, c, d = (f"+38067000000{n}" for n in range(1, 5))
        await ordered(world, "w-1", a, kyiv(18, 10))
        await dialled(world, a, kyiv(18, 10, 5), reached=False)
        await dialled(world, a, kyiv(18, 10, 30), reached=True)  # successful
        await ordered(world, "w-2", b, kyiv(18, 11))
        await dialled(world, b, kyiv(18, 11, 5), reached=False)  # unsuccessful after Thursday 18:00
        await ordered(world, "w-3", c, kyiv(18, 12))
        await dialled(world, c, kyiv(19, 18, 1), reached=True)  # after the deadline, without the order's id
        await ordered(world, "w-4", d, kyiv(18, 13))
        await dialled(world, d, kyiv(19, 18, 1), reached=True, order_id="w-4")  # carries the id: no deadline
        day = date(2026, 11, 18)
        at_once = (await numbers(world, day, kyiv(19, 17, 59))).figures
        assert (at_once.orders, at_once.orders_pending) == (4, 2)  # what was reached later is known already
        over = (await numbers(world, day, kyiv(20, 10))).figures
        assert (over.orders, over.orders_successful, over.orders_unsuccessful, over.orders_pending) == (4, 2, 2, 0)
        assert (over.clients, over.missed) == (0, 0)  # who only ordered did not fail to get through


async def test_a_call_to_another_number_that_carries_the_id_serves_the_order(place):
    async with place(hours=HOURS) as world:
        await ordered(world, "w-1", ANNA, kyiv(18, 10))
        await dialled(world, BORYS, kyiv(18, 10, 5), reached=True, order_id="w-1")
        figures = (await numbers(world, date(2026, 11, 18), kyiv(20, 10))).figures
        assert (figures.orders, figures.orders_successful) == (1, 1)


async def test_an_order_of_friday_night_counts_on_friday(place):
    async with place(hours=HOURS) as world:
        friday, monday = kyiv(13, 22, 30), kyiv(16, 10, 5)
        await ordered(world, "w-1", ANNA, friday)
        await dialled(world, ANNA, monday, reached=True)  # T3
        now = kyiv(20, 10)
        ordered_on = (await numbers(world, date(2026, 11, 13), now)).figures
        called_on = (await numbers(world, date(2026, 11, 16), now)).figures
        assert (ordered_on.orders, ordered_on.orders_successful) == (1, 1)
        assert (called_on.orders, called_on.outgoing) == (0, 1)


async def test_each_order_of_one_number_has_its_own_calls(place):
    async with place(hours=HOURS) as world:
        for key, minute in (("w-1", 0), ("w-2", 10), ("w-3", 20)):
            await ordered(world, key, ANNA, kyiv(18, 10, minute))
        await dialled(world, ANNA, kyiv(18, 10, 15), reached=True, order_id="w-2")
        figures = (await numbers(world, date(2026, 11, 18), kyiv(20, 10))).figures
        assert (figures.orders, figures.orders_successful, figures.orders_unsuccessful) == (3, 1, 2)


async def test_late_swapped_and_repeated_events_give_the_same_numbers(place):
    async with place() as world:
        miss = world.inbound(ANNA, started=kyiv(20, 9), ended=kyiv(20, 9, 1))
        back = world.outbound(ANNA, reached=True, started=kyiv(20, 9, 10), ended=kyiv(20, 9, 12))
        for event in (back, miss, back, miss, miss):  # T17
            await world.post(event)
        told = await numbers(world, TODAY, kyiv(20, 10))
        day = told.figures
        assert (day.calls, day.missed, day.clients, day.called_out, day.attempts) == (2, 1, 1, 1, 1)
        assert (day.first_attempt_median, day.contact_median) == (600, 610)
        assert [(p.name, p.proven, p.attempts) for p in told.people] == [("Taras", 1, 1)]


async def test_what_expired_is_lost_and_adds_up(place):
    async with place() as world:
        old = datetime(2026, 10, 1, 12, tzinfo=KYIV).astimezone(UTC)
        await missed(world, ANNA, old)
        await missed(world, BORYS, old)
        await dialled(world, BORYS, old + timedelta(hours=1), reached=True)
        told = await numbers(world, date(2026, 10, 1), kyiv(20, 10))
        day = told.figures
        assert (day.clients, day.expired, day.called_out, day.open) == (2, 1, 1, 0)
        assert (told.left_open_clients, told.left_open_calls) == (0, 0)
        assert [(h.returned, h.by_hand, h.open) for h in told.hours] == [(1, 0, 1)]


async def test_a_day_of_nothing_is_all_zero(place):
    async with place() as world:
        told = await numbers(world, TODAY, kyiv(20, 18))
        assert (told.figures.calls, told.figures.clients, told.figures.orders, told.figures.messages) == (0, 0, 0, 0)
        assert (told.people, told.hours, told.left_open) == ((), (), ())
        assert (told.figures.first_attempt_median, told.figures.contact_median) == (None, None)


async def test_teams_do_not_count_each_others_calls(place):
    async with place() as world:
        await missed(world, ANNA, kyiv(20, 9), line=SALES)
        async with world.database.write() as c:
            settings = {"timezone": "Europe/Kyiv", "region": "UA"}
            world.team_id = await add_team(c, NewTeam(name="Borealis", settings=settings, chat=-501), kyiv(20, 9))
        told = await numbers(world, TODAY, kyiv(20, 10))
        assert (told.figures.calls, told.left_open_clients) == (0, 0)
