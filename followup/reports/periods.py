"""Periods of a report: by name, as people type them, and the ones before and after (D12)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from followup.errors import FollowupError

Days = tuple[date, date]

# What the buttons offer, in their order; a stored period is one of these, "days<N>", or "<date>..<date>".
NAMED: Final = (
    *("today", "yesterday", "days7", "days30"),
    *("this_week", "last_week", "this_month", "last_month"),
)
_DAY = timedelta(days=1)
_MOST_DAYS = 3660
_WORDS: Mapping[str, tuple[str, ...]] = {
    "today": ("today", "сегодня", "сьогодні"),
    "yesterday": ("yesterday", "вчера", "вчора", "учора"),
    "days7": ("week", "неделя", "неделю", "тиждень"),
    "days30": ("month", "месяц", "місяць"),
    "this_week": ("this week", "эта неделя", "эту неделю", "этой неделе", "цей тиждень", "цього тижня", "цьому тижні"),
    "last_week": (
        *("last week", "прошлая неделя", "прошлую неделю", "прошлой неделе", "прошлой недели"),
        *("минулий тиждень", "минулого тижня", "минулому тижні"),
    ),
    "this_month": (
        "this month",
        "этот месяц",
        "этом месяце",
        "этого месяца",
        "цей місяць",
        "цього місяця",
        "цьому місяці",
    ),
    "last_month": (
        *("last month", "прошлый месяц", "прошлом месяце", "прошлого месяца"),
        *("минулий місяць", "минулого місяця", "минулому місяці"),
    ),
}
_NAMES = {words: name for name, every in _WORDS.items() for words in every}
_MONTHS = (
    *("jan|янв|січ", "feb|фев|лют", "mar|мар|бер", "apr|апр|кві", "may|ма[йя]|тра", "jun|июн|чер"),
    *("jul|июл|лип", "aug|авг|сер", "sep|сен|вер", "oct|окт|жов", "nov|ноя|лис", "dec|дек|гру"),
)
_LETTERS = "[a-zа-яёіїєґ]"
_SPAN = re.compile(r"(?:last |последние |останні )?(\d{1,4}) ?(?:d|days?|д|день|дня|дней|дні|днів)")
_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_MONTH_FIRST = re.compile(rf"({_LETTERS}{{3,9}})\.? (\d{{1,2}})(?: ?- ?(\d{{1,2}}))?(?:,? (\d{{4}}))?")
_SIDE = re.compile(rf"(\d{{1,2}})(?:[./](\d{{1,2}})|\.? ({_LETTERS}{{3,9}}))?\.?(?:[./ ]+(\d{{4}}|\d\d))?")
_WHOLE_MONTH = re.compile(rf"({_LETTERS}{{3,9}})(?: (\d{{4}}))?")
_BETWEEN = re.compile(r"\s*[–—−]\s*|\s+(?:to|till|until|по|до)\s+")
_LITTLE = frozenset({"from", "for", "the", "in", "on", "c", "с", "со", "з", "із", "за", "на", "в", "во", "у"})


def period_of(text: str, today: date) -> str | None:
    """The period that people mean by these words, to be kept; None: no period at all."""
    said = _plain(text)
    if said in _NAMES:
        return _NAMES[said]
    if match := _SPAN.fullmatch(said):
        return f"days{int(match[1])}" if 0 < int(match[1]) <= _MOST_DAYS else None
    try:
        found = _dates(said, today)
    except ValueError:  # the 31st of February
        return None
    return fixed(*found) if found and found[0] <= found[1] else None


def typed_period(text: str, today: date) -> str:
    """The same; refuses what is none, with examples."""
    found = period_of(text, today)
    if found is None:
        raise FollowupError("bad_period", found=text[:40])
    return found


def fixed(begins: date, ends: date) -> str:
    """A period that does not move."""
    return f"{begins.isoformat()}..{ends.isoformat()}"


def days_of(period: str, today: date) -> Days:
    """Its first and last date as of today."""
    first, _, last = period.partition("..")
    if last:
        return date.fromisoformat(first), date.fromisoformat(last)
    if period.startswith("days"):
        return today - int(period[4:]) * _DAY + _DAY, today
    return _NAMED_DAYS[period](today)


def finished_days(period: str, today: date) -> Days:
    """For a report that comes by itself: so many days are those up to yesterday."""
    begins, ends = days_of(period, today)
    return (begins - _DAY, ends - _DAY) if period.startswith("days") else (begins, ends)


def earlier(begins: date, ends: date) -> Days:
    """The period before: of a month the month before, of days of a week the same ones, else as many days."""
    if _is_month(begins, ends):
        return (begins - _DAY).replace(day=1), begins - _DAY
    back = _step(begins, ends)
    return begins - back, ends - back


def later(begins: date, ends: date) -> Days:
    """The period after, likewise."""
    if _is_month(begins, ends):
        return ends + _DAY, month_end(ends + _DAY)
    forth = _step(begins, ends)
    return begins + forth, ends + forth


def month_end(day: date) -> date:
    """The last date of its month."""
    return (day.replace(day=28) + 4 * _DAY).replace(day=1) - _DAY


def _is_month(begins: date, ends: date) -> bool:
    return begins.day == 1 and ends == month_end(begins)


def _step(begins: date, ends: date) -> timedelta:
    days = (ends - begins) + _DAY
    is_in_week = begins.isoweekday() == 1 and _DAY < days < 7 * _DAY
    return 7 * _DAY if is_in_week else days


def _this_week(today: date) -> Days:
    return today - (today.isoweekday() - 1) * _DAY, today


def _last_month(today: date) -> Days:
    return earlier(today.replace(day=1), month_end(today))


_NAMED_DAYS: Mapping[str, Callable[[date], Days]] = {
    "today": lambda today: (today, today),
    "yesterday": lambda today: (today - _DAY, today - _DAY),
    "this_week": _this_week,
    "last_week": lambda today: (_this_week(today)[0] - 7 * _DAY, _this_week(today)[0] - _DAY),
    "this_month": lambda today: (today.replace(day=1), today),
    "last_month": _last_month,
}


def _plain(text: str) -> str:
    said = _BETWEEN.sub("-", f" {text.lower().replace('ё', 'е')} ")
    return " ".join(word for word in said.split() if word not in _LITTLE)


def _dates(said: str, today: date) -> Days | None:
    said = _ISO.sub(lambda found: f"{found[3]}.{found[2]}.{found[1]}", said)
    if match := _WHOLE_MONTH.fullmatch(said):
        return _whole_month(match[1], match[2], today)
    if (match := _MONTH_FIRST.fullmatch(said)) and _month(match[1]):
        said = f"{match[2]}-{match[3] or match[2]} {match[1]} {match[4] or ''}".strip()
    sides = [_side(part) for part in _parts(said)]
    if not sides or len(sides) > 2 or None in sides:
        return None
    left, right = sides[0], sides[-1]
    return _with_years(left, right, today) if left and right else None


def _parts(said: str) -> Iterable[str]:
    if "-" in said:
        return [part.strip() for part in said.split("-")]
    words = said.split()
    if len(words) == 2 and all(re.fullmatch(r"[\d./]+", word) and len(word) > 2 for word in words):
        return words
    return [said]


@dataclass(frozen=True, slots=True)
class _Side:
    day: int
    month: int | None
    year: int | None


def _side(text: str) -> _Side | None:
    match = _SIDE.fullmatch(text)
    if not match:
        return None
    month = int(match[2]) if match[2] else _month(match[3]) if match[3] else None
    if match[3] and month is None:
        return None
    year = int(match[4]) if match[4] else None
    return _Side(int(match[1]), month, year + 2000 if year is not None and year < 100 else year)


def _month(word: str) -> int | None:
    return next((place for place, stems in enumerate(_MONTHS, 1) if re.match(stems, word)), None)


def _with_years(left: _Side, right: _Side, today: date) -> Days | None:
    """Whoever names no year looks back: the latest one in which the period has begun."""
    if right.month is None:
        return None
    month = left.month or right.month
    is_over_new_year = (month, left.day) > (right.month, right.day)
    if left.year is not None or right.year is not None:
        begins = left.year if left.year is not None else (right.year or 0) - is_over_new_year
        ends = right.year if right.year is not None else (left.year or 0) + is_over_new_year
        return date(begins, month, left.day), date(ends, right.month, right.day)
    year = today.year if (month, left.day) <= (today.month, today.day) else today.year - 1
    return date(year, month, left.day), date(year + is_over_new_year, right.month, right.day)


def _whole_month(word: str, year: str | None, today: date) -> Days | None:
    month = _month(word)
    if month is None:
        return None
    number = int(year) if year else today.year if month <= today.month else today.year - 1
    first = date(number, month, 1)
    return first, month_end(first)
