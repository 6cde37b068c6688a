"""What the presser reads at once: the toast of what was done, or the reason why not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from followup.errors import FollowupError
from messenger.filters import cut
from messenger.markup import TOAST_LIMIT
from messenger.render import render_plain

# Every name a text may use: a refusal that brings less still finds its words.
_REFUSAL_VALUES = ("at", "expected", "found", "how", "setting", "who")
_TOAST_VALUES = ("is_started", "phone", "to", "until")
_LIMITS = {"expected": 110}  # a rule is worth nothing when its end is cut off
_ALIASES = {"key": "setting", "name": "who", "number": "phone"}


def refusal(error: FollowupError, language: str, *, timezone: str = "UTC", now: datetime | None = None) -> str:
    """Why not, in at most 200 characters of plain text; a key without a text gets the general sentence."""
    values = _values(error.values, _REFUSAL_VALUES)
    moments = {"zone": timezone, "now": now or values["at"]}
    return _short(render_plain("refusals.j2", language, **values, **moments, key=error.key))


def toast(kind: str, language: str, *, timezone: str = "UTC", now: datetime | None = None, **values: Any) -> str:
    """What was done: taken, snoozed (``until``), transferred (``to``), number (``number``, ``is_started``)…"""
    known = _values(values, _TOAST_VALUES)
    moments = {"zone": timezone, "now": now or known["until"]}
    return _short(render_plain("toasts.j2", language, **known, **moments, kind=kind))


def _values(given: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    named = {_ALIASES.get(name, name): value for name, value in given.items()}
    return {name: _harmless(named.get(name), _LIMITS.get(name, 60)) for name in names}


def _harmless(value: Any, limit: int) -> Any:
    if value is None or isinstance(value, (bool, datetime)):
        return value
    return cut(value, limit) or None


def _short(text: str) -> str:
    return "\n".join(cut(line, TOAST_LIMIT) for line in text.splitlines())[:TOAST_LIMIT]
