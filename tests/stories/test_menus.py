"""Menus on a card: reasons, later, ⋯, transfer, blacklist; one person chooses, two minutes long."""

from __future__ import annotations

from followup.teams import actions as teams
from tests.stories.touch import data_of, has_button, only_case, press_now, standing, toasts
from tests.stories.world import ANNA, GROUP, labels, shown_text

STANDARD = ("messenger", "mobile", "Spam", "Wrong number", "Duplicate", "Not our client", "not to call", "nreachable")


async def test_handle_offers_the_teams_reasons_and_another_variant(world):
    """R16–R18: the standard list of eight."""
    await world.call(ANNA)
    await world.olga.presses("Handle")
    menu = world.olga.sees("Olga: how was it handled?")
    assert [word for word in STANDARD if not has_button(menu, word)] == []
    assert labels(menu)[-2:] == ["✏️ Another variant", "← Back"]
    assert "reopen" in await world.olga.presses("Wrong number")
    card = world.olga.sees("⚪", "Handled", "Wrong number", "Olga", "Missed")
    assert not has_button(card, "Take")
    await world.olga.says("/missed processed")
    world.olga.sees("Processed", "Wrong number", "Olga")


async def test_a_menu_of_olga_is_not_pressed_by_taras(world):
    await world.call(ANNA)
    await world.olga.presses("Handle")
    world.olga.sees("Olga: how was it handled?")
    assert (await world.taras.presses("Spam")).startswith("Olga is choosing here now")
    world.olga.sees("Olga: how was it handled?")
    assert (await only_case(world))["state"] == "open"
    await world.olga.presses("Spam")
    world.olga.sees("⚪", "Olga")


async def test_whoever_needs_the_buttons_gets_them_back(world):
    """Back is no choice: a colleague's menu must not keep the card for two minutes."""
    await world.call(ANNA)
    await world.olga.presses("Handle")
    await world.taras.presses("Back")
    assert has_button(world.taras.sees("Missed"), "Take")
    world.olga.does_not_see("how was it handled?")


async def test_a_menu_that_nobody_uses_closes_after_two_minutes(world):
    await world.call(ANNA)
    await world.olga.presses("Handle")
    spam = data_of(world.olga.sees("how was it handled?"), "Spam")
    await world.forward(minutes=1, seconds=55)
    world.olga.sees("how was it handled?")
    await world.forward(seconds=6)
    assert has_button(world.olga.sees("Missed"), "Take")
    world.olga.does_not_see("how was it handled?")
    # His thumb was slower than the clock: the choice counts, the menu is nobody's any more.
    assert "reopen" in await world.taras.forges(spam)
    world.olga.sees("⚪", "Taras")


async def test_two_choose_a_reason_at_once(world):
    await world.call(ANNA)
    await world.olga.presses("Handle")
    menu = world.olga.sees("how was it handled?")
    first = press_now(world.olga, "Spam")
    second = world.telegram.world.press(world.olga.id, GROUP, menu["message_id"], text="Duplicate")
    await world.settle()
    said = toasts(world, first) + toasts(world, second)
    assert sum("You can reopen" in text for text in said) == 1
    assert sum(text.startswith("Already closed: handled by hand · Olga") for text in said) == 1
    world.olga.sees("⚪")


async def test_a_reason_that_was_dropped_meanwhile_is_refused_and_the_menu_shows_the_new_list(world):
    await world.call(ANNA)
    await world.olga.presses("Handle")
    world.olga.sees("how was it handled?")
    async with world.database.write() as c:
        await teams.set_reasons(c, world.team_id, [("vip", "Went to the <boss>"), ("spam", None)])
    assert "out of date" in await world.olga.presses("Duplicate")
    menu = world.olga.sees("how was it handled?")
    assert labels(menu)[:2] == ["Went to the <boss>", "Spam"]
    await world.olga.presses("boss")
    world.olga.sees("⚪", "Went to the <boss>")


async def test_more_holds_what_is_rare(world):
    await world.call(ANNA)
    await world.olga.presses("⋯")
    menu = world.olga.sees("Missed")
    rare = ("Non-target", "Note", "Number", "History", "Transfer", "Another number", "Blacklist", "Back")
    assert [name for name in rare if not has_button(menu, name)] == []
    assert "+380 67 123 45 67" in await world.olga.presses("☎️ Number")
    world.taras.does_not_see("123 45 67")
    assert has_button(world.olga.sees("Missed"), "Take")
    async with world.database.read() as c:
        logged = (await c.exec_driver_sql("SELECT member_id FROM ledger WHERE kind = 'reveal'")).all()
    assert [row[0] for row in logged] == [world.olga.member_id]


async def test_non_target_is_a_mark_that_can_be_taken_off(world):
    """D7."""
    await world.call(ANNA)
    await world.olga.presses("⋯")
    assert await world.olga.presses("Non-target") == "Marked as non-target"
    await world.olga.presses("⋯")
    assert await world.taras.presses("Back") == ""
    await world.taras.presses("⋯")
    assert await world.taras.presses("Non-target") == "Counted as target again"
    world.olga.sees("Missed")


