"""Days and rhythms as people type them, in three languages."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.errors import FollowupError
from followup.reports.periods import NAMED, days_of, earlier, finished_days, fixed, later, period_of, typed_period
from followup.reports.rhythms import Rhythm
from followup.reports.wishes import Wish, command_of

SUNDAY = date(2026, 11, 22)
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
DATES = st.dates(date(2001, 1, 1), date(2099, 12, 31))


def days(begins: tuple[int, int], ends: tuple[int, int], year: int = 2026) -> tuple[date, date]:
    return date(year, *begins), date(year, *ends)


FORTNIGHT = days((11, 1), (11, 15))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        *((text, FORTNIGHT) for text in ("1.11–15.11", "1.11 - 15.11", "1.11—15.11", "01.11-15.11", "1-15.11", "1.11 15.11")),
        *((text, FORTNIGHT) for text in ("1.11.2026-15.11.2026", "1.11.26–15.11.26", "2026-11-01 2026-11-15", "1/11-15/11")),
        *((text, FORTNIGHT) for text in ("2026-11-01–2026-11-15", "с 1.11 по 15.11", "з 1.11 до 15.11", "from 1.11 to 15.11")),
        *((text, FORTNIGHT) for text in ("1-15 ноября", "1–15 листопада", "1 – 15 Nov", "Nov 1-15", "November 1 - 15, 2026")),
        *((text, FORTNIGHT) for text in ("1 ноября - 15 ноября 2026", "с 1 по 15 ноября", "1 nov to 15 nov")),
        *((text, days((11, 5), (11, 5))) for text in ("5.11", "5 ноября", "2026-11-05", "5 листопада 2026", "nov 5")),
        *((text, days((11, 1), (11, 30))) for text in ("ноябрь", "за листопад", "november 2026")),
        ("1.12", days((12, 1), (12, 1), 2025)),  # whoever names no year looks back
        ("декабрь", days((12, 1), (12, 31), 2025)),
        ("25.12-5.1", (date(2025, 12, 25), date(2026, 1, 5))),
        ("25.12.2024-5.1", (date(2024, 12, 25), date(2025, 1, 5))),
        ("25.12-5.1.2025", (date(2024, 12, 25), date(2025, 1, 5))),
        *((text, days((11, 16), (11, 22))) for text in ("week", "за неделю", "тиждень", "7 days", "7 дней", "7 днів", "this week")),
        *((text, days((11, 9), (11, 15))) for text in ("last week", "на прошлой неделе", "минулого тижня", "ПРОШЛАЯ НЕДЕЛЯ")),
        *((text, days((11, 1), (11, 22))) for text in ("this month", "в этом месяце", "цього місяця")),
        *((text, days((10, 1), (10, 31))) for text in ("last month", "прошлый месяц", "минулий місяць")),
        *((text, days((11, 21), (11, 21))) for text in ("yesterday", "вчера", "учора")),
        *((text, days((11, 22), (11, 22))) for text in ("today", "сегодня", "сьогодні")),
        ("3 дня", days((11, 20), (11, 22))),
    ],
)  # fmt: skip
def test_days_are_understood(said, meant):
    assert days_of(typed_period(said, SUNDAY), SUNDAY) == meant


@pytest.mark.parametrize(
    "said",
    ["", " ", "-", "1-", "blah", "31.2", "0.1", "1.13", "15.11.2026-1.11.2026", "1 1", "1.11-2.11-3.11", "0 days", "99999 days",
     "ноя 45", "2026-13-01", "1.11.12345", "5", "²", "1 марта мая", "\0"],
)  # fmt: skip
def test_what_is_no_period_is_refused(said):
    with pytest.raises(FollowupError) as refused:
        typed_period(said, SUNDAY)
    assert refused.value.key == "bad_period"


@given(st.text(max_size=40), DATES)
def test_no_text_breaks_the_reader(text, today):
    found = period_of(text, today)
    if found is not None:
        begins, ends = days_of(found, today)
        assert begins <= ends


@given(DATES, st.integers(0, 400))
def test_what_is_written_is_read(begins, length):
    ends = begins + timedelta(days=length)
    said = f"{begins:%d.%m.%Y}–{ends:%d.%m.%Y}"
    assert period_of(said, SUNDAY) == fixed(begins, ends)
    assert days_of(fixed(begins, ends), SUNDAY) == (begins, ends)


@given(DATES, st.integers(0, 400))
def test_periods_stand_side_by_side(begins, length):
    ends = begins + timedelta(days=length)
    before, after = earlier(begins, ends), later(begins, ends)
    assert before[0] <= before[1] < begins <= ends < after[0] <= after[1]
    if not (begins.isoweekday() == 1 and 0 < length < 6):
        assert before[1] + timedelta(days=1) == begins
        assert ends + timedelta(days=1) == after[0]


def test_of_a_month_the_month_before_and_of_a_week_the_same_days():
    assert earlier(*days((11, 1), (11, 30))) == days((10, 1), (10, 31))
    assert later(*days((2, 1), (2, 28))) == days((3, 1), (3, 31))
    assert earlier(*days((11, 16), (11, 18))) == days((11, 9), (11, 11))
    assert earlier(*days((11, 1), (11, 15))) == days((10, 17), (10, 31))


@given(DATES, st.sampled_from(NAMED))
def test_named_periods_never_look_ahead(today, name):
    begins, ends = days_of(name, today)
    assert begins <= ends <= today
    finished = finished_days(name, today)
    assert finished[1] < today or name in ("today", "this_week", "this_month")


@pytest.mark.parametrize(
    ("said", "kind", "period", "rhythm"),
    [
        ("calls week every Mon 09:00", "calls", "days7", Rhythm(weekdays=(1,), at=time(9))),
        ("звонки неделя каждый понедельник 09:00", "calls", "days7", Rhythm(weekdays=(1,), at=time(9))),
        ("дзвінки тиждень щопонеділка о 9:00", "calls", "days7", Rhythm(weekdays=(1,), at=time(9))),
        ("звонки по понедельникам и пятницам 8.15", "calls", "yesterday", Rhythm(weekdays=(1, 5), at=time(8, 15))),
        ("missed daily 18:00", "missed", "yesterday", Rhythm(weekdays=EVERY_DAY, at=time(18))),
        ("пропущенные каждый день", "missed", "yesterday", Rhythm(weekdays=EVERY_DAY, at=time(9))),
        ("пропущені щодня 18:00", "missed", "yesterday", Rhythm(weekdays=EVERY_DAY, at=time(18))),
        ("missed weekdays 18:00", "missed", "yesterday", Rhythm(weekdays=(1, 2, 3, 4, 5), at=time(18))),
        ("team monthly 1 09:00", "team", "last_month", Rhythm(month_day=1, at=time(9))),
        ("команда каждое 5 число 10:00", "team", "last_month", Rhythm(month_day=5, at=time(10))),
        ("команда щомісяця 31", "team", "last_month", Rhythm(month_day=31, at=time(9))),
        (
            "заказы звонков прошлая неделя каждую пятницу в 18:00",
            "callbacks",
            "last_week",
            Rhythm(weekdays=(5,), at=time(18)),
        ),
        ("замовлення щоп’ятниці 17:00", "callbacks", "days7", Rhythm(weekdays=(5,), at=time(17))),
    ],
)
def test_what_comes_by_itself(said, kind, period, rhythm):
    wish = command_of(said, SUNDAY).wish
    assert wish is not None
    assert (wish.kind, wish.period, wish.rhythm) == (kind, period, rhythm)
    assert Wish.from_json(wish.to_json(), Rhythm.from_json(rhythm.to_json())) == wish


@pytest.mark.parametrize("said", ["calls every", "calls every blah", "calls every Mon 25:00", "calls every Mon 9:00 10:00",
                                  "calls every 32", "calls every Mon 5"])  # fmt: skip
def test_a_rhythm_that_is_none_is_refused(said):
    with pytest.raises(FollowupError) as refused:
        command_of(said, SUNDAY)
    assert refused.value.key == "bad_rhythm"


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)), st.sampled_from(range(24 * 60))
)
def test_every_day_comes_once_each_day_whatever_the_clocks_do(after, minute):
    rhythm = Rhythm(weekdays=(1, 2, 3, 4, 5, 6, 7), at=time(minute // 60, minute % 60))
    zone = ZoneInfo("Europe/Kyiv")
    first = rhythm.next_at(after, zone.key)
    second = rhythm.next_at(first, zone.key)
    assert after < first < second
    assert second.astimezone(zone).date() - first.astimezone(zone).date() == timedelta(days=1)


def test_the_31st_is_the_last_day_of_a_shorter_month():
    rhythm = Rhythm(month_day=31, at=time(9))
    moment = rhythm.next_at(datetime(2027, 2, 1, tzinfo=UTC), "Europe/Kyiv")
    assert moment.astimezone(ZoneInfo("Europe/Kyiv")).date() == date(2027, 2, 28)
