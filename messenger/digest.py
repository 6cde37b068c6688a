"""The digest as text: one day read in ten seconds."""

from __future__ import annotations

from datetime import timedelta

from followup.digests.numbers import DigestNumbers
from followup.health.actions import BlindWindow
from messenger.dates import clock_time, day_title, short_day
from messenger.markup import MESSAGE_LIMIT, visible_length
from messenger.render import render

_OPEN_SHOWN = 5
_REASONS_SHOWN = 3


def digest_text(numbers: DigestNumbers, language: str, *, mask: bool) -> list[str]:
    """The messages of a digest, nearly always one (R21, promise 14)."""
    text = render(
        "reports/digest.j2",
        language,
        numbers=numbers,
        mask=mask,
        as_of=clock_time(numbers.as_of, numbers.timezone),
        day_title=day_title(numbers.day, language),
        day_before=short_day(numbers.day - timedelta(days=7), language),
        reasons=_main_reasons(numbers),
        shown=_OPEN_SHOWN,
        blind=[_blind(window, numbers.timezone) for window in numbers.windows],
    )
    return split_at_lines(text)


def _blind(window: BlindWindow, timezone: str) -> dict[str, str | None]:
    ends = clock_time(window.ends_at, timezone) if window.ends_at is not None else None
    return {"begins": clock_time(window.begins_at, timezone), "ends": ends, "name": window.name}


def _main_reasons(numbers: DigestNumbers) -> list[tuple[str, int]]:
    counted = [(code, count) for code, count in numbers.figures.reasons.items() if count]
    return sorted(counted, key=lambda pair: (-pair[1], pair[0]))[:_REASONS_SHOWN]


def split_at_lines(html: str, limit: int = MESSAGE_LIMIT) -> list[str]:
    """The text in messages of at most ``limit`` visible signs; every line is whole, as no tag spans lines."""
    parts: list[str] = []
    for line in html.split("\n"):
        longer = f"{parts[-1]}\n{line}" if parts else line
        if parts and visible_length(longer) <= limit:
            parts[-1] = longer
        else:
            parts.append(line)
    return [part.strip("\n") for part in parts if part.strip()]
