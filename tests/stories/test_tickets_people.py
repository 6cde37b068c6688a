"""From hand to hand: transfers are told to both, the fan explains itself, nobody there is said (G7, M28, M29)."""

from __future__ import annotations

from followup.teams import actions as teams
from followup.teams.store import load_book
from followup.tickets.fan_weights import set_weight
from tests.stories.desk import all_tickets, only_ticket, writes_on_site
from tests.stories.touch import has_button, question
from tests.stories.world import ANNA, BORYS, SALES, World, new_world


async def start_all(world: World) -> None:
    """Everybody has a chat with the bot."""
    for person in (world.olga, world.taras, world.iryna):
        await person.writes("/start")
    world.look_away()


async def test_a_transfer_is_told_to_the_new_owner_and_to_the_old_one(world):
    await start_all(world)
    await writes_on_site(world, "Hello")
    await world.olga.presses("Take")
    await world.iryna.presses("⋯")
    await world.iryna.presses("Transfer")
    assert "Taras" in await world.iryna.presses("Taras")
    letter = world.taras.sees_in_private("Iryna handed over to you: #1 · Anna K.", "waiting since 10:00")
    world.olga.sees_in_private("#1 · Anna K. is no longer yours: Taras has it now")
    assert has_button(letter, "Open card")
    await world.taras.presses("Open card", chat=world.taras.id)
    world.taras.sees_in_private("🎫 #1", "+380 67 123 45 67", "✋ Taras")
    world.iryna.sees("✋ Taras has it since 10:00")
    assert (await only_ticket(world))["owner_id"] == world.taras.member_id


async def test_who_hands_over_his_own_ticket_is_not_told_of_it(world):
    await start_all(world)
    await writes_on_site(world, "Hello")
    await world.olga.presses("Take")
    await world.olga.presses("⋯")
    await world.olga.presses("Transfer")
    await world.olga.presses("Taras")
    world.taras.sees_in_private("Olga handed over to you: #1")
    world.olga.does_not_see("no longer yours", chat=world.olga.id)
    assert "Taras took it" in await world.olga.forges(f"t:to:1:{world.olga.member_id}"), (
        "from another's hands only by a head"
    )
    world.look_away()


async def test_a_group_is_told_in_the_teams_chat(world):
    await start_all(world)
    async with world.database.write() as c:
        line = teams.NewLine(number=SALES, name="Sales", group="North & <West>")
        await teams.add_line(c, world.team_id, line, world.clock.now())
    await writes_on_site(world, "Hello")
    await world.olga.presses("Take")
    await world.iryna.presses("⋯")
    await world.iryna.presses("Transfer")
    await world.iryna.presses("To a group")
    world.iryna.sees("Iryna: hand over to which group?")
    assert "North & <West>" in await world.iryna.presses("North")
    world.taras.sees("➡️ To the group North & <West>: #1 · Anna K.")
    world.taras.sees("🎫 #1", "👥 North & <West>")
    world.olga.sees_in_private("#1 · Anna K. is no longer yours: it is with the group now")
    assert (await only_ticket(world))["owner_id"] is None


async def test_the_fan_shows_the_ticket_to_whom_it_chose_and_says_why(database):
    async with new_world(database, ticket_fan="on") as world:
        await start_all(world)
        async with world.database.write() as c:
            await set_weight(c, await load_book(c, world.team_id), world.taras.member_id, 0)
        await world.call(ANNA)
        world.olga.sees("Missed")
        world.olga.sees_in_private("🎫 #1", "Check", "✋ Olga has it")
        await world.olga.presses("⋯", chat=world.olga.id)
        why = await world.olga.presses("Why me?", chat=world.olga.id)
        assert why == "Olga was next in turn.\nAt work: 1. Given before: 0. Weight: 1. Open then: 0."
        await world.olga.presses("⋯", chat=world.olga.id)
        await world.olga.presses("Release", chat=world.olga.id)
        await world.olga.presses("Take", chat=world.olga.id)
        await world.olga.presses("⋯", chat=world.olga.id)
        assert "not by turn" in await world.olga.presses("Why me?", chat=world.olga.id)
        world.look_away()


