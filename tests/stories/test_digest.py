"""R21, promise 14: once a chat and local date the day in ten seconds, with its picture, in the team's own zone."""

from __future__ import annotations

import asyncio
import io
from datetime import date, datetime, timedelta

from PIL import Image
from sqlalchemy import select

from followup.digests.tables import digests
from followup.teams.actions import NewMember, add_member, set_team
from tests.stories.clockwork import OFFICE_HOURS, ever_said, second_process, watched, with_text
from tests.stories.world import ANNA, BORYS, GROUP, KYIV, VIRA, kyiv, shown_text

FRIDAY, WEEK = date(2026, 11, 20), timedelta(days=7)


async def planted_day(world):
    """Two clients missed; Taras reaches one after ten minutes, the other waits; one order; the week before was worse."""
    for client in (ANNA, BORYS, VIRA):
        miss = world.inbound(client, started=kyiv(13, 12), ended=kyiv(13, 12, 1))
        back = world.outbound(client, reached=True, started=kyiv(13, 12, 29), ended=kyiv(13, 12, 40))
        await world.post([miss, back])
    await world.call(ANNA)
    await world.call(BORYS)
    await world.forward(minutes=10)
    await world.dial(ANNA, reached=True)
    order = {"type": "order", "order_id": "w-1", "widget": "site", "client": VIRA}
    await world.post(order | {"ordered_at": world.clock.now().isoformat()})
    await world.forward(minutes=2)
    await world.dial(VIRA, reached=True, order_id="w-1")
    world.look_away()


async def test_the_day_by_hand(world):
    await planted_day(world)
    await world.until(kyiv(20, 18, 29))
    world.look_away()
    assert ever_said(world, "Digest") == 0
    await world.until(kyiv(20, 18, 30))
    digest = world.olga.sees("Digest", "Friday, 20 November", "Aurora", "as of 18:30")
    text = shown_text(digest)
    assert text.startswith("Digest")
    for line in (
        "📞 4 calls · 2 missed ↓1",
        "👥 2 clients did not get through ↓1",
        "🔵 called back: 1 · 🔴 not reached: 1",
        "callback orders: 1 · reached: 1",
        "👤 Taras · reached: 2 · attempts: 2",
        "🔴 Left open: 1 client, 1 call",
        "+380 50 ••• 33 44 · since 09:59",
        "↑↓ against Fri, 13 Nov",
    ):
        assert line in text, f"{line!r} is not in\n{text}"
    assert "late" not in text
    assert "so far" not in text
    picture = world.messages()[-1]
    assert picture["message_id"] > digest["message_id"]
    image = Image.open(io.BytesIO(await _file(world, picture["photo"][-1]["file_id"])))
    image.load()
    assert (image.format, image.width > 600) == ("PNG", True)
    world.look_away()
    await world.forward(hours=3)
    assert ever_said(world, "Digest") == 1
    world.look_away()


async def test_an_empty_queue_is_said_as_such(world):
    await world.call(ANNA)
    await world.forward(minutes=5)
    await world.dial(ANNA, reached=True)
    world.look_away()
    await world.until(kyiv(20, 18, 30))
    world.olga.sees("Digest", "Left open: 0. Nobody is waiting")
    world.look_away()


async def test_today_so_far_for_whoever_asks_and_the_evening_still_comes(world):
    await planted_day(world)
    await world.olga.says("/digest")
    digest = world.olga.sees("Digest", "so far", "as of 10:12", "2 missed")
    assert "↓" not in shown_text(digest)  # the misses of the week before came at noon
    await world.iryna.writes("/digest")
    world.iryna.sees_in_private("Digest", "so far", "+380 50 222 33 44")
    world.look_away()
    await world.until(kyiv(20, 18, 30))
    assert "so far" not in shown_text(world.olga.sees("Digest", "as of 18:30"))
    world.look_away()


async def test_a_late_event_changes_the_next_question_and_not_what_was_sent(world):
    await planted_day(world)
    await world.until(kyiv(20, 18, 30))
    sent = world.olga.sees("Digest")
    snapshot = (await _stored(world))[0]["numbers"]
    assert (snapshot["figures"]["missed"], snapshot["before"]["missed"], snapshot["left_open_clients"]) == (2, 3, 1)
    world.look_away()
    await world.until(kyiv(20, 18, 50))
    await world.call("+380661112233", started=kyiv(20, 17), ended=kyiv(20, 17, 1))
    await world.dial(BORYS, reached=True)
    await world.olga.says("/digest")
    later = world.olga.sees("Digest", "as of 18:50", "3 missed")
    assert later["message_id"] != sent["message_id"]
    assert shown_text(world.olga.sees("Digest", "as of 18:30")) == shown_text(sent)
    assert (await _stored(world))[0]["numbers"] == snapshot
    world.look_away()


async def test_two_processes_send_one(world):
    async with second_process(world) as other:
        await planted_day(world)
        world.clock.forward(kyiv(20, 18, 30) - world.clock.now())
        await asyncio.gather(other.ticker.step(), world.works.ticker.step())
        await asyncio.gather(other.outbox.step(), world.works.outbox.step())
        await world.settle()
        assert ever_said(world, "Digest") == 1
        assert len(await _stored(world)) == 1
        world.look_away()


