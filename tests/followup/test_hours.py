"""Working time as UTC spans: weekends, holidays, nights, and the two nights when the clocks change."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.errors import FollowupError
from followup.hours import check_hours, knows_holidays, local_date, local_day, schedule

KYIV = "Europe/Kyiv"
OFFICE = schedule("Mo-Fr 09:00-18:00; PH off", KYIV, "UA")
NIGHT = schedule("Mo-Su 22:00-06:00", KYIV, None)
ALWAYS = schedule(None, KYIV, "UA")
HOUR = timedelta(hours=1)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_an_office_day():
    # Friday 20 November 2026, winter time: 09:00 is 07:00 UTC.
    assert not OFFICE.is_open(at("2026-11-20T06:59:59"))
    assert OFFICE.is_open(at("2026-11-20T07:00"))
    assert OFFICE.is_open(at("2026-11-20T15:59:59"))
    assert not OFFICE.is_open(at("2026-11-20T16:00"))
    assert not OFFICE.is_open(at("2026-11-21T10:00"))


def test_next_opening_and_closing():
    assert OFFICE.next_opening(at("2026-11-20T10:00")) == at("2026-11-20T10:00")
    assert OFFICE.next_opening(at("2026-11-20T16:00")) == at("2026-11-23T07:00")
    assert OFFICE.closing_after(at("2026-11-20T10:00")) == at("2026-11-20T16:00")
    assert OFFICE.closing_after(at("2026-11-20T16:00")) == at("2026-11-23T16:00")


def test_holidays_count_only_where_the_expression_says_so():
    independence_day = at("2027-08-24T10:00")
    assert not OFFICE.is_open(independence_day)
    assert schedule("Mo-Fr 09:00-18:00", KYIV, "UA").is_open(independence_day)
    assert schedule("Mo-Fr 09:00-18:00; PH off", KYIV, "DE").is_open(independence_day)
    assert schedule("Mo-Fr 09:00-18:00; PH off", KYIV, "ZZ").is_open(independence_day)


def test_working_time_skips_the_night_and_the_weekend():
    assert OFFICE.add_working(at("2026-11-20T15:50"), timedelta(minutes=15)) == at("2026-11-23T07:05")
    assert OFFICE.add_working(at("2026-11-20T15:50"), timedelta(minutes=10)) == at("2026-11-20T16:00")
    assert OFFICE.add_working(at("2026-11-21T12:00"), timedelta(minutes=15)) == at("2026-11-23T07:15")
    assert OFFICE.add_working(at("2026-11-21T12:00"), timedelta(0)) == at("2026-11-21T12:00")
    assert OFFICE.working_between(at("2026-11-20T15:00"), at("2026-11-23T08:00")) == 2 * HOUR
    assert OFFICE.working_between(at("2026-11-23T08:00"), at("2026-11-20T15:00")) == timedelta(0)


def test_a_year_of_working_hours_goes_over_every_border():
    whole_year = OFFICE.working_between(at("2026-01-01T00:00"), at("2027-01-01T00:00"))
    assert whole_year == sum(
        (OFFICE.working_between(*local_day(date(2026, 1, 1) + timedelta(days=n), KYIV)) for n in range(365)),
        timedelta(0),
    )
    assert OFFICE.add_working(at("2026-01-01T00:00"), whole_year) == at("2026-12-31T16:00")


def test_the_clocks_go_forward():
    # 29 March 2026: 02:00 UTC+2 … 03:00 becomes 04:00; the day has 23 hours, the night shift 7.
    assert NIGHT.working_between(at("2026-03-28T12:00"), at("2026-03-29T12:00")) == 7 * HOUR
    assert NIGHT.closing_after(at("2026-03-29T00:00")) == at("2026-03-29T03:00")
    assert OFFICE.next_opening(at("2026-03-28T12:00")) == at("2026-03-30T06:00")
    begins, ends = local_day(date(2026, 3, 29), KYIV)
    assert (begins, ends - begins) == (at("2026-03-28T22:00"), 23 * HOUR)


def test_the_clocks_go_back():
    assert NIGHT.working_between(at("2026-10-24T12:00"), at("2026-10-25T12:00")) == 9 * HOUR
    assert OFFICE.next_opening(at("2026-10-24T12:00")) == at("2026-10-26T07:00")
    begins, ends = local_day(date(2026, 10, 25), KYIV)
    assert (begins, ends - begins) == (at("2026-10-24T21:00"), 25 * HOUR)
    # The hour that comes twice is open twice.
    assert NIGHT.is_open(at("2026-10-25T00:45"))
    assert NIGHT.is_open(at("2026-10-25T01:45"))


def test_a_midnight_that_does_not_exist():
    # Cairo goes from 24:00 to 01:00: the day begins with the change.
    begins, ends = local_day(date(2026, 4, 24), "Africa/Cairo")
    assert (begins, ends - begins) == (at("2026-04-23T22:00"), 23 * HOUR)
    assert local_day(date(2026, 4, 23), "Africa/Cairo")[1] == begins


def test_local_date():
    assert local_date(at("2026-11-20T21:59"), KYIV) == date(2026, 11, 20)
    assert local_date(at("2026-11-20T22:00"), KYIV) == date(2026, 11, 21)


@pytest.mark.parametrize(
    "hours, day, closing",
    [
        ("Mo-Fr 09:00-18:00", date(2026, 11, 20), "2026-11-20T16:00"),
        ("Mo-Fr 09:00-18:00", date(2026, 11, 21), None),
        ("Mo-Fr 09:00-13:00,14:00-18:00", date(2026, 11, 20), "2026-11-20T16:00"),
        ("Fr 22:00-06:00", date(2026, 11, 20), "2026-11-21T04:00"),
        ("Fr 22:00-06:00", date(2026, 11, 21), "2026-11-21T04:00"),
        ("Fr 22:00-06:00", date(2026, 11, 22), None),
        ("Mo-Fr 00:00-24:00", date(2026, 11, 18), "2026-11-18T22:00"),
        ("Mo-Fr 00:00-24:00", date(2026, 11, 20), "2026-11-20T22:00"),
        ("Mo-Su 00:00-24:00", date(2026, 11, 20), "2026-11-20T22:00"),
        ("24/7", date(2026, 11, 20), "2026-11-20T22:00"),
        (None, date(2026, 11, 20), "2026-11-20T22:00"),
    ],
)
def test_last_closing_of_a_date(hours, day, closing):
    assert schedule(hours, KYIV, None).last_closing_of(day) == (closing and at(closing))


@pytest.mark.parametrize("hours", [None, "24/7"])
def test_open_always(hours):
    round_the_clock = schedule(hours, KYIV, None)
    now = at("2026-11-21T03:00")
    assert round_the_clock.always_open
    assert round_the_clock.is_open(now)
    assert round_the_clock.next_opening(now) == now
    assert round_the_clock.closing_after(now) is None
    assert round_the_clock.add_working(now, HOUR) == now + HOUR
    assert round_the_clock.working_between(now, now + HOUR) == HOUR


def test_all_week_without_saying_24_7_never_closes_either():
    every_day = schedule("Mo-Su 00:00-24:00", KYIV, None)
    assert every_day.closing_after(at("2026-11-21T03:00")) is None
    assert every_day.add_working(at("2026-11-21T03:00"), timedelta(days=500)) == at("2026-11-21T03:00") + timedelta(
        days=500
    )


@pytest.mark.parametrize("hours", ["off", "2040 Mo-Fr 09:00-18:00"])
def test_never_open(hours):
    closed, now = schedule(hours, KYIV, None), at("2026-11-21T03:00")
    assert not closed.is_open(now)
    assert closed.next_opening(now) is None
    assert closed.closing_after(now) is None
    assert closed.last_closing_of(date(2026, 11, 21)) is None
    assert closed.add_working(now, HOUR) is None
    assert closed.working_between(now, now + timedelta(days=30)) == timedelta(0)


@pytest.mark.parametrize("hours", ["Mo-Fr 9-18", "", "Пн-Пт 09:00-18:00", "Mo-Fr 09:00-25:99"])
def test_unreadable_hours_are_refused_with_the_parser_s_words(hours):
    with pytest.raises(FollowupError) as refused:
        check_hours(hours)
    assert refused.value.key == "bad_hours"
    assert refused.value.values["found"] == hours
    assert refused.value.values["expected"].startswith("at 1:")
    with pytest.raises(FollowupError):
        schedule(hours, KYIV, "UA")


def test_good_hours_and_known_countries():
    check_hours("Mo-Fr 09:00-18:00; Sa 10:00-15:00; PH off")
    assert [knows_holidays(country) for country in ("UA", "ru", "ZZ")] == [True, True, False]


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
SCHEDULES = st.sampled_from([OFFICE, NIGHT, schedule("Mo-Sa 08:30-20:15; Su 10:00-02:00", "America/New_York", "US")])


@given(SCHEDULES, MOMENTS)
def test_an_opening_is_open_and_a_closing_is_closed(hours, now):
    opening, closing = hours.next_opening(now), hours.closing_after(now)
    assert hours.is_open(opening)
    assert hours.is_open(closing - timedelta(microseconds=1))
    assert not hours.is_open(closing)
    assert (opening == now) == hours.is_open(now)
    assert hours.working_between(now, opening) == timedelta(0)


@given(SCHEDULES, MOMENTS, st.timedeltas(timedelta(seconds=1), timedelta(hours=900)))
def test_added_working_time_is_what_lies_between(hours, now, span):
    until = hours.add_working(now, span)
    assert hours.working_between(now, until) == span
    assert hours.is_open(until - timedelta(microseconds=1))


@given(SCHEDULES, st.lists(MOMENTS, min_size=3, max_size=3))
def test_working_time_adds_up(hours, moments):
    a, b, c = sorted(moments)
    assert hours.working_between(a, b) + hours.working_between(b, c) == hours.working_between(a, c)
