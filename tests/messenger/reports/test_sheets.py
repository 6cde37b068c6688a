"""Tables of a report on a screen: whatever the names and figures, no line is wider than a phone."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.report_sheets import LINE, USUAL, Sheet, rich_table, span_text, text_table
from messenger.report_words import ReportWords

NAMES = st.text(max_size=60)
TITLES = NAMES.map(lambda text: " ".join(text.split()))  # our own words: any, but in one line
FIGURES = st.integers(0, 9_999_999).map(str) | st.sampled_from(["—", "72:12:10", "12 345 ↑6 789", "0 (0%)", "100%"])


@st.composite
def some_sheets(draw) -> Sheet:
    width, height = draw(st.integers(1, 13)), draw(st.integers(1, 8))
    heads = draw(st.lists(TITLES, min_size=width + 1, max_size=width + 1))
    rows = [(draw(NAMES), *draw(st.lists(FIGURES, min_size=width, max_size=width))) for _ in range(height)]
    return Sheet(heads=tuple(heads), rows=tuple(rows), has_total=draw(st.booleans()))


@given(some_sheets())
def test_no_line_is_wider_than_a_phone_and_every_number_has_its_title(sheet):
    found = text_table(sheet)
    lines = found.text.split("\n")
    assert max(map(len, lines)) <= LINE
    assert len(lines) - len(sheet.rows) in (0, 1)
    for place, legend in enumerate(found.legend, 1):
        assert legend == f"{place} {sheet.heads[place]}"


@given(some_sheets())
def test_a_real_table_keeps_every_cell_whatever_is_written_in_it(sheet):
    reader = _Cells()
    reader.feed(str(rich_table(sheet)))
    reader.close()
    assert set(reader.tags) <= {"table", "tr", "th", "td"}
    has_heads = any(sheet.heads)
    assert len(reader.widths) == len(sheet.rows) + has_heads
    assert set(reader.widths) == {len(sheet.heads)}


def test_short_titles_stand_over_their_columns_and_long_ones_become_numbers():
    short = Sheet(heads=("", "Cases", "Calls"), rows=(("waiting", "1", "2"),))
    assert text_table(short).text.split("\n")[0].split() == ["Cases", "Calls"]
    assert text_table(short).legend == ()
    long = Sheet(heads=("", "Target calls called back", "Target missed"), rows=(("Anna", "10", "2"),))
    assert text_table(long).text == "            1 2\nAnna       10 2"
    assert text_table(long).legend == ("1 Target calls called back", "2 Target missed")


def test_spans_as_a_clock_shows_them():
    assert [span_text(seconds) for seconds in (0, 5, 65, 3599, 3600, 93784)] == [
        *("0:00", "0:05", "1:05", "59:59"),
        *("1:00:00", "26:03:04"),
    ]


class _Cells(HTMLParser):
    """Counts the cells of each row."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.widths: list[int] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "tr":
            self.widths.append(0)
        elif tag in ("td", "th"):
            self.widths[-1] += 1


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
@pytest.mark.parametrize("kind", ["calls", "tickets"])
def test_the_usual_columns_fit_side_by_side_on_a_phone(kind, language):
    """With the row's name and figures such as 1:02:05 a column has room for eight signs."""
    heads = [ReportWords(kind, language).head(key) for key in USUAL[kind]]
    assert max(map(len, heads)) <= 9
    assert sum(map(len, heads)) <= 28
