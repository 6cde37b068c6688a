"""A team's settings as people type them: every key, what it takes, and the policy they make."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from followup.errors import FollowupError
from followup.hours import check_hours, knows_holidays
from followup.phone import is_region
from followup.teams.policy import Policy

Read = Callable[[str], Any]

_UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_NAMES = {"s": "seconds", "m": "minutes", "d": "days"}
_NOTHING = timedelta(0)
_SPAN = re.compile(r"(\d{1,9})\s*([smhd]?)", re.ASCII | re.IGNORECASE)
_LONGEST = timedelta(days=3650)
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)
_YES = frozenset({"yes", "on", "true", "1"})
_NO = frozenset({"no", "off", "false", "0"})
_NONE = frozenset({"", "none"})
_LONGEST_WORDS = 1000
_SOURCES = ("missed", "orders", "answered")


class _WrongError(Exception):
    """A text that a key does not take; its message is what the key expects."""


class Setting(NamedTuple):
    """Where a public key's value goes in the policy, and how its text is read."""

    field: str
    read: Read


def setting_keys() -> tuple[str, ...]:
    return tuple(_SETTINGS)


def parse_settings(values: Mapping[str, str]) -> dict[str, Any]:
    """Public key → what its text means; refuses an unknown key and a wrong text."""
    return {key: _parse(key, text) for key, text in values.items()}


def policy_from(values: Mapping[str, str]) -> Policy:
    """The policy of the stored texts; what is not set has its default, the holidays' country that of the numbers."""
    known = {_SETTINGS[key].field: value for key, value in parse_settings(values).items()}
    policy = Policy(**known)
    return replace(policy, holidays_country=policy.holidays_country or policy.region)


def _parse(key: str, text: str) -> Any:
    setting = _SETTINGS.get(key)
    if setting is None:
        raise FollowupError("bad_setting", setting=key, found=text, expected=f"one of {', '.join(_SETTINGS)}")
    try:
        return setting.read(text.strip())
    except _WrongError as wrong:
        raise FollowupError("bad_setting", setting=key, found=text, expected=str(wrong)) from None


def _span(unit: str, least: timedelta = _UNITS["s"]) -> Read:
    """A duration; a bare number counts in the key's own unit."""
    begins = f"{least.total_seconds():.0f}s" if least < _UNITS["d"] else f"{least.days}d"
    expected = f"a number (of {_NAMES[unit]}) or a duration such as 30s, 5m, 1h, 3d, from {begins} to {_LONGEST.days}d"

    def read(text: str) -> timedelta:
        match = _SPAN.fullmatch(text)
        span = int(match[1]) * _UNITS[match[2].lower() or unit] if match else None
        if span is None or not least <= span <= _LONGEST:
            raise _WrongError(expected)
        return span

    return read


def _or_none(read: Read) -> Read:
    def read_or_none(text: str) -> Any:
        try:
            return None if text.lower() in _NONE else read(text)
        except _WrongError as wrong:
            raise _WrongError(f"none, or {wrong}") from None

    return read_or_none


def _one_of(*words: str) -> Read:
    def read(text: str) -> str:
        if text.lower() not in words:
            raise _WrongError(" | ".join(words))
        return text.lower()

    return read


def _switch(expected: str) -> Read:
    def read(text: str) -> bool:
        if text.lower() not in _YES | _NO:
            raise _WrongError(expected)
        return text.lower() in _YES

    return read


def _days(text: str) -> int:
    span: timedelta = _span("d", _UNITS["d"])(text)
    if span % _UNITS["d"]:
        raise _WrongError("a whole number of days")
    return span.days


def _clock(text: str) -> time:
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise _WrongError("a time of day such as 18:30")
    return time(int(match[1]), int(match[2]))


def _clock_range(text: str) -> tuple[time, time]:
    begin, dash, end = text.partition("-")
    try:
        hours = _clock(begin.strip()), _clock(end.strip())
    except _WrongError:
        hours = None
    if not dash or hours is None or hours[0] >= hours[1]:
        raise _WrongError("two times of one day such as 09:00-20:00")
    return hours


