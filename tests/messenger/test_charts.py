from __future__ import annotations

import io
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest
from matplotlib.image import imread

from followup.digests.numbers import HourFigures
from messenger.charts import digest_picture
from tests.messenger.days import HOURS, numbers

BLUE, GREY, VERMILION = (0, 114, 178), (180, 193, 204), (213, 94, 0)


def pixels(png):
    return (imread(io.BytesIO(png))[:, :, :3] * 255).round().astype(int)


def area(picture, colour):
    """How much of the plot (below the legend) has the colour."""
    return int((picture[180:610] == colour).all(axis=2).sum())


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
def test_the_picture_has_a_phones_size_and_a_title_in_each_language(language):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a missing glyph is a warning
        picture = pixels(digest_picture(numbers(), language))
    assert picture.shape == (720, 1080, 3)


def test_parts_of_bars_are_as_large_as_their_figures():
    picture = pixels(digest_picture(numbers(), "en"))
    blue, grey, red = (area(picture, colour) for colour in (BLUE, GREY, VERMILION))
    assert 2.8 < blue / grey < 4.0  # 10 and 3, less the figures printed on them
    assert 0.6 < red / grey < 0.75  # 2 and 3
    assert blue + grey + red > 0


def test_an_empty_day_says_so_without_bars():
    picture = pixels(digest_picture(numbers(hours=()), "en"))
    assert [area(picture, colour) for colour in (BLUE, GREY, VERMILION)] == [0, 0, 0]
    assert (picture != picture[0, 0]).any(axis=2)[200:600].sum() > 1000


def test_hours_without_a_miss_are_an_empty_day():
    quiet = tuple(HourFigures(hour=hour, returned=0, by_hand=0, open=0) for hour in range(24))
    assert digest_picture(numbers(hours=quiet), "en") == digest_picture(numbers(hours=()), "en")


def test_a_teams_name_can_hold_anything():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in ("$a$ $\\frac{", "😀 漢字 \u202e", "x" * 300, ""):
            assert digest_picture(numbers(team_name=name), "uk").startswith(b"\x89PNG")


def test_a_night_call_widens_the_day():
    night = (*HOURS, HourFigures(hour=23, returned=0, by_hand=0, open=1))
    assert area(pixels(digest_picture(numbers(hours=night), "en")), BLUE) < area(
        pixels(digest_picture(numbers(), "en")), BLUE
    )


def test_pictures_drawn_at_once_in_threads_are_the_same_as_alone():
    alone = [digest_picture(numbers(), language) for language in ("en", "ru", "uk", "en")]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda language: digest_picture(numbers(), language), ("en", "ru", "uk", "en")))
    assert together == alone
