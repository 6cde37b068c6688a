"""Lists of tickets, searching, a contact on one line of time (G1, G8, G32, G33)."""

from __future__ import annotations

import pytest

from followup.teams import actions as teams
from followup.teams import directory
from tests.stories.desk import writes_on_site
from tests.stories.touch import has_button
from tests.stories.world import ANNA, BORYS, SALES, SERVICE, VIRA, labels, new_world, shown_text

LIST = {
    "en": ("Open tickets", "Messages", "My tickets"),
    "ru": ("Открытые обращения", "Сообщения", "Мои обращения"),
    "uk": ("Відкриті звернення", "Повідомлення", "Мої звернення"),
}


@pytest.mark.parametrize("language", LIST)
async def test_open_tickets_voice_and_text_apart(database, language):
    title, text_tab, mine = LIST[language]
    async with new_world(database, language=language) as world:
        await world.call(BORYS)
        await writes_on_site(world, "Hello")
        world.look_away()
        await world.olga.says("/tickets")
        voice = world.olga.sees(title, "+380 50 ••• 33 44")
        assert "Anna" not in shown_text(voice)
        await world.olga.presses(text_tab, under=title)
        world.olga.sees(title, "Anna K.")
        await world.taras.says("/mine")
        world.taras.sees(mine, "Taras", "🎉")
        await world.taras.presses("1", under=title)
        world.taras.sees("🎫", "Anna K.", "Hello")
        world.look_away()


async def test_a_list_is_cut_by_group_and_by_topic_and_has_pages(world):
    async with world.database.write() as c:
        for number, group in ((SALES, "North"), (SERVICE, "South")):
            line = teams.NewLine(number=number, name=group, group=group)
            await teams.add_line(c, world.team_id, line, world.clock.now())
        flats = await directory.add_topic(c, world.team_id, "Flats")
        rooms = await directory.add_topic(c, world.team_id, "Rooms", parent=flats)
    for number in range(10):
        await world.call(f"+38067111220{number}")
    await world.call(BORYS, line=SERVICE)
    await world.taras.forges(f"t:settopic:11:{rooms}")
    world.look_away()
    await world.olga.says("/tickets")
    first = world.olga.sees("Open tickets", "1. 🆕 #1 ", "8. 🆕 #8 ")
    assert has_button(first, "1/2")
    await world.olga.presses("▶")
    world.olga.sees("1. 🆕 #9 ", "#11")
    await world.olga.presses("👥 Group")
    await world.olga.presses("South", under="Open tickets")
    south = world.olga.sees("👥 South", "#11")
    assert "#1 " not in shown_text(south)
    await world.olga.presses("👥 Group")
    await world.olga.presses("All groups")
    await world.olga.presses("🏷 Topic", under="Open tickets")
    await world.olga.presses("Flats", under="Open tickets")
    assert "#1 " not in shown_text(world.olga.sees("🏷 Flats", "#11", "Rooms"))
    await world.olga.says("/tickets north")
    world.olga.sees("👥 North", "#1 ")
    world.look_away()


async def test_what_can_be_found_and_by_whom(world):
    await world.call(BORYS)
    await writes_on_site(world, "Does it have a Balcony?")
    await writes_on_site(world, "Привіт", client=None, client_name="Віра Лісова", client_account="vira")
    await world.olga.presses("⋯", under="#3")
    await world.olga.presses("Comment", under="#3")
    asked = [m for m in world.messages() if "what is to be written" in m["text"]][-1]
    await world.olga.says("Wants a VIP tour", reply_to=asked)
    world.look_away()
    for query, ticket in (
        *(("3344", 1), ("050 222 33 44", 1), (BORYS, 1), ("4567", 2), ("anna", 2), ("ANNA K", 2), ("лісова", 3)),
        *(("віра", 3), ("#2", 2), ("№3", 3), ("1", 1), ("balcony", 2), ("привіт", 3), ("vip tour", 3)),
    ):
        await world.olga.says(f"/find {query}")
        found = shown_text(world.olga.sees("🔍", "found: 1"))
        assert f"#{ticket} " in found, query
    await world.olga.says("/find 9999999")
    world.olga.sees("🔍", "found: 0", "Nothing. Try")
    await world.olga.says("/find")
    world.olga.sees("Write what to look for")
    await world.zoya.says("/find 3344")
    assert "🔍" not in shown_text(world.messages()[-1])
    await world.olga.says("/find %")
    assert "found: 0" in shown_text(world.messages()[-1]), "a sign of the database's own is a sign like any other"
    world.look_away()


async def test_a_number_is_masked_in_a_group_and_whole_in_private(world):
    await world.call(BORYS)
    await world.olga.writes("/start")
    await world.olga.writes(f"/find {BORYS}")
    world.olga.sees_in_private("🔍 +380502223344", "+380 50 222 33 44")
    await world.olga.says(f"/find {BORYS}")
    world.taras.does_not_see("222")
    world.look_away()


async def test_a_contact_is_one_line_of_time(world):
    await world.call(ANNA)
    await world.forward(minutes=5)
    await writes_on_site(world, "I called <you>")
    await world.forward(minutes=5)
    await world.dial(ANNA, reached=True, extension="101")
    await world.olga.presses("Close", under="🎫 #2")
    await world.olga.presses("Resolved", under="🎫 #2")
    await world.olga.presses("Without", under="🎫 #2")
    await world.olga.presses("⋯", under="🎫 #2")
    await world.olga.presses("History", under="🎫 #2")
    await world.olga.presses("The whole contact", under="🎫 #2")
    line = shown_text(world.olga.sees("👤 Anna K."))
    said = [
        "🏁 #2 · Deal done · Olga",
        "🔵 called back · Olga",
        "💬 · I called <you>",
        "📵 missed call · Sales",
        "🎫 #1",
    ]
    assert [line.index(part) for part in said] == sorted(line.index(part) for part in said), line
    world.look_away()


async def test_whom_nobody_ever_had_a_ticket_with_is_found_as_a_contact(database):
    async with new_world(database, ticket_sources="none") as world:
        await world.call(VIRA)
        world.look_away()
        await world.olga.says("/find 4455")
        found = world.olga.sees("👤 +380 93 ••• 44 55")
        assert labels(found) == ["1"]
        await world.olga.presses("1", under="🔍")
        world.olga.sees("👤 +380 93 ••• 44 55", "📵 missed call")
        assert "not in this team" in await world.zoya.forges("s:contact:1:1")
        world.look_away()