async def test_a_machine_that_slept_sends_it_late_and_says_so(world):
    await planted_day(world)
    await world.until(kyiv(22, 9))  # Sunday
    friday = world.olga.sees("Digest", "Friday, 20 November", "as of 09:00", "sent late")
    assert "4 calls" in shown_text(friday)
    world.olga.sees("Digest", "Saturday, 21 November", "sent late", "0 calls")
    assert ever_said(world, "Digest") == 2
    world.look_away()
    await world.until(kyiv(22, 18, 30))
    assert "late" not in shown_text(world.olga.sees("Digest", "Sunday, 22 November"))
    world.look_away()


async def test_after_a_month_only_the_last_week_is_told(world):
    await world.forward(days=30)
    world.look_away()
    assert 6 <= ever_said(world, "Digest") <= 8
    dates = [row["local_date"] for row in await _stored(world)]
    assert len(set(dates)) == len(dates)
    world.look_away()


async def test_another_hour_moves_it_and_no_date_is_told_twice_or_forgotten(world):
    await _set(world, digest_at="17:00")
    await world.until(kyiv(20, 17))
    world.olga.sees("Digest", "as of 17:00")
    await _set(world, digest_at="19:00")
    await world.until(kyiv(20, 19, 30))
    assert ever_said(world, "Digest") == 1
    await world.until(kyiv(21, 18))
    assert ever_said(world, "Digest") == 1
    await _set(world, digest_at="12:00")  # past already, and today had none
    await world.settle()
    world.olga.sees("Digest", "Saturday, 21 November", "as of 18:00")
    await world.until(kyiv(22, 12))
    world.olga.sees("Digest", "Sunday, 22 November", "as of 12:00")
    assert ever_said(world, "Digest") == 3
    world.look_away()


async def test_a_day_begins_and_ends_at_the_teams_own_midnight(world):
    await _set(world, digest_at="23:59")
    await world.until(kyiv(20, 23, 59))
    world.look_away()
    started = kyiv(20, 23, 59)
    await world.call(ANNA, missed=False, started=started, ended=started + timedelta(minutes=2))
    await world.until(kyiv(21, 0, 5))
    await world.olga.says("/digest")
    world.olga.sees("Saturday, 21 November", "0 calls")
    await world.olga.says("/digest 2026-11-20")
    assert "so far" not in shown_text(world.olga.sees("Friday, 20 November", "1 call"))


async def test_on_the_day_the_clocks_change_it_comes_by_the_wall_clock(world):
    eve = datetime(2027, 3, 27, 19, tzinfo=KYIV)
    await world.until(eve)
    world.look_away()
    half_past_six = datetime(2027, 3, 28, 18, 30, tzinfo=KYIV)
    assert ever_said(world, "28 March") == 0
    await world.until(half_past_six - timedelta(seconds=1))
    assert ever_said(world, "28 March") == 0
    await world.until(half_past_six)
    world.olga.sees("Digest", "Sunday, 28 March", "as of 18:30")
    world.look_away()


async def test_a_long_digest_is_split_between_lines(world):
    events = []
    async with world.database.write() as c:
        for n in range(90):
            name = f"Maksymilian Oleksandrovych {n:03d}"
            new = NewMember(name=name, telegram_id=5000 + n, extensions=[(str(500 + n), None)])
            await add_member(c, world.team_id, new, world.clock.now())
    for n in range(90):
        client, at = f"+38067200{n:04d}", kyiv(20, 9, 0)
        events.append(world.inbound(client, started=at, ended=at + timedelta(seconds=20)))
        back = {"started": at + timedelta(minutes=10), "ended": at + timedelta(minutes=12), "extension": str(500 + n)}
        events.append(world.outbound(client, reached=True, **back))
    await world.post(events)
    await world.until(kyiv(20, 18, 30))
    parts = [shown_text(message) for message in world.messages() if "photo" not in message][-2:]
    assert parts[0].startswith("Digest")
    assert all(len(part) <= 4096 for part in parts)
    lines = "\n".join(parts).split("\n")
    for n in range(90):
        assert sum(f"Oleksandrovych {n:03d} · reached: 1 · attempts: 1" in line for line in lines) == 1
    assert "Left open: 0" in parts[1]
    world.look_away()


async def test_nights_and_holidays_do_not_hold_it_back(database):
    async with watched(database, hours=OFFICE_HOURS) as world:
        await world.until(kyiv(20, 18, 30))
        world.olga.sees("Digest", "Friday, 20 November")
        await world.until(kyiv(21, 18, 30))
        world.olga.sees("Digest", "Saturday, 21 November")
        assert len(with_text(world, "Digest", GROUP)) == 2


async def _set(world, **settings):
    async with world.database.write() as c:
        await set_team(c, world.team_id, settings, world.clock.now())


async def _file(world, file_id):
    async with world.http.get(f"{world.telegram.url}/sim/files/{file_id}") as answer:
        return await answer.read()


async def _stored(world):
    async with world.database.read() as c:
        rows = await c.execute(select(digests).where(digests.c.team_id == world.team_id).order_by(digests.c.id))
        return [dict(row) for row in rows.mappings()]
