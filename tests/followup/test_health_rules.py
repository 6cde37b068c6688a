"""Promise 16: when a PBX has been silent for too long, by the setting and by its own history."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.health.rules import Gap, alarm_at, gaps_between, percentile, quiet_limit
from followup.hours import schedule

KYIV = ZoneInfo("Europe/Kyiv")
OFFICE = schedule("Mo-Fr 09:00-18:00; PH off", "Europe/Kyiv", "UA")
ALWAYS = schedule(None, "Europe/Kyiv", "UA")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def kyiv(day, hour, minute=0, month=11):
    return datetime(2026, month, day, hour, minute, tzinfo=KYIV).astimezone(UTC)


def events(days, every, *, but=(), until=18):
    """Moments of events on days of November, every so many minutes of 9 to 18, but for spans of hours."""
    moments = []
    for day in days:
        for minutes in range(0, (until - 9) * 60, every):
            hour = 9 + minutes / 60
            if not any(begins < hour < ends for begins, ends in but):
                moments.append(kyiv(day, 9) + minutes * MINUTE)
    return moments


TWO_WEEKS = (2, 3, 4, 5, 6, 9, 10, 11, 12, 13)
LUNCH = ((13, 15),)


def limit(heard, heard_at, setting=HOUR, of=OFFICE):
    return quiet_limit(gaps_between(heard, of), setting, heard_at, of)


def test_without_history_the_setting_decides():
    assert limit([], kyiv(20, 11)) == HOUR
    assert limit([kyiv(20, 11)], kyiv(20, 11), setting=20 * MINUTE) == 20 * MINUTE


def test_a_busy_connection_is_missed_after_the_setting():
    assert limit(events(TWO_WEEKS, 2), kyiv(16, 11)) == HOUR


def test_a_connection_of_few_calls_is_given_thrice_its_usual_gap():
    assert limit(events(TWO_WEEKS, 60), kyiv(16, 11)) == 3 * HOUR


def test_one_outage_among_many_gaps_teaches_nothing():
    heard = [moment for moment in events(TWO_WEEKS, 15) if not kyiv(10, 10) < moment < kyiv(11, 16)]
    assert limit(heard, kyiv(16, 11)) == HOUR


def test_a_daily_quiet_hour_is_no_alarm_and_the_rest_of_the_day_is_watched_as_ever():
    heard = events(TWO_WEEKS, 5, but=LUNCH)
    assert limit(heard, kyiv(16, 13)) == 3 * HOUR  # half as much again as two hours
    assert limit(heard, kyiv(16, 10)) == HOUR
    assert limit(heard, kyiv(16, 15, 30)) == HOUR


def test_a_quiet_friday_afternoon_is_known_after_two_fridays():
    first = events((2, 3, 4, 5), 5) + events((6,), 5, but=((14, 18),))
    second = events((9, 10, 11, 12), 5) + events((13,), 5, but=((14, 18),))
    monday_to_thursday = events((16, 17, 18, 19), 5)
    friday = kyiv(20, 14)
    assert limit(events((9, 10, 11, 12), 5) + events((13,), 5, but=((14, 18),)) + monday_to_thursday, friday) == HOUR
    assert limit(first + second + monday_to_thursday, friday) == 1.5 * 4 * HOUR
    assert limit(first + second + monday_to_thursday, kyiv(19, 14)) == HOUR


def test_nights_weekends_and_holidays_are_no_gaps():
    gaps = gaps_between([kyiv(20, 17, 50), kyiv(23, 9, 10)], OFFICE)
    assert [gap.working for gap in gaps] == [20 * MINUTE]
    assert gaps_between([kyiv(20, 19), kyiv(20, 19, 5), kyiv(21, 12)], OFFICE) == []
    warsaw = schedule("Mo-Fr 09:00-18:00; PH off", "Europe/Warsaw", "PL")
    assert [gap.working for gap in gaps_between([kyiv(10, 18), kyiv(12, 11)], warsaw)] == [2 * HOUR]  # the 11th is one


def test_the_alarm_waits_for_working_time():
    assert alarm_at([], HOUR, kyiv(20, 17, 30), OFFICE) == kyiv(23, 9, 30)
    assert alarm_at([], HOUR, kyiv(20, 17, 30), ALWAYS) == kyiv(20, 18, 30)
    assert alarm_at([], HOUR, kyiv(20, 17, 30), schedule("off", "Europe/Kyiv", "UA")) is None


def test_the_same_wall_clock_moment_is_meant_when_the_clocks_change():
    # Kyiv changed its clocks on 25 October: lunch is at 13:00 on the wall before and after.
    days = [kyiv(day, 0, month=10) for day in (19, 20, 21, 22, 23)] + [kyiv(day, 0) for day in (2, 3, 4)]
    heard = []
    for midnight in days:
        local = midnight.astimezone(KYIV)
        for minutes in (*range(9 * 60, 13 * 60 + 1, 5), *range(15 * 60, 18 * 60, 5)):
            moment = local.replace(hour=minutes // 60, minute=minutes % 60)
            heard.append(moment.astimezone(UTC))
    assert limit(sorted(heard), kyiv(5, 13)) == 3 * HOUR


@pytest.mark.parametrize(
    ("count", "percent", "expected"), [(0, 95, 0), (1, 95, 1), (20, 95, 19), (100, 95, 95), (5, 50, 3), (4, 50, 2)]
)
def test_percentiles_are_values_that_occurred(count, percent, expected):
    assert percentile([n * MINUTE for n in range(count, 0, -1)], percent) == expected * MINUTE


@given(st.lists(st.integers(0, 28 * 24 * 60), unique=True, max_size=60), st.integers(5, 600))
def test_never_less_than_the_setting_and_always_an_end(minutes, setting):
    heard = sorted(kyiv(20, 9) - n * MINUTE for n in minutes)
    found = limit(heard, heard[-1] if heard else kyiv(20, 9), setting * MINUTE)
    longest = max((gap.working for gap in gaps_between(heard, OFFICE)), default=timedelta(0))
    assert setting * MINUTE <= found <= max(setting * MINUTE, 3 * longest)


@given(st.lists(st.integers(0, 14 * 24 * 60), unique=True, min_size=2, max_size=60))
def test_gaps_lie_end_to_end_and_hold_no_more_work_than_time(minutes):
    heard = sorted(kyiv(20, 9) - n * MINUTE for n in minutes)
    for gap in gaps_between(heard, OFFICE):
        assert isinstance(gap, Gap)
        assert timedelta(0) < gap.working <= gap.ends_at - gap.begins_at
        assert heard.index(gap.ends_at) == heard.index(gap.begins_at) + 1
