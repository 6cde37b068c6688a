"""What a press does: Take, Release, Call back, Later, Reopen; each one answered in words."""

from __future__ import annotations

from datetime import timedelta

from tests.stories.clockwork import OFFICE_HOURS, watched
from tests.stories.touch import data_of, has_button, only_case, press_now, standing, toasts
from tests.stories.world import ANNA, GROUP, shown_text


async def test_t18_two_press_take_at_once_and_one_wins(world):
    await world.call(ANNA)
    world.olga.sees("Missed")
    both = {name: press_now(world.people[name], "Take") for name in ("Olga", "Taras")}
    await world.settle()
    said = {name: toasts(world, query) for name, query in both.items()}
    assert all(len(answers) == 1 for answers in said.values())
    winner = next(name for name in both if "yours now" in said[name][0])
    (loser,) = both.keys() - {winner}
    assert said[loser][0] == f"{winner} took it at 10:00"
    assert (await only_case(world))["owner_id"] == world.people[winner].member_id
    world.olga.sees(f"{winner} took it at")


async def test_a_press_that_is_delivered_twice_is_done_once(world):
    """Promise 19: the same update_id by webhook and by polling."""
    await world.call(ANNA)
    world.olga.sees("Missed")
    query = press_now(world.olga, "Take")
    (update,) = world.telegram.world.feed.waiting()
    await world.works.keeper.append(update.body)
    await world.works.keeper.append(update.body)
    await world.settle()
    await world.works.keeper.append(update.body)
    await world.settle()
    assert toasts(world, query) == ["✋ It is yours now"]
    assert world.olga.sees("Olga took it")["edits"] == 1


async def test_taking_twice_is_told(world):
    await world.call(ANNA)
    await world.olga.presses("Take")
    card = world.olga.sees("Olga took it")
    assert "yours already" in await world.olga.forges(data_of(card, "Release").replace("release", "take"))


async def test_who_took_it_may_release_it(world):
    await world.call(ANNA)
    await world.olga.presses("Take")
    assert not has_button(world.olga.sees("Olga took it"), "Take")
    assert await world.olga.presses("Release") == "Back in the queue"
    card = world.olga.sees("🔴", "Missed")
    assert "took it" not in shown_text(card)
    assert has_button(card, "Take")
    assert "Nobody has taken" in await world.olga.forges(data_of(card, "Take").replace("take", "release"))


async def test_another_manager_cannot_release_it_but_the_head_can(world):
    await world.call(ANNA)
    await world.olga.presses("Take")
    world.olga.sees("Olga took it")
    assert await world.taras.presses("Release") == "Olga took it at 10:00"
    world.olga.sees("Olga took it")
    assert await world.iryna.presses("Release") == "Back in the queue"
    world.olga.sees("🔴", "Missed")


async def test_call_back_gives_the_number_to_the_presser_alone(world):
    """PRODUCT: a toast always; the number to copy in private once he has started the bot; the card says who calls."""
    await world.call(ANNA)
    world.olga.sees("Missed")
    told = await world.olga.presses("Call back")
    assert "+380 67 123 45 67" in told
    assert "tart me in private" in told
    world.taras.sees("🟡", "Olga is calling", "•••")
    world.taras.does_not_see("123 45 67")
    await world.taras.writes("/start")
    world.look_away()
    assert "private chat" in await world.taras.presses("Call back")
    letter = world.taras.sees_in_private("+380 67 123 45 67")
    assert has_button(letter, "Copy number")
    world.olga.sees("Taras is calling")
    await world.forward(minutes=2)
    await world.dial(ANNA, reached=False)
    assert "is calling" not in shown_text(world.olga.sees("attempts 1", "no answer"))


async def test_somebody_who_blocked_the_bot_is_told_the_number_all_the_same(world):
    await world.olga.writes("/start")
    world.look_away()
    world.telegram.world.block(world.olga.id)
    await world.call(ANNA)
    world.taras.sees("Missed")
    told = await world.olga.presses("Call back")
    assert "+380 67 123 45 67" in told
    assert "tart me in private" in told
    world.taras.sees("Olga is calling")


async def test_later_wakes_after_half_an_hour(world):
    await world.call(ANNA)
    await world.olga.presses("Take")
    world.olga.sees("Olga took it")
    await world.olga.presses("Release")
    world.olga.sees("🔴")
    await world.olga.presses("Later")
    world.olga.sees("Olga: remind when?")
    assert "10:30" in await world.olga.presses("30 min")
    world.olga.sees("🟡", "snoozed until", "Olga")
    await world.forward(minutes=29)
    world.olga.does_not_see("still waiting")
    await world.forward(minutes=1, seconds=1)
    world.olga.sees("Time to call back")
    assert "snoozed" not in shown_text(world.olga.sees("waiting since", "not answered"))


