"""Who may do what: by role, team and chat; a forged or foreign press is refused in words (promise 17)."""

from __future__ import annotations

import pytest
import structlog

from followup.teams import actions as teams
from tests.stories.touch import card_rows, data_of, only_case, standing
from tests.stories.world import ANNA, GROUP, World, shown_text

OTHER_GROUP = -700
OPS = (
    *("take", "release", "call", "reopen", "handle", "later", "more", "transfer", "reason:spam", "other", "snooze:30m"),
    *("to:2", "target", "note", "number", "another", "split", "block", "block:yes", "unblock"),
)


def press(op: str, case: int) -> str:
    """Callback data of a card's button."""
    name, _, arg = op.partition(":")
    return f"c:{name}:{case}:{arg}"


async def other_team(world: World, *people: str) -> int:
    """Another company with the same bot, Olga its head, in a group of its own."""
    ids = [world.people[name].id for name in (*people, "Zoya")]
    world.telegram.world.add_chat("group", id=OTHER_GROUP, title="Borealis", members=[*ids, 42])
    now = world.clock.now()
    settings = {"timezone": "Europe/Kyiv", "language": "en", "region": "UA"}
    async with world.database.write() as c:
        team = await teams.add_team(c, teams.NewTeam(name="Borealis", settings=settings, chat=OTHER_GROUP), now)
        for name in people:
            new = teams.NewMember(name=name, telegram_id=world.people[name].id, role="manager", extensions=[])
            await teams.add_member(c, team, new, now)
    await world.settle()
    return team


async def test_a_viewer_looks_but_changes_nothing(world):
    await world.call(ANNA)
    case = await only_case(world)
    for op in OPS:
        told = await world.victor.forges(press(op, case["id"]))
        assert told, op
        assert "viewer" in told or "Only the head" in told or "Too late" in told, (op, told)
    assert await only_case(world) == case
    await world.victor.forges(press("history", case["id"]))
    world.victor.sees("missed call")


async def test_a_stranger_in_the_group_is_refused_in_words(world):
    await world.call(ANNA)
    case = await only_case(world)
    for op in (*OPS, "history", "back", "open"):
        told = await world.zoya.forges(press(op, case["id"]))
        assert "not yours" in told, (op, told)
    assert await only_case(world) == case
    world.olga.sees("🔴")
    for command in ("/missed", "/digest", "/settings", "/selftest", "/help", "/start"):
        before = len(standing(world))
        await world.zoya.says(command)
        assert len(standing(world)) == before + 1, command
        told = world.zoya.sees("not in this team", str(world.zoya.id))
        assert "•••" not in shown_text(told)


async def test_a_refusal_is_logged(world):
    await world.call(ANNA)
    world.olga.sees("🔴")
    case = await only_case(world)
    with structlog.testing.capture_logs() as logs:
        await world.zoya.forges(press("take", case["id"]))
        await world.zoya.forges("garbage")
        await world.zoya.forges("s:page:1:2")
    refused = [entry for entry in logs if entry["event"] == "press refused"]
    assert [entry["who"] for entry in refused] == [world.zoya.id] * 3


FORGED = [
    *("", ":", "c", "c:", "c:take", "c:take::", "c:take:x:", "c:take:-1:", "c:take:1:2:3", "x" * 64, "c:nothing:1:"),
    *("c:take:99999999999999999999:", "c:take:9223372036854775807:", "c:take:12345:", "c:take:1e3:", "c:take:²:"),
    *("c:more:1:x", "c:reason:1:~00", "c:snooze:1:x", "c:open:777:", "c:block:1:no", "я" * 32, "c:take:1\0:"),
    *("s:page:1:1", "s:page:x:1", "s:queue:0", "s:open:0:1", "s:tab:99999999999999999999:open", "s:x:0:", "s::0:"),
]


@pytest.mark.parametrize("data", FORGED)
async def test_forged_data_is_answered_in_words_and_changes_nothing(world, data):
    for person in (world.zoya, world.victor):
        told = await person.forges(data)
        assert "not yours" in told or "no longer valid" in told or "viewer" in told, (data, told)
    assert "failed" not in await _states(world)


