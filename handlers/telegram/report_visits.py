"""What the presses on a report have in common: what is chosen there, and arguments that no button of ours has."""

from __future__ import annotations

from collections.abc import Container
from datetime import date

from followup.errors import FollowupError
from followup.reports.selection import Selection
from handlers.telegram.visits import Visit


def chosen_of(visit: Visit) -> Selection:
    """What is asked for on this screen."""
    stored = visit.screen["params"].get("chosen")
    if stored is None:
        raise FollowupError("nothing_here")
    return Selection.from_json(stored)


def one_of(arg: str, known: Container[str]) -> str:
    """The argument, if it is one of these."""
    if arg not in known:
        raise FollowupError("nothing_here")
    return arg


def date_of(text: str) -> date:
    """The date on a button."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise FollowupError("nothing_here") from None
