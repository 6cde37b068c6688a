"""What is said is kept once, read back for any span, and told to whom it concerns."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from followup.duty import store
from followup.duty.actions import end_away
from followup.duty.rules import began_at, status_at
from followup.duty.tables import duty
from followup.errors import FollowupError
from followup.ledger.tables import ledger
from followup.notices.tables import letters
from followup.teams.desk import Desk
from followup.teams.store import load_book
from followup.teams.tables import members
from tests.duty.office import PEOPLE, TEN, at


async def test_facts_before_the_span_are_known_by_their_last_one(office):
    here = await office()
    await here.says("Olga", "available", 0)
    await here.says("Olga", "away", 10, until=25)
    await here.says("Taras", "off", 12)
    await here.says("Olga", "off", 60)
    facts = await here.facts(20, 40)
    assert {who: [fact.status for fact in facts.get(here.ids[who], ())] for who in PEOPLE} == {
        "Olga": ["away"],
        "Taras": ["off"],
        "Iryna": [],
        "Victor": [],
    }
    assert [status_at(facts, here.ids["Olga"], at(minute)) for minute in (20, 25, 40)] == [
        "away",
        "available",
        "available",
    ]
    whole = await here.facts(-10, 60)
    assert [fact.status for fact in whole[here.ids["Olga"]]] == ["available", "away", "off"]
    assert began_at(whole) == TEN
    assert await here.facts(-10, -5) == {}


async def test_a_span_says_of_each_of_its_moments_what_all_facts_say(office):
    here = await office()
    for minute in range(0, 100, 7):
        who, status = ("Olga", "Taras")[minute % 2], ("available", "away", "off")[minute % 3]
        await here.says(who, status, minute, **({"until": minute + 9} if status == "away" else {}))
    everything = await here.facts(-1, 200)
    for begins in range(0, 120, 11):
        part = await here.facts(begins, begins + 30)
        for who in ("Olga", "Taras", "Iryna"):
            for minute in range(begins, begins + 31):
                told = status_at(part, here.ids[who], at(minute))
                assert told == status_at(everything, here.ids[who], at(minute)), (begins, who, minute)


async def test_a_press_that_comes_twice_is_one_fact_and_one_line_of_the_ledger(office):
    here = await office()
    assert await here.says("Olga", "available", 0, key="u:7")
    assert not await here.says("Olga", "off", 5, key="u:7")
    assert [row.status for row in await here.rows(duty)] == ["available"]
    assert [(row.kind, row.member_id, row.data["status"]) for row in await here.rows(ledger)] == [
        ("duty", here.ids["Olga"], "available")
    ]


async def test_teams_know_nothing_of_one_another(office):
    here, there = await office(), await office("Borealis", 101)
    await here.says("Olga", "available", 0, key="u:1")
    assert await there.facts(0, 60) == {}
    await there.says("Olga", "off", 0, key="u:1")
    assert [fact.status for fact in (await here.facts(0, 60))[here.ids["Olga"]]] == ["available"]
    async with here.database.read() as c:
        assert (await store.watch_of(c, there.team_id, (TEN, at(60)))).groups[None] == {
            there.ids[name] for name in ("Olga", "Taras", "Iryna")
        }


async def test_a_watch_knows_who_works_where(office):
    here = await office()
    async with here.database.read() as c:
        assert (await store.watch_of(c, here.team_id, (TEN, at(60)))).was_anyone_available(
            "Sales", (TEN, at(60))
        ) is None
    await here.says("Taras", "available", 0)
    async with here.database.read() as c:
        watch = await store.watch_of(c, here.team_id, (TEN, at(60)))
    assert watch.groups["Sales"] == {here.ids["Olga"], here.ids["Iryna"]}
    assert watch.was_anyone_available("Sales", (TEN, at(60))) is False
    assert watch.was_anyone_available(None, (TEN, at(60))) is True


async def test_who_is_removed_is_off_from_then_on_and_was_there_before(office):
    here = await office()
    await here.says("Taras", "available", 0)
    async with here.database.write() as c:
        gone = (members.c.team_id == here.team_id) & (members.c.id == here.ids["Taras"])
        await c.execute(update(members).where(gone).values(removed_at=at(30)))
    facts = await here.facts(0, 60)
    assert [status_at(facts, here.ids["Taras"], at(minute)) for minute in (29, 30, 59)] == ["available", "off", "off"]
    async with here.database.read() as c:
        watch = await store.watch_of(c, here.team_id, (TEN, at(60)))
    assert watch.was_anyone_available(None, (TEN, at(10))) is True
    assert watch.was_anyone_available(None, (at(30), at(60))) is False


REFUSED = [
    ("Taras", "off", {"of": "Olga"}, "team_only_head"),
    ("Victor", "available", {}, "viewer_cannot"),
    ("Iryna", "available", {"of": "Victor"}, "viewer_cannot"),
    ("Olga", "away", {"until": 0}, "moment_past"),
    ("Olga", "away", {"until": 24 * 60 + 1}, "bad_moment"),
]


@pytest.mark.parametrize(("who", "status", "more", "key"), REFUSED)
async def test_what_is_refused_leaves_nothing(office, who, status, more, key):
    here = await office()
    with pytest.raises(FollowupError) as refused:
        await here.says(who, status, 0, **more)
    assert refused.value.key == key
    assert await here.rows(duty) == []
    assert await here.rows(ledger) == []


async def test_a_stranger_to_the_team_has_no_status(office):
    here = await office()
    here.ids["Nobody"] = 12345
    with pytest.raises(FollowupError, match="no_such_member"):
        await here.says("Iryna", "off", 0, of="Nobody")


async def test_whose_status_a_head_sets_is_told_in_his_own_chat(office):
    here = await office()
    await here.says("Iryna", "off", 0, of="Olga")
    await here.says("Olga", "available", 1)
    assert [(row.kind, row.payload["by"], row.payload["member_id"]) for row in await here.rows(letters)] == [
        ("duty", "Iryna", here.ids["Olga"])
    ]


async def test_the_end_of_a_stay_away_is_told_once_and_only_to_whom_it_ends(office):
    here = await office()
    await here.says("Olga", "away", 0, until=15)
    await here.says("Taras", "away", 0, until=15)
    await here.says("Taras", "off", 5)
    await here.says("Iryna", "available", 0, until=15)  # an end is of a stay away alone
    async with here.database.read() as c:
        assert await store.over_by(c, at(14)) == []
        over = await store.over_by(c, at(15))
    assert len(over) == 2
    for team_id, fact_id in over * 2:
        async with here.database.write() as c:
            await end_away(Desk(c, await load_book(c, team_id), at(15)), fact_id)
    assert [(row.payload["what"], row.payload["member_id"]) for row in await here.rows(letters)] == [
        ("back", here.ids["Olga"])
    ]
    async with here.database.read() as c:
        assert await store.over_by(c, at(500)) == []