async def test_history_tells_what_happened(world):
    await world.call(ANNA)
    await world.olga.presses("Take")
    world.look_away()
    await world.forward(minutes=5)
    await world.dial(ANNA, reached=False, extension="101")
    await world.olga.presses("⋯")
    await world.olga.presses("History")
    world.olga.sees("missed call", "taken · Olga", "attempt, no answer")
    await world.olga.presses("Back")
    world.olga.sees("🟡")


async def test_transfer_goes_to_a_colleague_who_is_told_in_private(world):
    await world.taras.writes("/start")
    world.look_away()
    await world.call(ANNA)
    await world.olga.presses("⋯")
    await world.olga.presses("Transfer")
    menu = world.olga.sees("Olga: hand over to whom?")
    assert has_button(menu, "Taras")
    assert not has_button(menu, "Victor")
    assert await world.olga.presses("Taras") == "Handed over: Taras"
    world.olga.sees("Taras took it at")
    letter = world.taras.sees_in_private("Olga handed over to you: +380 67 123 45 67")
    assert has_button(letter, "card")
    await world.taras.presses("card", chat=world.taras.id)
    world.taras.sees_in_private("Taras took it at", "Missed")


async def test_transfer_to_a_viewer_a_stranger_or_nobody_is_refused(world):
    await world.call(ANNA)
    case = await only_case(world)
    for to in (world.victor.member_id, 999, 2**62):
        assert "no such colleague" in await world.olga.forges(f"c:to:{case['id']}:{to}")
    for to in ("x", "²", "-1", "99999999999999999999", ""):
        assert "no longer valid" in await world.olga.forges(f"c:to:{case['id']}:{to}"), to
    assert (await only_case(world))["owner_id"] is None
    world.olga.sees("🔴")


async def test_a_case_in_anothers_hands_is_handed_over_by_its_owner_or_a_head(world):
    await world.call(ANNA)
    await world.olga.presses("Take")
    case = await only_case(world)
    to_iryna = f"c:to:{case['id']}:{world.iryna.member_id}"
    assert await world.taras.forges(to_iryna) == "Olga took it at 10:00"
    assert await world.iryna.forges(f"c:to:{case['id']}:{world.taras.member_id}") == "Handed over: Taras"
    world.olga.sees("Taras took it")


async def test_the_blacklist_is_for_heads_and_asks_first(world):
    await world.call(ANNA)
    await world.olga.presses("⋯")
    world.olga.sees("Missed")
    assert "Only the head" in await world.olga.presses("Blacklist")
    case = await only_case(world)
    assert "Only the head" in await world.olga.forges(f"c:block:{case['id']}:yes")
    await world.iryna.presses("Blacklist")
    assert has_button(world.iryna.sees("Iryna: blacklist this number?"), "Yes, blacklist")
    assert (await only_case(world))["state"] == "open"
    assert await world.iryna.presses("Yes, blacklist") == "🚫 Blacklisted"
    world.iryna.sees("⚫", "Blacklisted", "Iryna")


async def test_a_blocked_client_makes_no_alert_is_counted_and_can_be_unblocked(world):
    await world.call(ANNA)
    await world.iryna.presses("⋯")
    await world.iryna.presses("Blacklist")
    await world.iryna.presses("Yes, blacklist")
    world.iryna.sees("⚫")
    await world.forward(minutes=10)
    before = len(standing(world))
    await world.call(ANNA)
    assert len(standing(world)) == before
    case = await only_case(world)
    assert (case["state"], case["how"], case["closed_by"]) == ("closed", "blocked", None)
    assert "Too late" in await world.iryna.forges(f"c:reopen:{case['id']}:")
    await world.iryna.presses("History", under="⚫")
    world.iryna.sees("blacklisted")
    assert "Iryna is choosing" in await world.olga.presses("Unblock")
    assert await world.iryna.presses("Unblock") == "Taken off the blacklist"
    world.iryna.sees("⚫")
    assert "Only the head" in await world.olga.forges(f"c:unblock:{case['id']}:")
    await world.forward(minutes=1)  # a call that began while he was blocked is still a blocked one
    await world.call(ANNA)
    world.olga.sees("🔴", "Missed")


async def test_a_blacklisting_by_mistake_is_undone_by_a_head_within_five_minutes(world):
    await world.call(ANNA)
    await world.iryna.presses("⋯")
    await world.iryna.presses("Blacklist")
    await world.iryna.presses("Yes, blacklist")
    assert has_button(world.iryna.sees("⚫"), "Reopen")
    assert "Only the head" in await world.olga.presses("Reopen")
    world.iryna.sees("⚫")
    assert await world.iryna.presses("Reopen") == "Open again"
    world.iryna.sees("🔴", "Missed")
    await world.forward(minutes=1)
    await world.call(ANNA)
    assert "blacklist" not in shown_text(world.olga.sees("×2"))


async def test_a_menu_is_there_after_a_restart(world):
    await world.call(ANNA)
    await world.olga.presses("Handle")
    await world.restart()
    assert (await world.taras.presses("Spam")).startswith("Olga is choosing")
    await world.olga.presses("Spam")
    world.olga.sees("⚪", "Spam")
