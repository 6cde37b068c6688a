"""Promises 10 and 11: who took a client and forgot him is nudged once, then the queue and the head hear of it."""

from __future__ import annotations

from tests.stories.clockwork import ever_said, start_in_private, watched, with_text
from tests.stories.world import ANNA, BORYS, GROUP, kyiv, labels, shown_text

NUDGE, BACK, FORGOTTEN = "you took", "is back in the queue", "Taken and forgotten"
TOO_LONG = "waiting too long"


async def test_the_owner_is_nudged_once_then_the_case_is_free_and_the_head_knows(world):
    await start_in_private(world, "Taras", "Iryna")
    await world.call(ANNA)
    await world.forward(minutes=5)
    await world.taras.presses("Take")
    card = world.olga.sees("🟡", "Taras took it")
    await world.forward(minutes=19)
    assert ever_said(world, NUDGE, world.taras.id) == 0
    await world.forward(minutes=1)
    nudge = world.taras.sees_in_private("⏰ Taras, you took +380 67 123 45 67 and have not reached the client yet")
    assert any("Open card" in label for label in labels(nudge))
    world.olga.does_not_see(NUDGE)
    await world.forward(minutes=19)
    assert ever_said(world, NUDGE, world.taras.id) == 1
    await world.forward(minutes=1)
    said = world.olga.sees(BACK, "+380 67 ••• 45 67", "Taras took it, but there was no contact")
    assert said["reply_to_message"]["message_id"] == card["message_id"]
    assert world.olga.sees("🔴", "••• 45 67")["message_id"] == card["message_id"]
    world.iryna.sees_in_private(FORGOTTEN, "+380 67 123 45 67", "Taras took it, but there was no contact")
    assert ever_said(world, "still waiting") == 0


async def test_returned_it_can_be_taken_again_and_its_clocks_run_anew(world):
    await start_in_private(world, "Taras", "Olga", "Iryna")
    await world.call(ANNA)
    await world.taras.presses("Take")
    await world.forward(minutes=20)
    await world.forward(minutes=20)
    world.look_away()
    await world.forward(minutes=15)
    world.olga.sees("1 client is still waiting", "••• 45 67")
    await world.forward(minutes=15)
    world.iryna.sees_in_private(TOO_LONG, "45 67")
    world.look_away()
    assert "yours" in await world.taras.presses("Take")
    await world.forward(minutes=20)
    world.look_away()
    assert ever_said(world, NUDGE, world.taras.id) == 2


async def test_two_cases_taken_at_once_are_both_spoken_of(world):
    await start_in_private(world, "Taras", "Iryna")
    for client in (ANNA, BORYS):
        await world.call(client)
    await world.taras.presses("Take", under="••• 45 67")
    await world.taras.presses("Take", under="••• 33 44")
    await world.forward(minutes=21)
    world.taras.sees_in_private(NUDGE, "+380 67 123 45 67")
    world.taras.sees_in_private(NUDGE, "+380 50 222 33 44")
    world.look_away()


async def test_spans_may_be_seconds(database):
    async with watched(database, taken_minutes="2s") as world:
        await start_in_private(world, "Taras", "Iryna")
        await world.call(ANNA)
        await world.taras.presses("Take")
        await world.forward(seconds=2)
        world.taras.sees_in_private(NUDGE)
        await world.forward(seconds=2)
        world.olga.sees(BACK)
        world.iryna.sees_in_private(FORGOTTEN)
        world.look_away()


async def test_who_has_not_started_the_bot_is_mentioned_in_the_teams_chat(world):
    await world.call(ANNA)
    await world.taras.presses("Take")
    await world.forward(minutes=20)
    assert _mentioned(world.olga.sees(NUDGE, "+380 67 ••• 45 67")) == [world.taras.id]
    await world.forward(minutes=20)
    assert _mentioned(world.olga.sees(BACK)) == [world.iryna.id]
    world.look_away()


async def test_forty_minutes_asleep_skip_the_nudge(world):
    await world.call(ANNA)
    await world.taras.presses("Take")
    await world.forward(minutes=40)
    assert ever_said(world, NUDGE) == 0
    assert ever_said(world, BACK) == 1
    world.look_away()


async def test_contact_ends_it_and_an_attempt_does_not(world):
    for client in (ANNA, BORYS):
        await world.call(client)
    await world.taras.presses("Take", under="••• 45 67")
    await world.taras.presses("Take", under="••• 33 44")
    await world.forward(minutes=10)
    await world.dial(ANNA, reached=True)
    await world.dial(BORYS, reached=False)
    world.look_away()
    await world.forward(minutes=10)
    world.olga.sees(NUDGE, "••• 33 44")
    assert ever_said(world, NUDGE) == 1
    await world.forward(minutes=20)
    world.look_away()
    assert ever_said(world, BACK) == 1


