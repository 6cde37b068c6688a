"""/duty: I am here, away for a while, or off; and what somebody who goes has in hand is nobody's secret."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from followup.cases.tables import cases
from followup.teams import actions as teams
from tests.stories.clockwork import ever_said, start_in_private, watched, with_text
from tests.stories.touch import data_of, has_button, only_case
from tests.stories.world import ANNA, BORYS, World, labels, shown_text


async def owners(world: World) -> list[int | None]:
    """Of the open cases, oldest first."""
    async with world.database.read() as c:
        rows = await c.execute(select(cases.c.owner_id).where(cases.c.state == "open").order_by(cases.c.id))
        return [row[0] for row in rows]


async def olga_has_two(world: World) -> None:
    """Anna and Borys wait, Olga has taken both; whoever needs it has started the bot."""
    await start_in_private(world, "Olga", "Taras", "Iryna")
    for client in (ANNA, BORYS):
        await world.call(client)
        await world.olga.presses("Take")
        await world.forward(minutes=1)
    world.look_away()


async def test_a_team_that_never_used_duty_is_told_what_counts_until_then(world):
    await world.olga.says("/duty")
    screen = world.olga.sees("On duty", "Aurora", "Nobody has said anything here yet")
    assert "Olga" not in shown_text(screen)
    assert labels(screen) == ["🟢 Available", "🟡 Away 15 min", "🟡 Away 1 h", "⚪ Off duty", "👥 Colleagues"]


async def test_everybody_presses_for_himself_under_one_screen(world):
    await world.olga.says("/duty")
    assert await world.olga.presses("Available") == "🟢 You are available"
    text = shown_text(world.olga.sees("On duty"))
    assert "Olga: 🟢 available" in text
    assert "🟢 Olga\n⚪ Iryna, Taras" in text
    assert "Victor" not in text
    await world.taras.presses("Available")
    assert "🟢 Olga, Taras\n⚪ Iryna" in shown_text(world.taras.sees("On duty"))
    assert (await world.taras.presses("Away 1 h")).startswith("🟡 You are away")
    assert "🟢 Olga\n🟡 Taras until 11:00\n⚪ Iryna" in shown_text(world.taras.sees("On duty"))
    assert await world.olga.presses("Off duty") == "⚪ You are off duty"
    world.olga.sees("On duty", "nobody is available", "🟡 Taras until 11:00", "⚪ Iryna, Olga")


async def test_a_short_break_ends_by_itself_and_he_is_told(world):
    await start_in_private(world, "Olga")
    await world.olga.says("/duty")
    await world.olga.presses("Away 15 min")
    world.olga.sees("Olga: 🟡 away until 10:15")
    await world.forward(minutes=14, seconds=55)
    world.olga.sees("Olga: 🟡 away until 10:15")
    await world.forward(seconds=10)
    world.olga.sees("Olga: 🟢 available")
    world.olga.sees_in_private("Your break is over", "/duty")
    await world.forward(hours=5)
    assert ever_said(world, "Your break is over", world.olga.id) == 1


async def test_a_break_that_somebody_has_ended_himself_is_not_told_of(world):
    await start_in_private(world, "Olga")
    await world.olga.says("/duty away 30m")
    world.olga.sees("Olga: 🟡 away until 10:30")
    await world.olga.says("/duty off")
    await world.forward(minutes=40)
    world.look_away()
    assert ever_said(world, "Your break is over", world.olga.id) == 0


async def test_only_the_newest_screen_of_a_chat_is_kept_true(world):
    await world.olga.says("/duty")
    await world.olga.says("/duty")
    await world.olga.presses("Available")
    old, new = with_text(world, "On duty")
    assert "Nobody has said anything" in shown_text(old)
    assert "🟢 Olga" in shown_text(new)
    world.look_away()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("on", "🟢 available"),
        ("away 30m", "🟡 away until 10:30"),
        ("away until 15:30", "🟡 away until 15:30"),
        ("перерыв", "🟡 away"),
        ("отошла на 2 часа", "🟡 away until 12:00"),
        ("відійшла до 11:45", "🟡 away until 11:45"),
        ("не працюю", "⚪ off"),
        ("OFF", "⚪ off"),
    ],
)
async def test_one_line_says_it(world, typed, told):
    await world.olga.says(f"/duty {typed}")
    world.olga.sees("On duty", f"Olga: {told}")


async def test_what_is_not_understood_changes_nothing(world):
    for typed, told in (
        ("whatever", "I do not understand “whatever”"),
        ("off tomorrow", "I do not understand “off tomorrow”"),
        ("away someday", "I do not understand this time"),
        ("away 3 d", "I do not understand this time"),
    ):
        await world.olga.says(f"/duty {typed}")
        world.olga.sees(told)
    await world.olga.says("/duty")
    world.olga.sees("Nobody has said anything here yet")


async def test_a_viewer_looks_and_a_stranger_learns_nothing(world):
    await world.olga.says("/duty on")
    await world.victor.says("/duty off")
    world.victor.sees("A viewer can look")
    assert "A viewer can look" in await world.victor.presses("Available")
    await world.victor.says("/duty")
    text = shown_text(world.victor.sees("On duty", "🟢 Olga"))
    assert "Victor" not in text
    assert "not yours" in await world.zoya.presses("Available")
    await world.zoya.says("/duty")
    world.zoya.sees("not in this team", str(world.zoya.id))
    world.olga.sees("On duty", "🟢 Olga\n⚪ Iryna, Taras")
    world.look_away()


async def test_who_leads_says_it_for_others_who_are_told(world):
    await start_in_private(world, "Taras")
    await world.olga.says("/duty on")
    world.olga.sees("On duty")
    assert "Only the head" in await world.olga.presses("Colleagues")
    await world.iryna.presses("Colleagues")
    menu = world.iryna.sees("Whose status")
    assert labels(menu) == ["⚪ Iryna", "🟢 Olga", "⚪ Taras", "← Back"]
    await world.iryna.presses("Taras")
    chosen = world.iryna.sees("Taras: ⚪ off")
    for_taras = data_of(chosen, "Away 1 h")
    assert "Only the head" in await world.olga.forges(for_taras)
    await world.iryna.presses("Away 1 h")
    assert has_button(world.iryna.sees("Whose status"), "🟡 Taras")
    world.taras.sees_in_private("Iryna marked you as away until 11:00")
    await world.iryna.presses("Back")
    world.iryna.sees("On duty", "🟡 Taras until 11:00")
    for data in (for_taras.rpartition(":")[0] + ":999.off", for_taras.rpartition(":")[0] + ":x"):
        assert await world.iryna.forges(data) in (
            "There is no such colleague in the team",
            "This button is no longer valid",
        )


async def test_groups_stand_each_with_its_people(world):
    async with world.database.write() as c:
        for name, groups in (("Olga", ("Sales",)), ("Taras", ("Repairs", "Sales"))):
            new = teams.NewMember(name=name, telegram_id=world.people[name].id, groups=groups)
            await teams.add_member(c, world.team_id, new, world.clock.now())
    await world.taras.says("/duty on")
    text = shown_text(world.taras.sees("On duty"))
    assert "Repairs\n🟢 Taras\nSales\n🟢 Taras\n⚪ Olga\nWithout a group\n⚪ Iryna" in text


async def test_who_goes_is_asked_in_private_and_returns_all_to_the_queue(world):
    await olga_has_two(world)
    await world.olga.says("/duty")
    assert "Answer in our private chat" in await world.olga.presses("Off duty")
    world.olga.sees("Olga: ⚪ off")
    asked = world.olga.sees_in_private("Olga is off duty", "still in hand: 2", "+380 67 123 45 67", "waiting since")
    assert labels(asked) == ["↩ Return all to the queue", "➡️ Hand to…", "✋ Keep"]
    assert await owners(world) == [world.olga.member_id] * 2
    await world.olga.presses("Return all", chat=world.olga.id)
    assert labels(world.olga.sees_in_private("Back in the queue: 2")) == []
    assert await owners(world) == [None, None]
    assert has_button(world.taras.sees("67"), "Take")
    world.look_away()


async def test_all_is_handed_to_a_colleague_who_is_told_of_each(world):
    await olga_has_two(world)
    await world.taras.says("/duty on")
    await world.olga.writes("/duty off")
    world.olga.sees_in_private("still in hand: 2")
    await world.olga.presses("Hand to", chat=world.olga.id)
    menu = world.olga.sees_in_private("Hand all of it over to whom?", "still in hand: 2")
    assert labels(menu) == ["🟢 Taras", "⚪ Iryna", "← Back"]
    await world.olga.presses("Back", chat=world.olga.id)
    world.olga.sees_in_private("What shall become of it?")
    await world.olga.presses("Hand to", chat=world.olga.id)
    await world.olga.presses("Taras", chat=world.olga.id)
    world.olga.sees_in_private("Handed over to Taras: 2")
    assert await owners(world) == [world.taras.member_id] * 2
    for number in ("+380 67 123 45 67", "+380 50 222 33 44"):
        world.taras.sees_in_private(f"Olga handed over to you: {number}")
    world.look_away()


async def test_kept_is_kept(world):
    await olga_has_two(world)
    await world.olga.writes("/duty off")
    await world.olga.presses("Keep", chat=world.olga.id)
    world.olga.sees_in_private("Olga keeps what is in hand: 2")
    assert await owners(world) == [world.olga.member_id] * 2
    world.look_away()


async def test_in_a_group_the_question_is_masked_and_only_his_who_goes(world):
    await world.call(ANNA)
    await world.olga.presses("Take")
    await world.olga.says("/duty off")
    asked = world.olga.sees("Olga is off duty", "still in hand: 1", "•••")
    give = data_of(asked, "Return all")
    assert "This question is for Olga" in await world.taras.presses("Return all")
    assert "not yours" in await world.zoya.presses("Return all")
    assert "There is no such colleague" in await world.olga.forges(
        give.replace("return", "to") + str(world.victor.member_id)
    )
    assert await owners(world) == [world.olga.member_id]
    await world.olga.presses("Return all")
    world.olga.sees("Back in the queue: 1")
    assert "answered already" in await world.olga.forges(give)
    world.look_away()


async def test_what_was_closed_meanwhile_is_not_handed_over(world):
    await olga_has_two(world)
    await world.olga.writes("/duty off")
    await world.dial(ANNA, reached=True)
    await world.olga.presses("Return all", chat=world.olga.id)
    world.olga.sees_in_private("Back in the queue: 1")
    async with world.database.read() as c:
        found = (await c.execute(select(cases.c.state, cases.c.owner_id).order_by(cases.c.id))).all()
    assert [row.state for row in found] == ["closed", "open"]
    assert found[1].owner_id is None
    world.look_away()


async def test_a_head_who_sends_somebody_home_is_asked_in_his_place(world):
    await olga_has_two(world)
    await world.iryna.says("/duty")
    for button in ("Colleagues", "Olga", "Off duty"):
        await world.iryna.presses(button)
    world.olga.sees_in_private("Iryna marked you as off duty")
    world.iryna.sees_in_private("Olga is off duty", "still in hand: 2")
    await world.iryna.presses("Hand to", chat=world.iryna.id)
    await world.iryna.presses("Iryna", chat=world.iryna.id)
    world.iryna.sees_in_private("Handed over to Iryna: 2")
    assert await owners(world) == [world.iryna.member_id] * 2
    world.look_away()


async def test_the_question_is_there_after_a_restart(world):
    await olga_has_two(world)
    await world.olga.writes("/duty off")
    await world.restart()
    await world.olga.presses("Return all", chat=world.olga.id)
    world.olga.sees_in_private("Back in the queue: 2")
    world.look_away()


SPOKEN = {
    "ru": (
        "На смене",
        "Olga: 🟡 перерыв до 10:15",
        "Перерыв окончен",
        "осталось в работе: 1",
        "Вернулось в очередь: 1",
    ),
    "uk": (
        "На зміні",
        "Olga: 🟡 перерва до 10:15",
        "Перерву закінчено",
        "лишилося в роботі: 1",
        "Повернулося в чергу: 1",
    ),
}


@pytest.mark.parametrize("language", SPOKEN)
async def test_in_the_teams_language(database, language):
    title, away, over, left, returned = SPOKEN[language]
    async with watched(database, language=language) as world:
        await start_in_private(world, "Olga")
        await world.call(ANNA)
        await world.olga.forges(f"c:take:{(await only_case(world))['id']}:")
        await world.olga.says("/duty")
        await world.olga.forges(data_of(world.olga.sees(title), "15"))
        world.olga.sees(title, away)
        await world.forward(minutes=15)
        world.olga.sees_in_private(over)
        await world.olga.writes("/duty off")
        asked = world.olga.sees_in_private(left)
        await world.olga.forges(data_of(asked, labels(asked)[0]), chat=world.olga.id)
        world.olga.sees_in_private(returned)
        world.look_away()
