"""What somebody answers when he is asked what a client is called: a name, and his numbers if he likes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from followup.errors import FollowupError
from followup.phone import is_e164, is_possible, normalise

# Six digits are no flat and no year any more. A number does not go on in the next line.
_NUMBER: Final = re.compile(r"(?:\+|(?<![\w+]))\(?\d(?:[ \t\u00a0().-]{0,3}\d){5,}(?!\w)")
_AROUND: Final = " \t\u00a0\n,;:/|&·—–-()"


@dataclass(frozen=True, slots=True)
class Named:
    """A name, None if only numbers were said; numbers as E.164, in the order they were said."""

    name: str | None
    numbers: tuple[str, ...]


def named(text: str, region: str) -> Named:
    """Name and numbers told apart: "Anna Koval +380 67 123 45 67", or each in a line of its own."""
    numbers = tuple(dict.fromkeys(_dialable(found.group(), region) for found in _NUMBER.finditer(text)))
    left = [line.strip(_AROUND) for line in _NUMBER.sub("\n", text).splitlines()] if numbers else [text]
    name = " ".join(" ".join(left).split())
    return Named(name or None, numbers)


def _dialable(raw: str, region: str) -> str:
    number = normalise(raw, region)
    if number is None or not is_e164(number) or not is_possible(number):
        raise FollowupError("bad_number", found=raw.strip()[:40])
    return number