async def test_a_snooze_pauses_and_its_end_is_a_reply_to_the_card(world):
    await world.call(ANNA)
    await world.olga.presses("Later")
    world.look_away()
    await world.olga.presses("2 h")
    card = world.olga.sees("••• 45 67")
    await world.forward(hours=1, minutes=55)
    for silent in ("still waiting", TOO_LONG, "Time to call back"):
        world.olga.does_not_see(silent)
    await world.forward(minutes=5)
    woke = world.olga.sees("⏰ Time to call back", "••• 45 67", "waiting since")
    assert woke["reply_to_message"]["message_id"] == card["message_id"]
    await world.forward(minutes=14)
    world.olga.does_not_see("still waiting")
    await world.forward(minutes=1)
    world.olga.sees("still waiting")
    world.look_away()


async def test_a_snooze_pauses_the_owners_time_too(world):
    await world.call(ANNA)
    await world.taras.presses("Take")
    await world.taras.presses("Later")
    await world.taras.presses("2 h")
    world.look_away()
    await world.forward(minutes=119)
    assert ever_said(world, NUDGE) == 0
    await world.forward(minutes=2)
    world.olga.sees("Time to call back")
    await world.forward(minutes=20)
    world.olga.sees(NUDGE)
    world.look_away()


async def test_a_client_who_calls_again_is_heard_once_in_a_while(world):
    await world.call(ANNA)
    card = world.olga.sees("🔴")
    await world.forward(minutes=14)
    await world.call(ANNA)
    assert ever_said(world, "Called again") == 0
    assert world.olga.sees("×2")["message_id"] == card["message_id"]
    await world.forward(minutes=1)
    world.olga.sees("still waiting")  # a sound at 10:15
    await world.forward(minutes=14)
    await world.call(ANNA)
    assert ever_said(world, "Called again") == 0
    await world.taras.presses("Take")  # no more reminders
    await world.forward(minutes=1)
    await world.call(ANNA)
    reply = world.olga.sees("📵 Called again: +380 67 ••• 45 67", "×4")
    assert reply["reply_to_message"]["message_id"] == card["message_id"]
    assert len(with_text(world, "🟡")) == 1
    world.look_away()


async def test_after_the_end_of_a_snooze_the_next_call_makes_no_second_sound(world):
    await world.call(ANNA)
    await world.olga.presses("Later")
    await world.olga.presses("2 h")
    await world.forward(hours=2)
    world.olga.sees("Time to call back")
    await world.forward(minutes=5)
    await world.call(ANNA)
    world.olga.sees("×2")
    assert ever_said(world, "Called again") == 0
    world.look_away()


async def test_half_an_hour_of_nobody_reaches_the_head_in_private(world):
    await start_in_private(world, "Iryna")
    for client in (ANNA, BORYS):
        await world.call(client)
    world.look_away()
    await world.forward(minutes=29)
    world.look_away()
    assert ever_said(world, TOO_LONG, world.iryna.id) == 0
    await world.forward(minutes=1)
    letter = world.iryna.sees_in_private(
        "🚨 2 clients have been waiting too long", "+380 67 123 45 67", "+380 50 222 33 44"
    )
    assert any("Open queue" in label for label in labels(letter))
    assert ever_said(world, TOO_LONG, GROUP) == 0
    world.look_away()
    await world.forward(hours=3)
    assert ever_said(world, TOO_LONG, world.iryna.id) == 1
    world.look_away()


async def test_a_head_who_blocked_the_bot_is_told_in_the_teams_chat(world):
    await start_in_private(world, "Iryna")
    world.telegram.world.block(world.iryna.id)
    await world.call(ANNA)
    world.look_away()
    await world.forward(minutes=30)
    assert _mentioned(world.olga.sees(TOO_LONG)) == [world.iryna.id]
    world.look_away()


async def test_without_a_head_the_owner_is_told_and_without_both_the_team(database):
    async with watched(database) as world:
        await _make(world, "Iryna", "owner")
        await start_in_private(world, "Iryna")
        await world.call(ANNA)
        await world.forward(minutes=30)
        world.iryna.sees_in_private(TOO_LONG)
        await _make(world, "Iryna", "manager")
        await world.call(BORYS)
        await world.forward(minutes=30)
        assert _mentioned(world.olga.sees(TOO_LONG, "••• 33 44")) == []
        world.look_away()


async def _make(world, name, role):
    from followup.teams.actions import NewMember, add_member

    person = world.people[name]
    async with world.database.write() as c:
        await add_member(c, world.team_id, NewMember(name=name, telegram_id=person.id, role=role), world.clock.now())


def _mentioned(message):
    entities = message.get("entities") or []
    return [entity["user"]["id"] for entity in entities if entity["type"] == "text_mention"]


async def test_nudges_too_wait_for_the_morning(database):
    async with watched(database, hours="Mo-Su 09:00-18:00") as world:
        await world.until(kyiv(20, 17, 50))
        await world.call(ANNA)
        await world.taras.presses("Take")
        await world.until(kyiv(20, 23))
        assert ever_said(world, NUDGE) == 0
        await world.until(kyiv(21, 9, 11))
        assert "••• 45 67" in shown_text(world.olga.sees(NUDGE))
        world.look_away()
