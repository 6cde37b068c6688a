"""Promise 7: more than five cards waiting in one chat become one message, decided second by second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.crowds import MOST_ALONE, MOST_LINES, Gathering, gather, must_wait
from messenger.limits import History, Limits
from messenger.plan import Traffic

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
AURORA, OLGA = -1001, 101


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("alerts", "room", "chosen"),
    [
        (0, 0, Gathering()),
        (5, 0, Gathering()),
        (6, 0, Gathering(0, (6,))),
        (7, 0, Gathering(0, (7,))),
        (20, 0, Gathering(0, (20,))),
        (21, 0, Gathering(0, (11, 10))),
        (300, 0, Gathering(0, (20,) * 15)),
        (1, 13, Gathering(1)),
        (13, 13, Gathering(13)),
        (18, 13, Gathering(13)),
        (19, 13, Gathering(13, (6,))),
        (3, 0, Gathering()),
    ],
)
def test_what_becomes_of_waiting_alerts(alerts, room, chosen):
    assert gather(alerts, room) == chosen


@given(st.integers(0, 5000), st.integers(0, MOST_LINES))
def test_no_bundle_is_too_long_and_few_wait_alone(alerts, room):
    chosen = gather(alerts, room)
    alone = alerts - chosen.joining - sum(chosen.bundles)
    assert 0 <= alone <= MOST_ALONE
    assert chosen.joining <= room
    assert all(MOST_ALONE < size <= MOST_LINES for size in chosen.bundles)


def test_two_leave_within_a_second_and_three_do_not():
    roads = Traffic(History(Limits()))
    assert [must_wait(count, AURORA, roads, NOON) for count in (1, 2, 3, 6, 300)] == [False, False, True, True, True]


def test_a_bot_that_may_send_a_thousand_a_second_bundles_nothing():
    roads = Traffic(History(Limits(per_second=1000, chat_per_second=1000, group_per_minute=100_000)))
    assert not must_wait(300, AURORA, roads, NOON)


def test_a_group_that_has_had_its_twenty_takes_nothing_until_the_minute_is_over():
    roads = Traffic(History(Limits()))
    for second in range(20):
        roads.history.note(AURORA, after(second))
    waits = [must_wait(1, AURORA, roads, after(second)) for second in (19, 30, 58, 59, 60)]
    assert waits == [True, True, True, False, False]


def test_a_person_takes_one_a_second_for_ever():
    roads = Traffic(History(Limits()))
    for second in range(20):
        roads.history.note(OLGA, after(second))
    assert [must_wait(1, OLGA, roads, after(second)) for second in (19, 20)] == [False, False]


def test_a_paused_chat_takes_nothing_until_its_pause_is_over():
    roads = Traffic(History(Limits()))
    roads.pauses.refuse(AURORA, after(30), NOON)
    assert [must_wait(1, AURORA, roads, after(second)) for second in (0, 28, 29, 30)] == [True, True, False, False]


def test_when_the_last_of_many_leaves():
    history = History(Limits())
    last = [(history.last_allowed_at(AURORA, count, NOON) - NOON).total_seconds() for count in (0, 1, 20, 21, 40, 41)]
    assert last == [0, 0, 19, 60, 79, 120]
