"""Pictures of tickets: every grouping, gaps in time, the largest groups only, and the overall mean of all tickets."""

from __future__ import annotations

import io
import warnings
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from matplotlib.image import imread

from followup.reports.selection import VALUES, selection_of
from messenger.report_pictures import draw
from messenger.report_pictures.ticket_figures import ticket_groups
from tests.messenger.reports.told import _tickets_total, report, ticket_figures

NAMES = {
    "hour": [str(hour) for hour in range(8, 20)],
    "day": [f"2026-11-{day:02}" for day in range(1, 16)],
    "week": ["2026-10-26", "2026-11-02", "2026-11-09"],
    "month": ["2026-11"],
    "employee": ["Anna Kovalenko", "Ганна $5$", None],
    "group": ["sales", None],
    "channel": ["phone", "telegram", "vk"],
    "topic": ["Delivery › Abroad", None],
}


def grouped(by, names=None, **options):
    chance = Random(3)
    rows = tuple({by: name} | ticket_figures(chance) for name in names or NAMES[by])
    return replace(report("tickets", options={"by": by, **options}), rows=rows, total=_tickets_total(rows))


@pytest.mark.parametrize(("language", "theme"), [("en", "dark"), ("uk", "light")])
@pytest.mark.parametrize("name", ["closed", "wait", "handling"])
@pytest.mark.parametrize("by", VALUES["by"])
def test_every_grouping_is_drawn_with_every_letter(by, name, language, theme):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a missing glyph is a warning
        png = draw(name, grouped(by, basis="closed", clock="working"), language, theme)
    picture = imread(io.BytesIO(png))
    assert picture.shape[1] == 1080
    assert 700 <= picture.shape[0] <= 4000


def test_a_day_without_tickets_is_a_gap_and_not_left_out():
    shown = ticket_groups(grouped("day", ["2026-11-02", "2026-11-05"]), "closed", "en")
    assert [group.name for group in shown.items] == [str(day) for day in range(1, 16)]
    assert [place for place, group in enumerate(shown.items) if group.of] == [1, 4]


def test_weeks_are_named_by_mondays_though_the_period_begins_later():
    shown = ticket_groups(grouped("week"), "wait_seconds", "en")
    assert [group.name for group in shown.items] == ["26", "2", "9"]
    assert all(group.count for group in shown.items)


def test_of_many_people_the_first_dozen_and_how_many_are_left():
    shown = ticket_groups(grouped("employee", [f"Member {n}" for n in range(20)]), "wait_seconds", "en")
    assert (len(shown.items), shown.more) == (12, 8)


def test_the_overall_mean_is_that_of_all_tickets():
    told = grouped("channel")
    shown = ticket_groups(told, "handling_seconds", "en")
    total = told.total["handling_seconds"]
    assert (shown.overall, shown.measured, shown.none_yet) == (total["mean"], total["n"], total["none_yet"])


@pytest.mark.parametrize("name", ["closed", "wait", "handling"])
def test_nothing_is_a_calm_sentence(name):
    empty = grouped("day", ["2026-11-02"])
    nothing = replace(empty, rows=(), total=_tickets_total(()))
    assert draw(name, nothing, "en") != draw(name, empty, "en")


def test_a_year_by_day_is_drawn():
    told = grouped("day")
    year = selection_of("tickets", date(2025, 11, 16), date(2026, 11, 15), options={"by": "day"})
    assert draw("wait", replace(told, selection=year), "en")
