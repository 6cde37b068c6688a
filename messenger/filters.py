"""What templates do to values: numbers, moments, spans, and texts from outside made short and harmless."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from jinja2 import pass_environment
from jinja2.environment import Environment
from markupsafe import Markup

from followup.phone import mask, mask_in_text, pretty

# Controls, halves of characters, and direction marks: these would turn the rest of a card's line around.
_UNSEEN = re.compile(
    "[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff\\ufff9-\\ufffb\\ud800-\\udfff]"
)
_PATTERNS = {"ru": "dd.MM", "uk": "dd.MM", "en": "d MMM"}
_YEAR_PATTERNS = {"ru": "dd.MM.yyyy", "uk": "dd.MM.yyyy", "en": "d MMM yyyy"}


def printable(text: str) -> str:
    """The text without what cannot be shown or would reorder its surroundings; line breaks stay."""
    return _UNSEEN.sub("", text)


def cut(text: object, limit: int) -> str:
    """One line of at most ``limit`` code points, never in the middle of what the reader sees as one sign."""
    line = " ".join(printable(" ".join(str(text).split())).split())
    if len(line) <= limit:
        return line
    end = limit - 1
    while end > 0 and _joins(line[end - 1], line[end]):
        end -= 1
    # A sign longer than the limit is no sign but mischief.
    return line[: end or limit - 1].rstrip() + "…"


def number(value: str, masked: bool) -> str:
    """A client's number as this chat may read it."""
    return mask(value) if masked else pretty(value)


def person(value: str, masked: bool, limit: int) -> str:
    """A name or a topic from outside; vendors write the number itself where they know no name."""
    return cut(mask_in_text(value[:1000]) if masked else value, limit)


@pass_environment
def moment(environment: Environment, value: datetime, zone: str, now: datetime) -> str:
    """Local time: "10:00" today, "21.11 10:00" on another day, with the year in another year."""
    language = str(environment.globals["language"])
    local, today = value.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone))
    if local.date() == today.date():
        return f"{local:%H:%M}"
    patterns = _PATTERNS if local.year == today.year else _YEAR_PATTERNS
    return format_datetime(local, f"{patterns[language]} HH:mm", locale=language)


@pass_environment
def tgtime(environment: Environment, value: datetime, zone: str, now: datetime) -> Markup:
    """The moment in each reader's own zone; apps that do not know the tag show the team's local time."""
    text = moment(environment, value, zone, now)
    shape = "t" if ":" in text[:3] else "dt"
    return Markup('<tg-time unix="{}" format="{}">{}</tg-time>').format(int(value.timestamp()), shape, text)


def span_parts(value: timedelta | float) -> tuple[int, int, int, int]:
    """Days, hours, minutes, seconds of a span; the finer ones are dropped where they say nothing."""
    seconds = int(value.total_seconds() if isinstance(value, timedelta) else value)
    minutes, seconds = divmod(max(seconds, 0), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return days, hours, minutes, seconds


def _joins(left: str, right: str) -> bool:
    """Whether the two code points are parts of one visible sign."""
    if left == "\u200d" or right in "\u200d\ufe0e\ufe0f\u20e3" or unicodedata.category(right) in {"Mn", "Me", "Mc"}:
        return True
    if "\U0001f3fb" <= right <= "\U0001f3ff" or "\U000e0020" <= right <= "\U000e007f":  # skin tones, flag tags
        return True
    return _is_regional(left) and _is_regional(right)


def _is_regional(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


FILTERS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {"number": number, "moment": moment, "tgtime": tgtime, "cut": cut, "person": person}
)
