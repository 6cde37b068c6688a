"""Reports in Telegram (M1–M23, P1–P12, R2, R22): one message, chosen, built, compared, kept; the same in three languages."""

from __future__ import annotations

import pytest

from tests.stories.clockwork import start_in_private, watched
from tests.stories.planted import TOTALS, newest, plant_calls, plant_orders, table
from tests.stories.world import GROUP, labels, shown_text


async def test_from_the_kind_to_the_figures_in_one_message(world):
    await plant_calls(world)
    await world.iryna.says("/report")
    first = world.iryna.sees("Report", "What about?")
    await world.iryna.presses("Calls")
    world.iryna.sees("Which days?")
    await world.iryna.presses("This month")
    world.iryna.sees("1–20 Nov 2026", "Build it")
    await world.iryna.presses("Build")
    report = world.iryna.sees("Calls report", "Aurora", "1–20 Nov 2026", "as of 20 Nov 2026, 10:00")
    assert report["message_id"] == first["message_id"]
    rows = table(report)
    assert rows[""] == ["All", "In", "Out", "Missed", "Call back"]
    assert rows["Total"] == [str(number) for number in TOTALS.values()]
    assert rows["Olga"] == ["2", "2", "0", "0", "0"]
    assert rows["Taras"] == ["3", "0", "3", "0", "0"]
    assert rows["Not assigned"] == ["5", "5", "0", "5", "4"]


@pytest.mark.parametrize(
    ("language", "said", "seen"),
    [
        ("en", "calls 30 days", ("Calls report", "22 Oct – 20 Nov 2026", "Total | 10")),
        ("ru", "звонки 30 дней", ("Отчёт по звонкам", "22 окт. – 20 нояб. 2026", "Итого | 10")),
        ("uk", "дзвінки 30 днів", ("Звіт про дзвінки", "22 жовт. – 20 лист. 2026", "Разом | 10")),
        ("uk", "calls month", ("Звіт про дзвінки", "Разом | 10")),
        ("ru", "пропущенные 9.11-19.11", ("Отчёт о пропущенных", "9–19 нояб. 2026", "Итого")),
        ("en", "team last week", ("Team report", "9–15 Nov 2026", "Taras | 2 | 2 | 0 | 2")),
        ("en", "missed yesterday", ("Missed calls report", "19 Nov 2026", "waiting | 1 | 1")),
    ],
)
async def test_one_line_in_three_languages(database, language, said, seen):
    async with watched(database, language=language) as world:
        await plant_calls(world)
        await world.olga.says(f"/report {said}")
        text = shown_text(world.olga.sees(seen[0]))
        for part in seen[1:]:
            assert part in text.replace("\u2009", " ").replace("\xa0", " "), f"{part!r} is not in\n{text}"


async def test_callback_orders_as_phonet_counts_them(world):
    await plant_calls(world)
    await plant_orders(world)
    await world.iryna.says("/report callbacks 16.11")
    report = newest(world, GROUP)
    figures = table(report)
    assert figures["Ordered"] == ["3"]
    assert figures["Successful callbacks"] == ["1 (33%)"]
    assert figures["Not successful"] == ["2 (67%)"]
    assert figures["· Operators didn't call"] == ["2"]
    assert table(report, 1)["Total"][:3] == ["3", "1", "2"]


async def test_periods_follow_one_another_and_are_compared(world):
    await plant_calls(world)
    await world.iryna.says("/report calls last week")
    assert table(world.iryna.sees("9–15 Nov 2026"))["Total"][0] == "7"
    await world.iryna.presses("16–22 Nov ▶")
    assert table(world.iryna.sees("16–22 Nov 2026"))["Total"][0] == "3"
    await world.iryna.presses("Compare")
    compared = world.iryna.sees("against 9–15 Nov 2026")
    assert table(compared)["Total"] == ["3 ↓4", "2 ↓3", "1 ↓1", "1 ↓3", "0 ↓4"]
    assert "✅ ⇅ Compare" in labels(compared)
    await world.iryna.presses("◀ 9–15 Nov")
    assert table(world.iryna.sees("against 2–8 Nov 2026"))["Total"][0] == "7 ↑7"


async def test_filters_and_options_by_toggles(world):
    await plant_calls(world)
    await world.iryna.says("/report calls this month")
    world.look_away()
    await world.iryna.presses("Change")
    await world.iryna.presses("Managers: All")
    await world.iryna.presses("Not assigned")
    await world.iryna.presses("Taras")
    await world.iryna.presses("Done")
    world.iryna.sees("Manager: Not assigned, Taras")
    await world.iryna.presses("Missed and unsuccessful not shown")
    await world.iryna.presses("Build")
    report = world.iryna.sees("Manager: Not assigned, Taras", "Missed and unsuccessful not shown")
    rows = table(report)
    assert rows[""] == ["All", "In", "Out"]  # M4: three columns are gone
    assert rows["Total"] == ["2", "0", "2"]
    assert "Olga" not in rows


