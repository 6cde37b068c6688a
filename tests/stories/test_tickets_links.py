"""Links to one ticket and inline mode: for who is in its team, and for nobody else (G20)."""

from __future__ import annotations

import pytest

from tests.stories.desk import writes_on_site
from tests.stories.test_rights import other_team
from tests.stories.world import BORYS, Person, new_world, shown_text

NOT_YOURS = {
    "en": "you are not in this team",
    "ru": "вы не в этой команде",
    "uk": "ви не в цій команді",
}


async def asks(person: Person, text: str) -> list[dict]:
    """What somebody is offered when he types the bot's name."""
    world = person.world
    query = world.telegram.world.ask_inline(person.id, text)
    await world.settle()
    found = world.telegram.world.inline[query].results
    assert found is not None, "a question without an answer"
    return found


@pytest.mark.parametrize("language", NOT_YOURS)
async def test_a_link_opens_the_ticket_of_ones_own_team(database, language):
    async with new_world(database, language=language) as world:
        await world.call(BORYS)
        world.look_away()
        for person in (world.olga, world.zoya):
            world.telegram.world.users[person.id].language_code = language
        await world.olga.writes("/start t_1")
        first = world.olga.sees_in_private("🎫", "1 · 🆕", "+380 50 222 33 44")
        await world.olga.writes("/start t_1")
        again = world.olga.sees_in_private("🎫", "+380 50 222 33 44")
        assert again["message_id"] > first["message_id"]
        assert sum("🎫" in shown_text(m) for m in world.messages(world.olga.id)) == 1, "one live card a chat"
        await world.zoya.writes("/start t_1")
        world.zoya.sees_in_private(NOT_YOURS[language])
        await world.olga.writes("/start t_999")
        world.olga.sees_in_private(NOT_YOURS[language])
        assert not world.unseen()


async def test_a_link_is_worth_nothing_to_another_team(world):
    await world.call(BORYS)
    await other_team(world, "Zoya")
    world.look_away()
    await world.zoya.writes("/start t_1")
    world.zoya.sees_in_private("you are not in this team")
    assert await asks(world.zoya, "3344") == []
    assert "not in this team" in await world.zoya.forges("t:open:1:")


async def test_inline_mode_finds_for_members_and_posts_nothing_but_a_link(world):
    await world.call(BORYS)
    await writes_on_site(world, "Hello")
    await world.olga.presses("Take", under="🎫 #2")
    world.look_away()
    [found] = await asks(world.olga, "3344")
    assert found["title"] == "#1 · 🆕 Unsorted"
    assert found["description"] == "+380 50 ••• 33 44 · Phone"
    posted = found["input_message_content"]
    assert posted["message_text"] == "🎫 #1"
    assert posted["entities"][0]["url"] == "https://t.me/perezvon_sandbox_bot?start=t_1"
    [mine] = await asks(world.olga, "")
    assert mine["title"] == "#2 · 🔎 Check"
    assert await asks(world.taras, "") == []
    assert await asks(world.zoya, "3344") == []
    assert await asks(world.zoya, "") == []
    assert world.messages(world.zoya.id) == []


async def test_inline_mode_shows_a_contact_without_a_ticket_masked(database):
    async with new_world(database, ticket_sources="none", mask_numbers="never") as world:
        await world.call(BORYS)
        world.look_away()
        [found] = await asks(world.olga, BORYS)
        assert found["title"] == "👤 +380 50 ••• 33 44"
        assert found["input_message_content"]["message_text"] == "👤 +380 50 ••• 33 44"


async def test_a_question_that_is_too_old_is_no_trouble(world):
    """Telegram gives an answer half a minute."""
    await world.call(BORYS)
    query = world.telegram.world.ask_inline(world.olga.id, "3344")
    await world.works.poller.take(world.http, wait=0)
    await world.forward(minutes=1)
    assert world.telegram.world.inline[query].results is None
    async with world.database.read() as c:
        states = (await c.exec_driver_sql("SELECT DISTINCT state FROM updates")).all()
    assert [row[0] for row in states] == ["done"]
    world.look_away()
