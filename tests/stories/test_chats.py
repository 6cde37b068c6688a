"""Groups, topics, private chats: moving, closing, throwing out and letting in; the bot's first minutes."""

from __future__ import annotations

from followup.teams import actions as teams
from handlers.telegram.presence import publish_commands
from tests.stories.touch import data_of, has_button, standing
from tests.stories.world import ANNA, BORYS, GROUP, World, labels, shown_text

FORUM = -1_001_000_000_777


async def moved_to_a_topic(world: World) -> int:
    """The team works in a topic of a forum from now on."""
    everyone = [person.id for person in world.people.values()]
    world.telegram.world.add_chat("supergroup", id=FORUM, title="Forum", is_forum=True, members=[*everyone, 42])
    topic = world.telegram.world.add_topic(FORUM, "Missed calls")
    async with world.database.write() as c:
        await teams.connect_chat(c, world.team_id, FORUM, topic)
    await world.settle()
    world.look_away()
    return topic


async def test_cards_live_in_the_teams_topic_and_so_do_presses_and_questions(world):
    topic = await moved_to_a_topic(world)
    await world.call(ANNA)
    card = world.olga.sees("Missed", chat=FORUM)
    assert card["message_thread_id"] == topic
    world.olga.does_not_see("Missed ·")
    assert "yours now" in await world.olga.presses("Take", chat=FORUM)
    await world.olga.presses("Handle", chat=FORUM)
    await world.olga.presses("Another variant", chat=FORUM)
    asked = world.olga.sees("how was", chat=FORUM)
    assert asked["message_thread_id"] == topic
    await world.olga.says("By e-mail", chat=FORUM, reply_to=asked)
    assert world.olga.sees("⚪", "By e-mail", chat=FORUM)["message_id"] == card["message_id"]


async def test_a_closed_topic_sends_the_cards_to_the_group_itself(world):
    """Promise 5."""
    topic = await moved_to_a_topic(world)
    await world.call(ANNA)
    world.olga.sees("Missed", chat=FORUM)
    world.telegram.world.close_topic(FORUM, topic)
    await world.call(BORYS)
    card = world.olga.sees("50 •••", chat=FORUM)
    assert not card.get("message_thread_id")
    assert "yours now" in await world.taras.presses("Take", under="50 •••", chat=FORUM)
    world.olga.sees("50 •••", "Taras took it", chat=FORUM)


async def test_a_group_becomes_a_supergroup_and_old_cards_still_live(world):
    """Promise 20."""
    await world.call(ANNA)
    old = world.olga.sees("Missed")
    after = world.telegram.world.migrate(GROUP).id
    await world.settle()
    query = world.telegram.world.press(world.olga.id, GROUP, old["message_id"], data=data_of(old, "Take"), forge=True)
    assert "yours now" in await world.answer_to(query)
    world.olga.sees("Olga took it")
    await world.call(BORYS)
    new = world.olga.sees("50 •••", chat=after)
    assert "yours now" in await world.taras.presses("Take", under="50 •••", chat=after)
    assert world.taras.sees("50 •••", "Taras took it", chat=after)["message_id"] == new["message_id"]
    assert "not yours" in await world.zoya.forges(data_of(old, "Take"))
    await world.olga.says("/missed", chat=after)
    world.olga.sees("did not get through: 2", chat=after)


async def test_a_migration_that_nobody_announced_is_learnt_from_the_refusal(world):
    world.telegram.world.migrate(GROUP)
    world.telegram.world.feed.pending.clear()
    await world.call(ANNA)
    after = next(chat for chat in world.telegram.world.chats if chat < -1_000_000)
    world.olga.sees("Missed", chat=after)


async def test_the_bot_is_thrown_out_the_head_is_told_and_let_in_it_goes_on(world):
    """Promise 5."""
    await world.iryna.writes("/start")
    await world.olga.writes("/start")
    world.look_away()
    world.telegram.world.member(GROUP, 42, "kick")
    await world.settle()
    world.iryna.sees_in_private("I cannot write to", "Aurora")
    await world.call(ANNA)
    await world.call(BORYS)
    world.olga.does_not_see("Missed ·")
    world.telegram.world.member(GROUP, 42, "add")
    await world.settle()
    world.olga.sees("This chat is connected")
    world.olga.sees("67 •••")
    world.olga.sees("50 •••")


async def test_thrown_out_unnoticed_the_refusal_tells(world):
    await world.iryna.writes("/start")
    world.look_away()
    world.telegram.world.faults.add(kind="403_kicked_group", chat_id=GROUP, method="sendMessage")
    await world.call(ANNA)
    world.iryna.sees_in_private("I cannot write to")
    await world.call(BORYS)
    assert standing(world) == []
    await world.olga.says("/missed")
    world.olga.sees("did not get through: 2")
    world.look_away()
    assert len([m for m in world.messages() if "🔴" in shown_text(m)]) == 3


async def test_added_to_a_group_without_a_team_it_says_what_to_do_next(world):
    world.telegram.world.add_chat("group", id=-900, title="New", members=[world.olga.id])
    world.telegram.world.member(-900, 42, "add")
    await world.settle()
    world.olga.sees("belongs to no team yet", "perezvon team add", "-900", chat=-900)
    await world.olga.says("/missed", chat=-900)
    assert len(world.messages(-900)) == 2


async def test_start_in_private_by_role(world):
    await world.olga.writes("/start")
    world.olga.sees_in_private("Hello, Olga", "manager", "Aurora", "/missed")
    await world.iryna.writes("/start")
    world.iryna.sees_in_private("Hello, Iryna", "head")
    await world.zoya.writes("/start")
    told = world.zoya.sees_in_private("not in a team yet", str(world.zoya.id))
    assert has_button(told, "Copy")
    await world.olga.says("/start")
    world.olga.sees("I work here", "/missed")


async def test_help_by_role_and_chat(world):
    await world.olga.says("/help")
    assert "/selftest" not in shown_text(world.olga.sees("Nobody who called is forgotten", "Numbers are masked"))
    await world.iryna.writes("/help")
    world.iryna.sees_in_private("/selftest", "/settings")
    await world.zoya.writes("/help")
    world.zoya.sees_in_private("not in this team", str(world.zoya.id))


async def test_the_selftest_writes_edits_and_asks_for_a_press(world):
    await world.iryna.says("/selftest")
    asked = world.iryna.sees("I can change my messages", "press the button")
    assert asked["edits"] == 1
    await world.taras.presses(labels(asked)[0])
    assert world.iryna.sees("Everything works")["message_id"] == asked["message_id"]


async def test_commands_are_published_by_scope_and_language(world):
    await publish_commands(world.works.bot)
    look_alike = world.telegram.world
    await world.olga.writes("/start")
    world.look_away()
    in_group = {c["command"]: c["description"] for c in look_alike.commands_for(GROUP, world.olga.id)}
    in_private = {c["command"]: c["description"] for c in look_alike.commands_for(world.olga.id, world.olga.id)}
    assert "start" in in_private.keys() - in_group.keys()
    assert {"missed", "digest", "settings", "selftest", "help"} <= in_group.keys()
    spoken = {in_group["missed"]}
    for language in ("ru", "uk", "de"):
        look_alike.users[world.olga.id].language_code = language
        spoken.add(look_alike.commands_for(GROUP, world.olga.id)[0]["description"])
    assert len(spoken) == 3  # English for everybody else
