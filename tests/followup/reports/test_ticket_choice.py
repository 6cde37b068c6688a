"""What a selection of tickets means: topics with those below them, weeks cut to the period, hours when clocks change."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from followup.errors import FollowupError
from followup.reports.question import Question
from followup.reports.selection import selection_of
from followup.reports.ticket_choice import Choice, topic_path, topics_under

TOPICS = {1: (None, "Delivery"), 2: (1, "Abroad"), 3: (2, "Lost"), 4: (None, "Abroad"), 5: (6, "Ring"), 6: (5, "Chain")}
KYIV = ZoneInfo("Europe/Kyiv")


def choice(begins: str, ends: str, zone: str = "Europe/Kyiv", **options: str) -> Choice:
    book = SimpleNamespace(policy=SimpleNamespace(timezone=zone))
    selection = selection_of("tickets", begins, ends, options=options)
    return Choice(question=Question(book=book, selection=selection, now=datetime(2026, 12, 1, tzinfo=UTC)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("delivery", {1, 2, 3}),
        ("Abroad", {2, 3, 4}),
        ("Delivery › Abroad", {2, 3}),
        ("4", {4}),
        ("none", {None}),
        ("Ring", {5, 6}),
    ],
)
def test_a_topic_means_those_below_it_too(text, found):
    assert topics_under(TOPICS, text) == found


def test_an_unknown_topic_is_refused_with_what_there_is():
    with pytest.raises(FollowupError) as refused:
        topics_under(TOPICS, "Weather")
    assert "Delivery › Abroad › Lost" in refused.value.values["expected"]


def test_a_path_ends_where_it_would_go_round():
    assert topic_path(TOPICS, 3) == "Delivery › Abroad › Lost"
    assert topic_path(TOPICS, 5) == "Chain › Ring"
    assert topic_path(TOPICS, None) == topic_path(TOPICS, 99) == ""


def test_weeks_are_named_by_mondays_and_cut_to_the_period():
    spans = choice("2026-11-04", "2026-11-17", by="week").spans
    assert [key for key, _ in spans] == ["2026-11-02", "2026-11-09", "2026-11-16"]
    assert spans[0][1][0] == datetime(2026, 11, 4, tzinfo=KYIV)
    assert spans[-1][1][1] == datetime(2026, 11, 18, tzinfo=KYIV)
    assert all(ends == following for (_, (_, ends)), (_, (following, _)) in itertools.pairwise(spans))


def test_months_of_a_year():
    assert [key for key, _ in choice("2025-12-15", "2026-02-03", by="month").spans] == ["2025-12", "2026-01", "2026-02"]


@pytest.mark.parametrize(
    ("begins", "ends", "zone", "count"),
    [
        ("2026-10-24", "2026-10-26", "Europe/Kyiv", 2),
        ("2026-03-28", "2026-03-30", "Europe/Kyiv", 2),
        ("2026-11-01", "2026-11-30", "Europe/Kyiv", 1),
        ("2026-01-01", "2026-12-31", "Europe/Kyiv", 3),
        ("2026-01-01", "2026-12-31", "Australia/Lord_Howe", 3),
        ("2026-01-01", "2026-12-31", "Asia/Kathmandu", 1),
    ],
)
def test_hours_are_counted_between_changes_of_the_clocks(begins, ends, zone, count):
    """Every quarter of the period lies in the hour that the local clock shows."""
    chosen = choice(begins, ends, zone, by="hour")
    spans = chosen.hour_spans
    assert len(spans) == count
    assert (spans[0].begins, spans[-1].ends) == chosen.question.span
    at = spans[0].begins
    while at < spans[-1].ends:
        (span,) = [each for each in spans if each.begins <= at < each.ends]
        hour = (at - span.midnight) // timedelta(hours=1) % 24
        assert hour == at.astimezone(ZoneInfo(zone)).hour == int(chosen.key_of(at))
        at += timedelta(minutes=15)