async def test_later_two_hours_and_tomorrow_at_opening(database):
    async with watched(database, hours=OFFICE_HOURS) as world:
        await world.call(ANNA)
        await world.olga.presses("Later")
        assert "12:00" in await world.olga.presses("2 h")
        world.olga.sees("snoozed until")
        await world.olga.presses("Later")
        # The next day is a Saturday: the office opens on Monday.
        assert "09:00" in await world.olga.presses("Tomorrow at opening")
        world.olga.sees("snoozed until")
        until = (await only_case(world))["snoozed_until"]
        assert until.isoformat() == "2026-11-23T07:00:00+00:00"


async def test_a_new_miss_wakes_a_snoozed_case(world):
    await world.call(ANNA)
    await world.olga.presses("Later")
    await world.olga.presses("2 h")
    world.olga.sees("snoozed until")
    await world.forward(minutes=20)
    await world.call(ANNA)
    card = world.olga.sees("×2", "waiting since")
    assert "snoozed" not in shown_text(card)
    world.olga.sees("Called again")
    world.look_away()  # what reminds of him is another story


async def test_a_case_handled_by_hand_can_be_reopened_for_five_minutes(world):
    await world.call(ANNA)
    await world.olga.presses("Handle")
    assert "reopen" in await world.olga.presses("Spam")
    assert has_button(world.olga.sees("⚪", "Spam", "Olga"), "Reopen")
    assert await world.taras.presses("Reopen") == "Open again"
    card = world.olga.sees("🔴", "Missed")
    assert has_button(card, "Take")


async def test_reopen_leaves_the_card_after_five_minutes_and_is_refused_then(world):
    await world.call(ANNA)
    await world.olga.presses("Handle")
    await world.olga.presses("Spam")
    reopen = data_of(world.olga.sees("⚪"), "Reopen")
    await world.forward(minutes=4, seconds=50)
    assert has_button(world.olga.sees("⚪"), "Reopen")
    await world.forward(seconds=12)
    card = world.olga.sees("⚪")
    assert not has_button(card, "Reopen")
    assert has_button(card, "History")
    assert "5 minutes" in await world.olga.forges(reopen)
    assert (await only_case(world))["state"] == "closed"


async def test_history_opened_meanwhile_does_not_keep_reopen_alive(world):
    await world.call(ANNA)
    await world.olga.presses("Handle")
    await world.olga.presses("Spam")
    world.olga.sees("⚪")
    await world.forward(minutes=4)
    await world.victor.presses("History")
    world.olga.sees("handled", "Spam")
    await world.forward(minutes=2, seconds=2)
    card = world.olga.sees("⚪")
    assert not has_button(card, "Reopen")


async def test_what_a_call_has_closed_cannot_be_reopened(world):
    await world.call(ANNA)
    take = data_of(world.olga.sees("Missed"), "Take")
    await world.forward(minutes=2)
    await world.dial(ANNA, reached=True)
    world.olga.sees("🔵")
    assert "Too late" in await world.olga.forges(take.replace("take", "reopen"))


async def test_a_press_on_a_case_that_was_closed_meanwhile_is_told_how(world):
    await world.call(ANNA)
    card = world.olga.sees("Missed")
    buttons = {name: data_of(card, name) for name in ("Take", "Call back", "Handle", "Later", "⋯")}
    await world.forward(minutes=2)
    await world.dial(ANNA, reached=True)
    world.olga.sees("🔵")
    for name, data in buttons.items():
        told = await world.olga.forges(data)
        assert told == "Already closed: called back · Taras · 10:01", name
    assert await world.olga.forges(data_of(card, "Handle").replace("handle", "reason") + "spam") == told
    assert (await only_case(world))["how"] == "called_out"


async def test_an_old_card_gives_way_to_a_newer_one_of_the_same_chat(world):
    await world.call(ANNA)
    old = world.olga.sees("Missed")
    await world.olga.says("/missed")
    world.look_away()
    await world.olga.presses("1")
    new = world.olga.sees("Missed", "waiting since", "not answered")
    assert new["message_id"] != old["message_id"]
    assert old["message_id"] not in [m["message_id"] for m in standing(world)]
    query = world.telegram.world.press(world.taras.id, GROUP, old["message_id"], data=data_of(old, "Take"), forge=True)
    assert "yours now" in await world.answer_to(query)
    assert world.olga.sees("Taras took it")["message_id"] == new["message_id"]
    world.look_away()


async def test_a_press_older_than_150_seconds_is_answered_by_the_card_itself(world):
    """Promise 19: Telegram takes no answer any more, but nothing is lost."""
    await world.call(ANNA)
    world.olga.sees("Missed")
    query = press_now(world.olga, "Take")
    await world.works.poller.take(world.http, wait=0)
    world.clock.forward(timedelta(seconds=200))
    await world.settle()
    assert toasts(world, query) == []
    world.taras.sees("Olga took it")
