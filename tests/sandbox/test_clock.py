"""The clock moves as told, forward only."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.clock import MovableClock

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def test_a_frozen_clock_moves_only_when_told():
    clock = MovableClock(NOON, frozen=True)
    assert clock.now() == NOON
    clock.forward(timedelta(minutes=30))
    assert clock.now() == NOON + timedelta(minutes=30)


def test_listeners_hear_every_jump_after_it_happened():
    clock = MovableClock(NOON, frozen=True)
    heard: list[datetime] = []
    hear = lambda: heard.append(clock.now())  # noqa: E731
    clock.add_listener(hear)
    clock.forward(timedelta(hours=1))
    clock.remove_listener(hear)
    clock.forward(timedelta(hours=1))
    assert heard == [NOON + timedelta(hours=1)]


def test_a_running_clock_never_stands_behind_its_jumps():
    clock = MovableClock(NOON, speed=60)
    before = clock.now()
    clock.forward(timedelta(days=1))
    assert clock.now() >= before + timedelta(days=1)


def test_changing_the_speed_keeps_the_moment():
    clock = MovableClock(NOON, frozen=True)
    clock.forward(timedelta(minutes=5))
    clock.speed = 0
    assert clock.now() == NOON + timedelta(minutes=5)


def test_time_does_not_run_backwards():
    clock = MovableClock(NOON, frozen=True)
    with pytest.raises(ValueError, match="backwards"):
        clock.forward(timedelta(seconds=-1))
    with pytest.raises(ValueError, match="backwards"):
        clock.speed = -1


def test_a_moment_without_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        MovableClock(datetime(2026, 11, 20))


def test_without_a_start_it_is_now():
    before = datetime.now(UTC)
    assert before <= MovableClock().now()
