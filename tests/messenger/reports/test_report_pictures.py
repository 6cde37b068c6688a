from __future__ import annotations

import io
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from matplotlib.image import imread

from followup.health.actions import BlindWindow
from followup.reports.selection import KINDS, selection_of
from messenger.report_pictures import PICTURES, Asked, draw, drawn, main_picture
from messenger.report_pictures.figures import contact_days, contact_people, curve, fingerprint, heat, stack
from messenger.report_pictures.style import THEMES, mixed, readable_on
from messenger.report_pictures.table import grid
from tests.messenger.reports.told import report

EVERY = [(kind, name) for kind in KINDS for name in PICTURES[kind]]
# What was drawn, told by its figures: other numbers here mean other pictures, to be looked at again.
GOLDEN = {
    "missed days": "45778b3b14e8a782",
    "missed weeks": "8818001f43bb2873",
    "missed months": "9d636874bd77d9c2",
    "calls days": "e5e1c17e5337047d",
    "callbacks days": "a3bcdaeeb52e6ecc",
    "heat": "bc36481eb3a26f92",
    "curve": "1627877436f02a79",
    "contact": "506b1888e094ddb9",
    "people": "c27abe88ffb4a1f4",
}


def pixels(png):
    return (imread(io.BytesIO(png))[:, :, :3] * 255).round().astype(int)


def quiet(kind):
    """The same days in which nothing happened."""
    told = report(kind)
    total = {key: dict.fromkeys(value, 0) if isinstance(value, dict) else 0 for key, value in told.total.items()}
    return replace(told, rows=(), row_keys=(), total=total, series={})


@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("ru", "dark"), ("uk", "light")])
@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_every_picture_has_a_phones_width_and_every_letter(kind, name, language, theme):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a missing glyph is a warning
        picture = pixels(draw(name, report(kind), language, theme))
    assert picture.shape[1] == 1080
    assert 700 <= picture.shape[0] <= 4000
    assert tuple(picture[0, 0]) == colour(THEMES[theme].paper)


def colour(code):
    return tuple(int(code[at : at + 2], 16) for at in (1, 3, 5))


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_where_nothing_happened_a_sentence_says_so(kind, name):
    empty = pixels(draw(name, quiet(kind), "uk"))
    assert empty.shape == (760, 1080, 3)
    assert (empty != empty[0, 0]).any(axis=2)[480:560].sum() > 1000


def drawn_figures():
    return {
        "missed days": stack(report("missed")),
        "missed weeks": stack(report("missed", days=90)),
        "missed months": stack(report("missed", days=365)),
        "calls days": stack(report("calls")),
        "callbacks days": stack(report("callbacks")),
        "heat": heat(report("missed")),
        "curve": curve(report("missed")),
        "contact": contact_days(report("missed")),
        "people": contact_people(report("team")),
    }


@pytest.mark.parametrize("name", sorted(drawn_figures()))
def test_what_is_drawn_is_what_was_looked_at(name):
    assert fingerprint(drawn_figures()[name]) == GOLDEN[name]


@pytest.mark.parametrize("days", [1, 7, 31, 32, 217, 218, 365])
@pytest.mark.parametrize("kind", ["missed", "calls", "callbacks"])
def test_columns_lose_nothing_however_long_the_period(kind, days):
    told = report(kind, days=days)
    found = stack(told)
    assert sum(column.height for column in found.columns) == sum(map(counted, told.series["days"]))
    assert len(found.columns) <= 33


def counted(day):
    parts = (day["in"], day["out"]) if "in" in day else (day,)
    return sum(figure for part in parts for key, figure in part.items() if key not in {"day", "total"})


def test_a_day_without_calls_keeps_its_place():
    told = report("missed", days=5)
    told = replace(told, series={"days": [day for day in told.series["days"] if day["day"] != "2026-11-13"]})
    found = stack(told)
    assert [column.begins for column in found.columns] == [date(2026, 11, day) for day in range(11, 16)]
    assert found.columns[2].height == 0


def test_weeks_begin_on_monday_and_months_on_the_first():
    assert {column.begins.weekday() for column in stack(report("missed", days=90)).columns} == {0}
    assert {column.begins.day for column in stack(report("missed", days=365)).columns} == {1}


def test_the_largest_part_has_the_largest_area():
    told = report("missed", days=1)
    day = dict.fromkeys(("called_in", "manual", "merged", "expired", "blocked"), 0)
    told = replace(told, series={"days": [{"day": "2026-11-15", "called_out": 30, "open": 10} | day]})
    picture = pixels(draw("days", told, "en"))[350:]
    blue, red = (
        int((picture == colour(THEMES["light"].parts[part][0])).all(axis=2).sum()) for part in ("called_out", "open")
    )
    assert 2.7 < blue / red < 3.3