async def test_days_by_the_calendar_in_whichever_order(world):
    await plant_calls(world)
    await world.olga.says("/report calls")
    await world.olga.presses("Calendar")
    world.olga.sees("Press the first day")
    await world.olga.presses("‹")
    await world.olga.presses("›")
    await world.olga.presses("15")
    world.olga.sees("Sun, 15 Nov", "Now press the last day")
    await world.olga.presses("9")
    world.olga.sees("9–15 Nov 2026", "Build it")
    assert await world.olga.forges(f"s:day:{_screen(world)}:2026-02-31") == "This button is no longer valid"


async def test_typed_days_are_understood_or_refused_with_an_example(world):
    await plant_calls(world)
    await world.olga.says("/report calls")
    world.look_away()
    await world.olga.presses("Type dates")
    question = world.olga.sees("Olga, which days", "1.11–15.11")
    await world.olga.says("the day of days", reply_to=question)
    world.olga.sees("“the day of days” is no period", "1.11–15.11")
    await world.taras.says("1.11-15.11", reply_to=question)
    world.taras.sees("This question is for Olga")
    await world.olga.says("9–15 ноября", reply_to=question)
    world.olga.sees("9–15 Nov 2026", "Build it")
    assert question["message_id"] not in [message["message_id"] for message in world.messages()]


async def test_a_restart_changes_nothing_and_old_buttons_answer(world):
    await plant_calls(world)
    await world.iryna.says("/report calls last week")
    screen = _screen(world)
    await world.iryna.presses("Open numbers")
    await world.restart()
    await world.iryna.presses("Olga")
    world.iryna.sees("Olga", "Which number to open?")
    await world.iryna.presses("Report")
    assert table(newest(world, GROUP))["Total"][0] == "7"
    for data in ("kind:x", "step:call", "row:zzz", "figure:nothing", "move:1", "page:-1", "call:x", "mark:1", "stop:9"):
        op, _, arg = data.partition(":")
        told = await world.iryna.forges(f"s:{op}:{screen}:{arg}")
        assert told == "This button is no longer valid", (data, told)
    assert await world.iryna.forges(f"s:build:{screen + 99}:") != ""


async def test_columns_are_kept_for_each_person(world):
    await plant_calls(world)
    await start_in_private(world, "Iryna", "Olga")
    await world.iryna.writes("/report calls this month")
    await world.iryna.presses("Columns", chat=world.iryna.id)
    for title in ("Outgoing", "Target missed", "Target called back", "Minutes in total"):
        await world.iryna.presses(title, chat=world.iryna.id)
    await world.iryna.presses("Done", chat=world.iryna.id)
    wanted = ["All", "In", "Minutes in total"]
    assert table(newest(world, world.iryna.id))[""] == wanted
    await world.restart()
    await world.iryna.writes("/report calls yesterday")
    assert table(newest(world, world.iryna.id))[""] == wanted
    await world.olga.writes("/report calls yesterday")
    assert len(table(newest(world, world.olga.id))[""]) == 5
    world.look_away()


async def test_who_may_read_and_who_may_not(world):
    await plant_calls(world)
    await world.victor.says("/report calls last week")
    assert table(world.victor.sees("Calls report"))["Total"][0] == "7"
    await world.taras.presses("Compare")  # in a group the report is everybody's
    world.taras.sees("against 2–8 Nov")
    assert "not yours" in await world.zoya.presses("Compare")
    await world.zoya.says("/report calls last week")
    world.zoya.sees("1005")  # the stranger is told his id
    await world.zoya.writes("/report")
    world.zoya.sees_in_private("1005")


@pytest.mark.parametrize("said", ["blah", "calls blah", "calls week every blah", "team calls missed", "calls 31.02"])
async def test_what_is_not_understood_is_refused_with_what_is(world, said):
    await world.olga.says(f"/report {said}")
    refused = shown_text(newest(world, GROUP))
    assert ("I know calls, missed, callbacks, team" in refused) or ("every Mon 09:00" in refused)


def _screen(world) -> int:
    """The id of the newest message's screen, as its buttons carry it."""
    rows = world.messages()[-1]["reply_markup"]["inline_keyboard"]
    return int(rows[0][0]["callback_data"].split(":")[2])