async def test_forged_data_of_a_manager_on_a_real_case(world):
    await world.call(ANNA)
    case = await only_case(world)
    for op in ("reason:nothing", "reason:~0011223344556677", "snooze:3y", "to:", "block:no", "x:", "history:²"):
        told = await world.olga.forges(press(op, case["id"]))
        assert told or op.startswith("history"), op
    assert (await only_case(world))["state"] == "open"
    assert (await only_case(world))["snoozed_until"] is None
    assert "failed" not in await _states(world)
    world.look_away()


async def _states(world: World) -> set[str]:
    async with world.database.read() as c:
        return {row[0] for row in await c.exec_driver_sql("SELECT state FROM updates")}


async def test_teams_never_see_one_another(world):
    """Promise 17: a case of another team, a chat of another team, and a member of both."""
    await other_team(world, "Taras")
    await world.call(ANNA)
    case = await only_case(world)
    assert [row["chat_id"] for row in await card_rows(world)] == [1]
    assert standing(world, OTHER_GROUP) == []
    # Zoya is in the other group only as a guest; Taras works in both, but Aurora is not at home there.
    await world.taras.says("/missed", chat=OTHER_GROUP)
    queue = world.taras.sees("Borealis", "did not get through: 0", chat=OTHER_GROUP)
    for data in (press("take", case["id"]), press("open", case["id"]), press("number", case["id"])):
        told = await world.taras.forges(data, chat=OTHER_GROUP)
        assert "not yours" in told, (data, told)
    told = await world.taras.forges(
        data_of(queue, "Refresh").replace("refresh", "open") + str(case["id"]), chat=OTHER_GROUP
    )
    assert "no longer valid" in told
    world.taras.does_not_see("•••", chat=OTHER_GROUP)
    # In Aurora's own group he acts for Aurora.
    assert "yours now" in await world.taras.presses("Take")
    world.taras.sees("Taras took it")


async def test_in_private_a_member_of_two_teams_has_both_queues(world):
    await other_team(world, "Taras")
    await world.call(ANNA)
    world.taras.sees("🔴")
    await world.taras.writes("/start")
    world.taras.sees_in_private("Aurora", "Borealis")
    await world.taras.writes("/missed")
    world.taras.sees_in_private("Aurora", "did not get through: 1")
    world.taras.sees_in_private("Borealis", "did not get through: 0")


async def test_a_screen_of_another_team_is_not_turned(world):
    await other_team(world, "Taras")
    await world.taras.says("/missed", chat=OTHER_GROUP)
    refresh = data_of(world.taras.sees("Borealis", chat=OTHER_GROUP), "Refresh")
    assert "not yours" in await world.olga.forges(refresh)
    assert "not yours" in await world.taras.forges(refresh)  # his team, but not its chat
    assert await world.taras.forges(refresh, chat=OTHER_GROUP) == "Updated"


async def test_somebody_removed_from_the_team_is_a_stranger(world):
    await world.call(ANNA)
    world.olga.sees("🔴")
    async with world.database.write() as c:
        await c.exec_driver_sql(f"UPDATE members SET removed_at = created_at WHERE id = {world.taras.member_id}")
        await c.exec_driver_sql(f"UPDATE teams SET revision = revision + 1 WHERE id = {world.team_id}")
    assert "not yours" in await world.taras.presses("Take")
    world.olga.sees("🔴")


async def test_settings_are_the_heads_and_take_only_what_is_offered(world):
    await world.olga.says("/settings")
    world.olga.sees("Only the head")
    await world.iryna.says("/settings")
    quiet = data_of(world.iryna.sees("Settings"), "quiet")
    assert "Only the head" in await world.olga.forges(quiet)
    for arg in ("maybe", "yes", "ON", ""):
        assert "no longer valid" in await world.iryna.forges(quiet.rpartition(":")[0] + ":" + arg), arg
    lang = quiet.replace("quiet", "lang").rpartition(":")[0]
    assert "no longer valid" in await world.iryna.forges(f"{lang}:de")
    await world.iryna.presses("Reasons")
    drop = data_of(world.iryna.sees("Reasons"), "✖ Spam")
    await world.iryna.presses("✖ Spam")
    assert "no longer valid" in await world.iryna.forges(drop)
    world.iryna.sees("Reasons", "Duplicate")
    assert await world.iryna.forges(f"{lang}:uk") != ""
    world.iryna.sees("Налаштування")
    assert world.messages(GROUP)