def test_the_heat_map_has_every_miss():
    told = report("missed")
    found = heat(told)
    assert sum(map(sum, found.hours)) == sum(tile["missed"] for tile in told.series["heat"])
    tuesday = next(tile for tile in told.series["heat"] if tile["weekday"] == 2)
    assert found.hours[tuesday["hour"] - found.first][1] == tuesday["missed"]


def test_a_night_call_widens_the_heat_map():
    told = replace(report("missed"), series={"heat": [{"weekday": 7, "hour": 23, "missed": 1}]})
    found = heat(told)
    assert (found.first, len(found.hours)) == (9, 15)


def test_contacts_count_on_the_day_of_the_first_miss():
    told = report("missed", rows=2)
    midnight = datetime(2026, 11, 9, 22, 30, tzinfo=UTC)  # 0:30 in Kyiv
    rows = [{"first_call_at": midnight, "contact_seconds": seconds} for seconds in (60, 120, None)]
    (day,) = contact_days(replace(told, rows=tuple(rows))).items
    assert (day.name, day.count, day.median) == ("2026-11-10", 2, 90)


def test_managers_stand_by_speed_and_who_reached_nobody_is_left_out():
    told = report("team")
    none = {**told.rows[0], "manager": "Idle", "contact_seconds": {"mean": None, "median": None, "p90": None, "n": 0}}
    found = contact_people(replace(told, rows=(none, *told.rows)))
    assert [item.median for item in found.items] == sorted(item.median for item in found.items)
    assert "Idle" not in {item.name for item in found.items}
    assert contact_people(replace(told, rows=told.rows * 4)).more == 11


def test_the_table_turns_the_report_on_its_side():
    told = report("calls")
    found = grid(Asked(report=told, language="en"))
    assert found.heads[0] == "Total"
    assert found.heads[-1] == "Not assigned 105"
    assert found.cells[found.titles.index("Outgoing")][1] == str(told.rows[0]["outgoing"])
    chosen = grid(Asked(report=told, language="en"), ("incoming", "minutes"))
    assert chosen.titles == ("Minutes in total", "Incoming")


def test_a_table_says_how_many_rows_it_left_out():
    told = report("calls")
    assert grid(Asked(report=replace(told, rows=told.rows * 4), language="en")).more == 24 - 11


def test_stretches_without_data_are_told():
    told = report("missed")
    begins_at = datetime(2026, 11, 3, 11, 5, tzinfo=UTC)
    window = BlindWindow(begins_at=begins_at, ends_at=begins_at + timedelta(minutes=35))
    for windows in ((window,), (window,) * 9):
        told_of = pixels(draw("heat", replace(told, windows=windows), "ru"))
        assert (told_of != pixels(draw("heat", told, "ru"))).any()


def test_names_can_hold_anything():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in ("$a$ $\\frac{", "😀 漢字 \u202e", "x" * 300, "", "<b>&amp;"):
            told = report("team")
            rows = ({**told.rows[0], "manager": name}, *told.rows[1:])
            for picture in PICTURES["team"]:
                assert draw(picture, replace(told, team_name=name, rows=rows), "uk").startswith(b"\x89PNG")


@pytest.mark.parametrize("days", [1, 365])
@pytest.mark.parametrize("kind", KINDS)
def test_any_period_can_be_drawn(kind, days):
    for name in PICTURES[kind]:
        assert draw(name, report(kind, days=days), "en").startswith(b"\x89PNG")


def test_one_client_is_a_curve_too():
    for delays in ([(0.0, True)], [(0.5, True)], [(3000.0, True)], [(1.0, False)]):
        assert draw("curve", replace(report("missed"), series={"delays": delays}), "en").startswith(b"\x89PNG")


def test_pictures_drawn_at_once_in_threads_are_the_same_as_alone():
    asked = [("days", "en"), ("heat", "ru"), ("curve", "uk"), ("contact", "ru")]
    alone = [draw(name, report("missed"), language) for name, language in asked]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda each: draw(each[0], report("missed"), each[1]), asked)) == alone


async def test_a_picture_is_drawn_off_the_loop():
    told = report("calls")
    assert await drawn(main_picture(told), told, "en") == draw("days", told, "en")


def test_figures_on_colours_can_be_read():
    for theme in THEMES.values():
        for code, _ in theme.parts.values():
            assert contrast(code, readable_on(code)) >= 3
        assert contrast(theme.paper, theme.ink) >= 10
        assert contrast(theme.paper, theme.quiet) >= 4.5
    assert mixed("#000000", "#FFFFFF", 0.5) == "#808080"


def contrast(one, other):
    """W3C's measure."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(code):
    parts = [part / 255 for part in colour(code)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_period_before_anything_is_empty():
    told = replace(report("missed"), selection=selection_of("missed", "2020-01-01", "2020-01-31"))
    assert stack(told).is_empty