async def test_the_head_hears_that_nobody_is_there(database):
    async with new_world(database, ticket_fan="on", hours="Mo-Fr 12:00-18:00", quiet="off") as world:
        await start_all(world)
        await writes_on_site(world, "Hello")
        letter = world.iryna.sees_in_private(
            "🙋 Nobody is there to take the ticket: #1 · Anna K.", "waiting since 10:00"
        )
        world.olga.does_not_see("Nobody is there", chat=world.olga.id)
        assert (await only_ticket(world))["status"] == "unsorted"
        assert has_button(letter, "Open card")
        world.look_away()


async def test_a_case_leads_to_its_ticket_and_makes_one_where_there_is_none(database):
    async with new_world(database, ticket_sources="none") as world:
        await world.call(BORYS)
        assert await all_tickets(world) == []
        await world.victor.presses("⋯")
        assert "viewer" in await world.victor.forges("c:ticket:1:")
        await world.olga.presses("⋯")
        await world.olga.presses("Ticket")
        world.olga.sees("🎫 #1", "Unsorted", "+380 50 ••• 33 44", "Made by hand")
        ticket = await only_ticket(world)
        assert (ticket["kind"], ticket["channel"]) == ("api", "manual")
        await world.olga.presses("⋯", under="Missed")
        await world.olga.presses("Ticket", under="Missed")
        assert len(await all_tickets(world)) == 1
        assert len([m for m in world.messages() if "🎫 #1" in m["text"]]) == 1, "one live card a chat"
        world.look_away()


async def test_the_number_is_for_one_pair_of_eyes_and_written_down(world):
    await start_all(world)
    await writes_on_site(world, "Hello")
    await world.olga.presses("⋯")
    told = await world.olga.presses("Number")
    assert "+380 67 123 45 67" in told
    assert "A copy is in your private chat" in told
    world.olga.sees_in_private("☎️ +380 67 123 45 67", "#1 · Anna K.")
    world.taras.does_not_see("123 45 67")
    async with world.database.read() as c:
        logged = (await c.exec_driver_sql("SELECT member_id FROM ledger WHERE kind = 'reveal'")).all()
    assert [row[0] for row in logged] == [world.olga.member_id]
    world.look_away()


async def test_a_silent_owner_loses_the_case_and_its_ticket(database):
    """The clock gives a case back; its ticket goes with it."""
    async with new_world(database, taken_minutes="20") as world:
        await world.call(ANNA)
        await world.olga.presses("Take")
        assert (await only_ticket(world))["owner_id"] == world.olga.member_id
        await world.forward(minutes=50)
        assert (await only_ticket(world))["owner_id"] is None
        world.look_away()


async def test_a_question_about_a_ticket_outlives_a_restart(world):
    await writes_on_site(world, "Hello")
    await world.olga.presses("Close")
    await world.olga.presses("Refused")
    await world.restart()
    await world.olga.presses("With a comment")
    asked = question(world, "what is there to say about the end of #1")
    await world.restart()
    await world.olga.says("Too far", reply_to=asked)
    world.olga.sees("🏁 Refused · Olga", "✏️ Too far")
    assert (await only_ticket(world))["comment"] == "Too far"
    world.look_away()


async def test_in_private_a_plain_text_answers_the_last_question(world):
    await start_all(world)
    await world.call(ANNA)
    world.look_away()
    await world.olga.writes("/start t_1")
    await world.olga.presses("⋯", chat=world.olga.id)
    await world.olga.presses("New contact", chat=world.olga.id)
    question(world, "what is the client called?", chat=world.olga.id)
    await world.olga.writes("Anna & Sons")
    world.olga.sees_in_private("🎫 #1", "Anna & Sons · +380 67 123 45 67")
    world.taras.sees("Missed", "Anna & Sons")
    world.look_away()
