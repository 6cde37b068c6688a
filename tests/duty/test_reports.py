"""Duty in the reports: why nobody called an order back (P5.4, P5.5, X28), and how busy people were (S3)."""

from __future__ import annotations

from datetime import date

from followup.teams import actions as teams
from tests.reports.company import ANNA, BORYS, VIRA, Company, kyiv
from tests.reports.facts import DutySaid


async def say(company: Company, *said: DutySaid) -> None:
    for each in said:
        await company.says(each)


async def reasons(company: Company) -> dict[str, int]:
    found = (await company.total("callbacks"))["reasons"]
    return {reason: number for reason, number in found.items() if number}


async def test_without_duty_operators_did_not_call(company):
    here = await company()
    await here.posts(here.ordered("A", ANNA, kyiv(20, 10)))
    assert await reasons(here) == {"operators_did_not_call": 1}


async def test_nobody_available_for_the_whole_window_is_unavailable(company):
    """Friday 10:00 until Monday's closing at 18:00."""
    here = await company()
    await say(here, DutySaid(kyiv(19, 9), "Olga", "available"), DutySaid(kyiv(19, 18), "Olga", "off"))
    await here.posts(here.ordered("A", ANNA, kyiv(20, 10)))
    assert await reasons(here) == {"operators_unavailable": 1}


async def test_one_minute_of_somebody_in_the_window_is_enough(company):
    here = await company()
    await say(
        here,
        DutySaid(kyiv(19, 9), "Olga", "off"),
        DutySaid(kyiv(23, 17, 58), "Taras", "available"),
        DutySaid(kyiv(23, 17, 59), "Taras", "off"),
    )
    await here.posts(here.ordered("A", ANNA, kyiv(20, 10)))
    assert await reasons(here) == {"operators_did_not_call": 1}


async def test_a_break_that_ended_by_itself_before_the_deadline_is_presence(company):
    here = await company()
    await say(here, DutySaid(kyiv(20, 9), "Olga", "away", kyiv(20, 11)))
    await here.posts(here.ordered("A", ANNA, kyiv(20, 10)))
    assert await reasons(here) == {"operators_did_not_call": 1}


async def test_a_break_without_end_is_absence(company):
    here = await company()
    await say(here, DutySaid(kyiv(20, 9), "Olga", "away"))
    await here.posts(here.ordered("A", ANNA, kyiv(20, 10)))
    assert await reasons(here) == {"operators_unavailable": 1}


async def test_orders_before_the_team_began_to_use_duty_are_not_judged_by_it(company):
    here = await company()
    await say(here, DutySaid(kyiv(20, 10, 1), "Olga", "off"))
    await here.posts(here.ordered("A", ANNA, kyiv(20, 10)), here.ordered("A", BORYS, kyiv(20, 10, 1)))
    assert await reasons(here) == {"operators_did_not_call": 1, "operators_unavailable": 1}


async def test_only_the_people_of_the_widgets_group_count(company):
    here = await company()
    async with here.database.write() as c:
        new = teams.NewLine(number="A", name="Widget A", kind="widget", group="Front")
        await teams.add_line(c, here.team_id, new, kyiv(1, 9))
        olga = teams.NewMember(name="Olga", telegram_id=1, role="head", groups=("Front",))
        await teams.add_member(c, here.team_id, olga, kyiv(1, 9))
    await say(here, DutySaid(kyiv(19, 9), "Taras", "available"))
    await here.posts(here.ordered("A", ANNA, kyiv(20, 10)), here.ordered("B", BORYS, kyiv(20, 10)))
    assert await reasons(here) == {"operators_did_not_call": 1, "operators_unavailable": 1}


async def test_an_attempt_says_more_than_absence(company):
    here = await company()
    await say(here, DutySaid(kyiv(19, 9), "Olga", "off"))
    await here.posts(here.ordered("A", ANNA, kyiv(20, 10)), here.dialled(ANNA, kyiv(20, 11)))
    assert await reasons(here) == {"client_no_answer": 1}


async def occupancy(company: Company, day: int) -> dict[str | None, float | None]:
    report = await company.report("team", (date(2026, 11, day), date(2026, 11, day)))
    rows = {row["manager"]: row["occupancy"] for row in report["rows"]}
    return rows | {"total": report["total"]["occupancy"]}


async def test_busy_is_talk_of_the_time_on_duty(company):
    """An hour of talk in four hours of duty; Taras, who never said a word, was there for his talk alone."""
    here = await company()
    await say(
        here,
        DutySaid(kyiv(20, 9), "Olga", "available"),
        DutySaid(kyiv(20, 11), "Olga", "away", kyiv(20, 12)),
        DutySaid(kyiv(20, 14), "Olga", "off"),
    )
    await here.posts(
        here.answered(ANNA, kyiv(20, 9, 30), talk=3600, phone="101"),
        here.answered(BORYS, kyiv(20, 9, 30), talk=1800, phone="102"),
        here.answered(VIRA, kyiv(20, 9, 30), talk=1800, phone="103"),
    )
    assert await occupancy(here, 20) == {"Olga": 0.25, "Taras": 1.0, None: None, "total": round(1.5 / 4.5, 4)}


async def test_before_duty_was_used_the_working_time_counts(company):
    """The 19th: nine working hours. The 20th: three of them until the first word, then one of duty."""
    here = await company()
    await say(here, DutySaid(kyiv(20, 12), "Olga", "available"), DutySaid(kyiv(20, 13), "Olga", "off"))
    await here.posts(
        here.answered(ANNA, kyiv(19, 10), talk=3240, phone="101"),
        here.answered(ANNA, kyiv(20, 10), talk=3600, phone="101"),
    )
    assert (await occupancy(here, 19))["Olga"] == 0.1
    assert (await occupancy(here, 20))["Olga"] == 0.25
