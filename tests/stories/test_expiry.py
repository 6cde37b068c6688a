"""R4, X13, D2: what nobody can win back any more is closed by itself, and counted as lost."""

from __future__ import annotations

from sqlalchemy import select

from followup.cases.tables import cases
from tests.stories.clockwork import OFFICE_HOURS, ever_said, watched, with_text
from tests.stories.world import ANNA, kyiv, labels, shown_text


async def test_a_hidden_caller_expires_at_the_end_of_the_working_day(database):
    async with watched(database, hours=OFFICE_HOURS) as world:
        await world.call(None)
        card = world.olga.sees("🔴", "Hidden number")
        assert not any("Take" in label or "Call" in label for label in labels(card))
        assert any("Handle" in label for label in labels(card))
        await world.until(kyiv(20, 17, 59))
        assert not world.unseen()
        await world.until(kyiv(20, 18))
        expired = world.olga.sees("⚫", "Hidden number")
        assert expired["message_id"] == card["message_id"]
        assert not any("Handle" in label for label in labels(expired))
        assert await _fates(world) == ["expired"]


async def test_a_hidden_caller_of_the_night_expires_at_midnight_and_without_hours_too(database):
    async with watched(database, hours=OFFICE_HOURS) as world:
        await world.until(kyiv(20, 20))
        world.look_away()
        await world.call(None)
        await world.until(kyiv(20, 23, 59))
        assert await _fates(world) == [None]
        await world.until(kyiv(21, 0))
        assert await _fates(world) == ["expired"]
        await world.until(kyiv(23, 9))
        assert not with_text(world, "🔴")
        world.look_away()


async def test_without_hours_a_hidden_caller_expires_at_midnight(world):
    await world.call(None)
    await world.until(kyiv(20, 23, 59))
    world.look_away()
    assert await _fates(world) == [None]
    await world.until(kyiv(21, 0))
    world.olga.sees("⚫", "Hidden number")
    assert await _fates(world) == ["expired"]


async def test_each_hidden_miss_is_a_case_of_its_own(world):
    await world.call(None)
    await world.forward(minutes=1)
    await world.call(None)
    assert len(with_text(world, "🔴")) == 2
    assert await _fates(world) == [None, None]
    world.look_away()


async def test_a_month_after_the_last_miss_a_client_is_lost(world):
    await world.call(ANNA)
    await world.forward(days=10)
    await world.call(ANNA)
    world.look_away()
    await world.forward(days=30, hours=23)
    world.look_away()
    assert await _fates(world) == [None]
    await world.forward(hours=1)
    card = world.olga.sees("⚫", "×2", "••• 45 67")
    assert not any("Take" in label for label in labels(card))
    assert await _fates(world) == ["expired"]
    await world.call(ANNA)
    fresh = world.olga.sees("🔴", "••• 45 67")
    assert fresh["message_id"] != card["message_id"]
    assert "×" not in shown_text(fresh)
    world.look_away()


async def test_the_window_is_a_setting(database):
    async with watched(database, window_days="3") as world:
        await world.call(ANNA)
        await world.forward(days=2, hours=23)
        world.look_away()
        assert await _fates(world) == [None]
        await world.forward(hours=1)
        world.olga.sees("⚫")
        world.look_away()


async def test_an_expired_client_is_listed_as_processed_and_reminded_of_no_more(database):
    async with watched(database, window_days="1") as world:
        await world.call(ANNA)
        world.look_away()
        await world.forward(days=1)
        world.look_away()
        said = ever_said(world, "still waiting")
        await world.forward(hours=5)
        world.look_away()
        assert ever_said(world, "still waiting") == said
        await world.olga.says("/missed")
        screen = world.olga.sees("0")
        assert "••• 45 67" not in shown_text(screen)
        await world.olga.says("/missed processed")
        world.olga.sees("••• 45 67", "expired")
        world.look_away()


async def test_a_call_back_after_expiry_changes_nothing_of_it(database):
    async with watched(database, window_days="1") as world:
        await world.call(ANNA)
        await world.forward(days=1, minutes=5)
        await world.dial(ANNA, reached=True)
        assert await _fates(world) == ["expired"]
        world.look_away()


async def _fates(world):
    async with world.database.read() as c:
        query = select(cases.c.how).where(cases.c.team_id == world.team_id).order_by(cases.c.id)
        return list(await c.scalars(query))