def _sources(text: str) -> frozenset[str]:
    """What makes a ticket where the client has none."""
    words = {word.strip().lower() for word in text.split(",") if word.strip()}
    if words <= _NONE:
        return frozenset()
    if not words <= set(_SOURCES):
        raise _WrongError(f"none, or some of {', '.join(_SOURCES)}, with commas between")
    return frozenset(words)


def _slas(text: str) -> dict[str, timedelta]:
    """Channel → how long its clients may wait; the one without a channel is for all the others."""
    if text.lower() in _NONE:
        return {}
    pairs = [part.rpartition("=") for part in text.replace(",", " ").split()]
    try:
        return {channel.strip().lower(): _span("m")(span) for channel, _, span in pairs}
    except _WrongError:
        raise _WrongError("none, or a duration such as 30m, or one a channel such as telegram=5m phone=30m") from None


def _words(text: str) -> str:
    """What is shown to clients as it is typed."""
    if len(text) > _LONGEST_WORDS:
        raise _WrongError(f"a text of up to {_LONGEST_WORDS} characters")
    return text.replace("\0", "")


def _timezone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    # An unknown name, a path out of the database, a folder of it: each fails in its own way.
    except (KeyError, ValueError, OSError):
        raise _WrongError("a time zone of the IANA database such as Europe/Kyiv") from None


def _region(text: str) -> str:
    if not is_region(text.upper()):
        raise _WrongError("a country's two letters such as UA")
    return text.upper()


def _holidays(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2}", text) or not knows_holidays(text):
        raise _WrongError("the two letters of a country with a known calendar, such as UA")
    return text.upper()


def _hours(text: str) -> str:
    try:
        check_hours(text)
    except FollowupError as refused:
        raise _WrongError(f'opening hours such as "Mo-Fr 09:00-18:00; PH off" ({refused.values["expected"]})') from None
    return text


_SETTINGS: Mapping[str, Setting] = {
    "language": Setting("language", _one_of("ru", "uk", "en")),
    "timezone": Setting("timezone", _timezone),
    "region": Setting("region", _region),
    "hours": Setting("hours", _or_none(_hours)),
    "holidays_country": Setting("holidays_country", _or_none(_holidays)),
    "digest_at": Setting("digest_at", _clock),
    "sla_minutes": Setting("sla", _span("m")),
    "remind_minutes": Setting("remind", _span("m")),
    "taken_minutes": Setting("taken", _span("m")),
    "escalate_minutes": Setting("escalate", _span("m")),
    "short_call_seconds": Setting("short_call", _span("s", _NOTHING)),
    "min_talk_seconds": Setting("min_talk", _span("s", _NOTHING)),
    "window_days": Setting("window", _span("d", _UNITS["d"])),
    "first_call_days": Setting("first_call_days", _or_none(_days)),
    "mask_numbers": Setting("mask_numbers", _one_of("groups", "always", "never")),
    "minutes_mode": Setting("minutes_mode", _one_of("floor_sum", "per_call_floor", "per_call_ceil")),
    "separate_lines": Setting("separate_lines", _switch("yes | no")),
    "ticket_fan": Setting("ticket_fan", _switch("on | off")),
    "dial_hours": Setting("dial_hours", _clock_range),
    "quiet": Setting("quiet", _switch("on | off")),
    "silence_minutes": Setting("silence", _span("m")),
    "order_deadline": Setting("order_deadline", _or_none(_span("m"))),
    "short_attempt_seconds": Setting("short_attempt", _span("s", _NOTHING)),
    "keep_calls_days": Setting("keep_calls_days", _or_none(_days)),
    "ticket_sources": Setting("ticket_sources", _sources),
    "ticket_sla_minutes": Setting("ticket_sla", _slas),
    "ticket_return_minutes": Setting("ticket_return", _span("m")),
    "text_channel": Setting("text_channel", _switch("on | off")),
    "client_greeting": Setting("client_greeting", _or_none(_words)),
    "client_consent": Setting("client_consent", _or_none(_words)),
}
