"""Topics, results, names of statuses and the fan, set by a head in the chat (G6, G29, M25, M29)."""

from __future__ import annotations

from followup.teams import directory
from followup.teams.store import load_book
from followup.tickets import renaming
from tests.stories.desk import writes_on_site
from tests.stories.touch import has_button, question
from tests.stories.world import ANNA, World, labels, new_world, shown_text


async def book(world: World):
    """What the team's book says now."""
    async with world.database.read() as c:
        return await load_book(c, world.team_id)


async def iryna_opens(world: World, directory: str) -> None:
    """The head looks at a directory."""
    await world.iryna.says("/settings")
    world.look_away()
    await world.iryna.presses(directory, under="Settings")


async def test_topics_are_a_tree_that_a_head_grows(world):
    await iryna_opens(world, "Topics")
    world.iryna.sees("🏷 Topics", "nothing yet")
    await world.iryna.presses("Add a topic")
    await world.iryna.says(" Flats  <new> ", reply_to=question(world, "what shall the new topic be called?"))
    await world.iryna.presses("Flats <new>")
    assert await world.olga.presses("Rename") == "Only the head or the owner can do this"
    await world.iryna.presses("Add a sub-topic")
    await world.iryna.says("Two rooms", reply_to=question(world, "what shall the new topic be called?"))
    await world.iryna.presses("Answer within")
    asked = question(world, "within how many minutes")
    await world.iryna.says("soon", reply_to=asked)
    world.iryna.sees("Write a number of minutes, or 0")
    await world.iryna.says("30", reply_to=asked)
    world.iryna.sees("🏷 Topics · Flats <new>", "Answer within 30 min of working time", "• Two rooms")
    await world.iryna.presses("Rename")
    await world.iryna.says("Houses", reply_to=question(world, "what shall the topic be called?"))
    world.iryna.sees("🏷 Topics · Houses")
    known = await book(world)
    assert sorted((topic.title, topic.sla_minutes) for topic in known.topics.values()) == [
        ("Houses", 30),
        ("Two rooms", None),
    ]
    assert "Settings saved" in await world.iryna.presses("Retire")
    assert (await book(world)).topics == {}, "what is under it goes, too"
    world.iryna.sees("🏷 Topics", "nothing yet")


async def test_results_close_with_a_status(world):
    await iryna_opens(world, "Results")
    world.iryna.sees("• Resolved → Deal done")
    await world.iryna.presses("Add a result")
    world.iryna.sees("Which status shall the new result close with?")
    await world.iryna.presses("Refused")
    await world.iryna.says("Too far", reply_to=question(world, "what shall the new result be called?"))
    world.iryna.sees("• Too far → Refused")
    await world.iryna.presses("Add a result")
    await world.iryna.presses("Refused")
    again = question(world, "what shall the new result be called?")
    await world.iryna.says("too FAR", reply_to=again)
    world.iryna.sees("“too FAR” is taken")
    for gone in ("Resolved", "Refused", "Not a target"):
        await world.iryna.presses(gone, under="Results")
        await world.iryna.presses("Retire", under="Results")
    await world.iryna.presses("Too far", under="Results")
    assert not has_button(world.iryna.sees("🏁 Results · Too far"), "Retire"), "a ticket must be able to end"
    await writes_on_site(world, "Hello")
    await world.olga.presses("Close", under="🎫")
    assert labels(world.olga.sees("how did it end?")) == ["Too far", "← Back"]
    await world.olga.presses("Too far", under="🎫")
    await world.olga.presses("Without", under="🎫")
    world.olga.sees("✖️ Refused", "🏁 Too far · Olga")
    world.look_away()


async def test_a_status_is_called_as_the_team_calls_it(world):
    await iryna_opens(world, "Statuses")
    await world.iryna.presses("Unsorted")
    await world.iryna.says("Brand <new>", reply_to=question(world, "what shall the status be called?"))
    assert has_button(world.iryna.sees("🧭 Statuses"), "🆕 Brand <new>")
    await writes_on_site(world, "Hello")
    world.olga.sees("🆕 Brand <new>")
    await world.iryna.presses("Restore the standard names")
    assert has_button(world.iryna.sees("🧭 Statuses"), "🆕 Unsorted")
    world.look_away()


async def test_the_fan_is_turned_on_and_weighed(database):
    async with new_world(database) as world:
        await iryna_opens(world, "Turns")
        world.iryna.sees("New tickets wait until somebody takes them.")
        await world.iryna.presses("Give out in turn")
        world.iryna.sees("New tickets go to whoever is at work, in turn.")
        for _ in range(3):
            await world.iryna.presses("Olga", under="Turns")
        assert "Olga · 0" in labels(world.iryna.sees("🎯 Turns"))
        await world.call(ANNA)
        assert "Taras has it" in shown_text(world.olga.sees("🎫 #1"))
        world.look_away()


async def test_only_who_leads_changes_a_directory(world):
    await iryna_opens(world, "Topics")
    world.look_away()
    for op in (
        "dirtopic:0",
        "addtopic:0",
        "droptop:1",
        "resstate:done",
        "namestat:check",
        "fan:1",
        "fanmode:on",
        "stdstat",
    ):
        name, _, arg = op.partition(":")
        for person, told in (
            (world.olga, "Only the head"),
            (world.victor, "Only the head"),
            (world.zoya, "not in this"),
        ):
            assert told in await person.forges(f"s:{name}:1:{arg}"), op
    for data in (
        "s:dirtopic:1:x",
        "s:droptop:1:77",
        "s:resstate:1:check",
        "s:fan:1:99",
        "s:fanmode:1:maybe",
        "s:nametop:1:-1",
    ):
        assert await world.iryna.forges(data), data
    assert (await book(world)).policy.ticket_fan is False
    world.look_away()


async def test_standing_cards_of_open_tickets_say_the_new_names(world):
    """Of a topic above theirs, and of their status; a ticket that neither concerns, or a closed one, stays as it is."""
    async with world.database.write() as c:
        flats = await directory.add_topic(c, world.team_id, "Flats")
        await directory.add_topic(c, world.team_id, "Two rooms", parent=flats)
    for who in "ABC":
        await writes_on_site(world, f"I am {who}", client=None, client_account=who, client_name=who)
    for who in "AC":
        await world.olga.presses("Topic", under=f"I am {who}")
        await world.olga.presses("Flats", under=f"I am {who}")
        await world.olga.presses("Two rooms", under=f"I am {who}")
    await world.olga.presses("Close", under="I am C")
    await world.olga.presses("Resolved", under="I am C")
    await world.olga.presses("Without a comment", under="I am C")
    world.look_away()
    async with world.database.write() as c:
        await renaming.rename_topic(c, world.team_id, flats, "Homes")
    await world.settle()
    world.olga.sees("I am A", "🏷 Homes › Two rooms")
    assert not world.unseen()
    async with world.database.write() as c:
        await renaming.name_status(c, world.team_id, "unsorted", "Fresh")
    await world.settle()
    world.olga.sees("I am A", "🆕 Fresh")
    world.olga.sees("I am B", "🆕 Fresh")
    assert not world.unseen()
    await iryna_opens(world, "Statuses")
    await world.iryna.presses("Restore the standard names")
    world.olga.sees("I am A", "🆕 Unsorted")
    world.olga.sees("I am B", "🆕 Unsorted")
    world.look_away()
