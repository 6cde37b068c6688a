from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from followup.health.actions import BlindWindow
from followup.reports import callbacks, calls, missed, team, tickets
from followup.reports.selection import FILTERS, KINDS, OPTIONS, selection_of
from messenger.report_words import SPREAD, ReportWords, fixed_words, head_lines, window_words
from tests.messenger.reports.told import KEYS, report

LANGUAGES = ("en", "ru", "uk")
EVERY_KEY = [(kind, key) for kind in KINDS for key in KEYS[kind]]
SHORTEST_TABLE_TITLE = 22
COLUMNS_OF = {
    "callbacks": callbacks.columns_of,
    "calls": calls.columns_of,
    "missed": missed.columns_of,
    "team": team.columns_of,
    "tickets": tickets.columns_of,
}

pytestmark = pytest.mark.parametrize("language", LANGUAGES)


@pytest.mark.parametrize(("kind", "key"), EVERY_KEY)
def test_every_column_has_two_titles_and_a_definition(kind, key, language):
    words = ReportWords(kind, language)
    assert 0 < len(words.title(key)) <= SHORTEST_TABLE_TITLE
    assert words.long_title(key)
    assert re.fullmatch(r"[A-Z]\d+(\.\d+)?: \S.+\.", words.definition(key))


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_columns_of_a_report_share_a_title(kind, language):
    words = ReportWords(kind, language)
    for title in (words.title, words.long_title):
        said = [title(key) for key in KEYS[kind]]
        assert sorted(said) == sorted(set(said))


def test_parts_of_a_spread_are_told_apart(language):
    words = ReportWords("team", language)
    parts = {words.title(f"contact_seconds.{part}") for part in SPREAD}
    assert len(parts) == len(SPREAD)
    assert all(part.startswith(words.title("contact_seconds") + ": ") for part in parts)


def test_an_unknown_column_is_a_bug(language):
    with pytest.raises(KeyError):
        ReportWords("calls", language).title("conversion")


def test_every_kind_filter_and_option_has_a_name(language):
    said = fixed_words(language)
    assert set(said["kinds"]) == set(KINDS)
    assert set(said["filters"]) >= {name for names in FILTERS.values() for name in names}
    assert set(said["options"]) >= {name for names in OPTIONS.values() for name in names}


def test_a_head_tells_whose_when_and_what_was_chosen(language):
    chosen = selection_of("calls", "2026-11-01", "2026-11-15", {"manager": ["none", "Anna"]}, {"hide_missed": "yes"})
    head = " / ".join(head_lines(replace(report("calls"), selection=chosen, team_name='"A & B" <i>'), language))
    said = fixed_words(language)
    assert '"A & B" <i>' in head
    assert said["options"]["hide_missed"] in head
    assert f"{said['nobody']['manager']}, Anna" in head
    assert re.search(r"1\s?–\s?15", head)
    assert "15:30" in head
    assert "Europe/Kyiv" in head


def test_a_head_prints_the_stretches_without_data(language):
    begins_at, ends_at = datetime(2026, 11, 3, 11, 5, tzinfo=UTC), datetime(2026, 11, 3, 11, 40, tzinfo=UTC)
    window = BlindWindow(begins_at=begins_at, ends_at=ends_at)
    head = head_lines(replace(report("calls"), windows=(window,)), language)
    assert "13:05" in head[-1]
    assert "13:40" in head[-1]
    assert head[-1] != head_lines(report("calls"), language)[-1]


def test_a_stretch_that_lasts_has_no_end(language):
    lasting = BlindWindow(begins_at=datetime(2026, 11, 3, 11, 5, tzinfo=UTC), ends_at=None)
    assert "–" not in window_words(lasting, "Europe/Kyiv", language)


@pytest.mark.parametrize("kind", KINDS)
def test_the_columns_of_the_reports_are_those_that_are_worded(kind, language):
    options = {"by_extension": "yes"} if kind == "calls" else {}
    question = SimpleNamespace(selection=selection_of(kind, "2026-11-01", "2026-11-15", options=options))
    words = ReportWords(kind, language)
    for column in COLUMNS_OF[kind](question):
        assert column.key in KEYS[kind]
        assert words.definition(column.key).startswith(f"{column.definition}: ")
