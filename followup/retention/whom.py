"""Who asks to be forgotten, as people name him: by a number, or by what he writes from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from followup.errors import FollowupError
from followup.phone import normalise

_USER: Final = re.compile(r"@(?P<name>\w{2,64})")
_ACCOUNT: Final = re.compile(r"(?P<channel>[A-Za-z][\w-]{0,31}):(?P<account>\S.{0,199})")
_DIALLED: Final = frozenset({"tel", "sip", "sips"})  # schemes of numbers, not channels
_SHORT: Final = {"tg": "telegram"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Exactly one way to find a client. ``said`` is how it is told, and read again."""

    said: str
    number: str | None = None
    username: str | None = None
    channel: str = ""
    account: str = ""

    @property
    def mark(self) -> tuple[str, str]:
        """What a keyed hash of him is made of: the kind, the text."""
        return ("number", self.number) if self.number else ("account", self.said)


def whom(text: str, region: str) -> Whom:
    """``+380 67 123 45 67``, ``@anna``, ``tg:123456789``, ``email:anna@example.com``."""
    said = text.strip()
    if (user := _USER.fullmatch(said)) is not None:
        return Whom(said=said.lower(), username=user["name"].lower())
    found = _ACCOUNT.fullmatch(said)
    if found is not None and found["channel"].lower() not in _DIALLED:
        channel = _SHORT.get(found["channel"].lower(), found["channel"])
        return Whom(said=f"{channel}:{found['account']}", channel=channel, account=found["account"])
    number = normalise(said, region)
    if number is None:
        raise FollowupError("bad_number", found=text)
    return Whom(said=number, number=number)
