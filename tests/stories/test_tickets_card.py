"""A ticket's card: who may press what on it, and what it shows (G1, G2, G6, G21, T16)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from followup.calls.tables import messages
from followup.notices import store as notices
from followup.teams import directory
from tests.stories.desk import WORDS, only_ticket, writes_on_site
from tests.stories.touch import data_of, has_button, press_now, question, standing, toasts
from tests.stories.world import ANNA, BORYS, FRIDAY, GROUP, labels, new_world, shown_text


@pytest.mark.parametrize("language", WORDS)
async def test_a_ticket_lives_in_three_languages(database, language):
    unsorted, take, close, resolved, silent, done = WORDS[language]
    async with new_world(database, language=language) as world:
        await writes_on_site(world, "How much <b>is</b> it?")
        card = world.olga.sees("1 · 🆕", unsorted, "Anna K.", "+380 67 ••• 45 67", "How much <b>is</b> it?")
        assert await world.olga.presses(take) != ""
        world.taras.sees("🔎", "✋ Olga")
        await world.olga.presses(close)
        await world.olga.presses(resolved)
        world.olga.sees("Olga: ")
        await world.olga.presses(silent)
        closed = world.taras.sees(done, resolved, "Olga")
        assert closed["message_id"] == card["message_id"]
        assert not world.unseen()


async def test_take_has_one_winner_and_a_viewer_or_a_stranger_has_none(world):
    await writes_on_site(world, "Hello")
    card = world.olga.sees("Unsorted")
    assert "viewer" in await world.victor.presses("Take")
    assert "not in this team" in await world.zoya.presses("Take")
    first, second = press_now(world.taras, "Take"), press_now(world.olga, "Take")
    await world.settle()
    said = toasts(world, first) + toasts(world, second)
    winner, loser = world.taras, world.olga
    if (await only_ticket(world))["owner_id"] == world.olga.member_id:
        winner, loser = loser, winner
    assert sorted(said) == sorted(["✋ It is yours now", f"{winner.name} took it at 10:00"])
    loser.sees(f"✋ {winner.name} has it")
    assert winner.name in await loser.forges(data_of(card, "Take"))


async def test_a_forged_press_of_a_stranger_changes_nothing_and_tells_nothing(world):
    await writes_on_site(world, "Hello")
    world.olga.sees("Unsorted")
    before = await only_ticket(world)
    for op in ("take", "close", "finish:1", "settopic:1", "to:1", "number", "history", "open", "why", "split", "more"):
        name, _, arg = op.partition(":")
        assert "not in this team" in await world.zoya.forges(f"t:{name}:{before['id']}:{arg}"), op
    for data in ("t:take:999999:", "t:nothing:1:", "t:finish:1:x", "t:setstate:1:closed", "t:to:1:99", "t:togroup:1:x"):
        assert await world.olga.forges(data), data
    assert await only_ticket(world) == before


async def test_a_viewer_looks_but_changes_nothing(world):
    await writes_on_site(world, "Hello")
    world.olga.sees("Unsorted")
    before = await only_ticket(world)
    for op in (
        *("take", "release", "close", "result:1", "finish:1", "finishby:1", "topic:0", "settopic:0", "status", "more"),
        *(
            "setstate:done",
            "transfer",
            "to:1",
            "groups",
            "togroup:x",
            "later",
            "snooze:30m",
            "comment",
            "name",
            "attach",
        ),
        *("split", "number", "reopen", "answer"),
    ):
        name, _, arg = op.partition(":")
        told = await world.victor.forges(f"t:{name}:1:{arg}")
        assert told, op
        assert "viewer" in told or "out of date" in told or "colleague" in told, (op, told)
    assert await only_ticket(world) == before
    await world.victor.forges("t:history:1:")
    world.victor.sees("🎫 #1", "nothing yet")


async def test_the_times_of_a_ticket_by_presses(world):
    """T16: created 10:00, Take 10:04, dial 10:06 unanswered, contact 10:20, closed 10:25."""
    await world.call(ANNA, started=FRIDAY, ended=FRIDAY)
    world.olga.sees("Missed")
    await world.olga.presses("⋯")
    await world.olga.presses("Ticket")
    world.olga.sees("#1", "Unsorted", "Phone · Sales", "waiting since 10:00")
    await world.until(FRIDAY + timedelta(minutes=4))
    await world.olga.presses("Take", under="🎫")
    world.olga.sees("🎫", "Olga has it since 10:04")
    world.olga.sees("Missed", "✋ Olga took it")
    await world.until(FRIDAY + timedelta(minutes=6, seconds=30))
    started = FRIDAY + timedelta(minutes=6)
    await world.dial(ANNA, reached=False, extension="101", started=started, ended=started + timedelta(seconds=30))
    world.olga.sees("first reaction 10:06")
    await world.until(FRIDAY + timedelta(minutes=22))
    spoke = FRIDAY + timedelta(minutes=20)
    talk = {"started": spoke - timedelta(seconds=10), "ended": spoke + timedelta(minutes=1)}
    await world.dial(ANNA, reached=True, extension="101", **talk)
    world.olga.sees("contact 10:20")
    await world.until(FRIDAY + timedelta(minutes=25))
    await world.olga.presses("Close", under="🎫")
    await world.olga.presses("Resolved")
    await world.olga.presses("Without a comment")
    world.olga.sees("🎫", "Deal done", "🏁 Resolved · Olga, 10:25", "created 10:00 · contact 10:20")
    ticket = await only_ticket(world)
    spans = [ticket[name] for name in ("reaction_seconds", "contact_seconds", "handling_seconds", "handling_working")]
    assert spans == [360, 1200, 1260, 1260]
    world.look_away()


async def test_a_ticket_is_closed_with_words_and_opened_again(world):
    await writes_on_site(world, "Hello")
    await world.olga.presses("Close")
    await world.olga.presses("Refused")
    assert await world.taras.presses("With a comment") == "Olga is choosing here now. The menu closes within 2 minutes"
    await world.olga.presses("With a comment")
    asked = question(world, "what is there to say about the end of #1 · Anna K.?")
    await world.taras.says("mine", reply_to=asked)
    world.taras.sees("This question is for Olga")
    await world.olga.says("Too <i>dear</i>, call +380671234567", reply_to=asked)
    world.olga.sees("✖️ Refused", "🏁 Refused · Olga, 10:00", "✏️ Too <i>dear</i>, call +380 67 ••• 45 67")
    assert "Open again" in await world.taras.presses("Reopen")
    card = world.olga.sees("🆕 Unsorted")
    assert has_button(card, "Take")
    assert (await only_ticket(world))["reopened"] == 1
    world.look_away()


async def test_a_topic_is_found_by_walking_the_tree(world):
    """G6: from the directory only; a branch may be chosen itself."""
    world.look_away()
    async with world.database.write() as c:
        flats = await directory.add_topic(c, world.team_id, "Flats")
        await directory.add_topic(c, world.team_id, "Two <rooms>", parent=flats, sla=30)
        for number in range(20):
            await directory.add_topic(c, world.team_id, f"House {number}")
    await writes_on_site(world, "Hello")
    await world.olga.presses("Topic")
    first = world.olga.sees("Olga: what is it about?")
    assert labels(first)[:2] == ["Flats ›", "House 0"]
    await world.olga.presses("Flats")
    branch = world.olga.sees("what is it about?")
    assert labels(branch) == ["✔ Flats", "Two <rooms>", "← Back"]
    assert await world.olga.presses("Two <rooms>") == "✅ Saved"
    world.olga.sees("🏷 Flats › Two <rooms>", "⏳ answer before 10:30")
    await world.olga.presses("Topic")
    pages = world.olga.sees("what is it about?")
    assert labels(pages)[-3:] == ["›", "✖ No topic", "← Back"]
    await world.olga.forges(pages["reply_markup"]["inline_keyboard"][-3][-1]["callback_data"])
    assert "House 7" in labels(world.olga.sees("what is it about?"))
    world.look_away()


async def test_statuses_snooze_and_comment(world):
    await writes_on_site(world, "Hello")
    await world.olga.presses("Take")
    await world.olga.presses("⋯")
    await world.olga.presses("Status")
    menu = world.olga.sees("Olga: how does it stand?")
    assert not has_button(menu, "Deal done")
    assert await world.olga.presses("Booking") == "✅ Saved"
    world.olga.sees("📌 Booking")
    await world.olga.presses("⋯")
    await world.olga.presses("Later")
    assert "10:30" in await world.olga.presses("30 min")
    world.olga.sees("⏰ snoozed until 10:30")
    await world.olga.presses("⋯")
    await world.olga.presses("Comment")
    await world.olga.says("Call <after> six", reply_to=question(world, "what is to be written on #1"))
    world.olga.sees("✏️ Call <after> six")
    await world.olga.presses("⋯")
    await world.olga.presses("History")
    world.olga.sees("taken · Olga", "status · Olga · Booking", "snoozed · Olga", "comment · Olga · Call <after> six")
    world.look_away()


async def test_the_conversation_stands_on_the_card_escaped_cut_and_with_what_did_not_arrive(world):
    for number in range(8):
        await writes_on_site(world, f"{number} " + "<script>" * 300)
        await world.forward(minutes=1)
    async with world.database.write() as c:
        await c.execute(update(messages).where(messages.c.id == 8).values(state="failed", is_ours=True, member_id=1))
        await notices.raise_cards(c, world.team_id, "ticket", [1])
    await world.settle()
    card = world.olga.sees("⚠️ not delivered")
    text = shown_text(card)
    assert "💬 2 <script>" in text
    assert "💬 1 <script>" not in text, "the last six"
    assert "➡️ Olga 7 <script>" in text
    assert len(text) < 1600, "one screen of a phone"
    world.look_away()


async def test_the_clients_other_open_tickets_are_one_press_away(world):
    """G5."""
    await writes_on_site(world, "Hello")
    await world.call(ANNA)
    await writes_on_site(world, "Me again", client_account="anna@example.org", channel="email")
    card = world.olga.sees("#3", "E-mail", "Me again")
    assert has_button(card, "2 more open")
    await world.olga.presses("2 more open", under="#3")
    await world.olga.presses("#2", under="#3")
    world.olga.sees("#2", "Phone · Sales")
    await world.taras.presses("Back", under="#3")
    world.look_away()


async def test_a_menu_of_a_ticket_closes_after_two_minutes(world):
    await writes_on_site(world, "Hello")
    await world.olga.presses("Close")
    world.olga.sees("how did it end?")
    await world.forward(minutes=2, seconds=2)
    assert has_button(world.olga.sees("Unsorted"), "Take")


async def test_the_cards_of_cases_and_tickets_stand_apart(world):
    """A press on a case is a press on its client's voice ticket."""
    await world.call(BORYS)
    await world.olga.presses("Take")
    assert (await only_ticket(world))["owner_id"] == world.olga.member_id
    await world.olga.presses("Release")
    assert (await only_ticket(world))["owner_id"] is None
    await world.olga.presses("⋯")
    await world.olga.presses("Transfer")
    await world.olga.presses("Taras")
    ticket = await only_ticket(world)
    assert (ticket["owner_id"], ticket["status"]) == (world.taras.member_id, "check")
    assert len(standing(world, GROUP)) == 1, "a call's ticket has no message until somebody asks"
    world.look_away()
