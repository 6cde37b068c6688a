"""Where a screen is shown and to whom: what rendering needs beside the case itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from followup.cases.views import HistoryLine

ChatKind = Literal["team", "private", "other"]
MenuKind = Literal["reasons", "snooze", "more", "transfer", "history", "block"]


@dataclass(frozen=True, slots=True)
class ReasonChoice:
    """A Handle reason of the team; without a title the built-in one in the chat's language."""

    code: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class MemberChoice:
    """A colleague a case can be handed over to."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Menu:
    """The menu somebody opened on a card; ``opener`` is his name."""

    kind: MenuKind
    page: int = 0
    opener: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatContext:
    """A chat as a screen sees it. ``mask``: numbers are masked here; ``history`` is loaded for its menu only."""

    kind: ChatKind
    language: str
    timezone: str
    mask: bool
    sla: timedelta
    reasons: tuple[ReasonChoice, ...] = ()
    members: tuple[MemberChoice, ...] = ()
    history: tuple[HistoryLine, ...] = ()
