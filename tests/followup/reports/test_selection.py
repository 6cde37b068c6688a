from datetime import UTC, datetime, timedelta

import pytest

from followup.errors import FollowupError
from followup.reports.selection import Selection, selection_of


def week(**more) -> Selection:
    return selection_of("calls", "2026-11-16", "2026-11-22", **more)


def test_both_dates_are_included():
    span = week().span("Europe/Kyiv")
    assert span == (datetime(2026, 11, 15, 22, tzinfo=UTC), datetime(2026, 11, 22, 22, tzinfo=UTC))


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)])
def test_a_day_is_as_long_as_its_clocks_say(day, hours):
    begins, ends = selection_of("calls", day, day).span("Europe/Kyiv")
    assert ends - begins == timedelta(hours=hours)


def test_it_survives_being_stored():
    chosen = week(filters={"line": ["+380441112233", "site"], "manager": "none"}, options={"first_call": "On"})
    assert Selection.from_json(chosen.to_json()) == chosen
    assert chosen.is_on("first_call")
    assert not chosen.is_on("hide_missed")
    assert chosen.filters == {"manager": ("none",), "line": ("+380441112233", "site")}


def test_an_empty_filter_is_none():
    assert week(filters={"line": ["", " "]}).filters == {}


@pytest.mark.parametrize(
    ("asked", "setting", "expected"),
    [
        (("sales", "2026-11-16", "2026-11-22"), "kind", "callbacks, calls, missed, team"),
        (("calls", "16.11.2026", "2026-11-22"), "from", "2026-11-20"),
        (("calls", "2026-11-16", "0001-01-01"), "to", "2000-01-01"),
        (("calls", "2026-11-16", "2026-11-15"), "to", "2026-11-16 or later"),
        (("calls", "2010-11-16", "2026-11-15"), "to", "3660 days"),
        (("calls", "2026-11-16", "2026-11-22", {"widget": ["x"]}), "filter", "manager, line"),
        (("calls", "2026-11-16", "2026-11-22", {}, {"colour": "yes"}), "option", "hide_missed"),
        (("team", "2026-11-16", "2026-11-22", {}, {"first_call": "yes"}), "option", "none"),
        (("calls", "2026-11-16", "2026-11-22", {}, {"first_call": "maybe"}), "first_call", "yes | no"),
    ],
)
def test_what_no_report_knows_is_refused_by_name(asked, setting, expected):
    with pytest.raises(FollowupError) as refused:
        selection_of(*asked)
    assert refused.value.key == "bad_setting"
    assert refused.value.values["setting"] == setting
    assert expected in refused.value.values["expected"]
