"""A team's settings as the rules see them: one frozen snapshot, valid from a moment on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Literal

MaskNumbers = Literal["groups", "always", "never"]
MinutesMode = Literal["floor_sum", "per_call_floor", "per_call_ceil"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Every key of ``perezvon team set`` with its default (CONTRACT, "Team settings")."""

    language: str = "en"
    timezone: str = "UTC"
    region: str = "UA"
    hours: str | None = None
    holidays_country: str | None = None
    digest_at: time = time(18, 30)
    sla: timedelta = timedelta(minutes=15)
    remind: timedelta = timedelta(minutes=15)
    escalate: timedelta = timedelta(minutes=30)
    taken: timedelta = timedelta(minutes=20)
    short_call: timedelta = timedelta(seconds=10)
    min_talk: timedelta = timedelta(seconds=1)
    window: timedelta = timedelta(days=31)
    first_call_days: int | None = None
    mask_numbers: MaskNumbers = "groups"
    minutes_mode: MinutesMode = "floor_sum"
    separate_lines: bool = False
    ticket_fan: bool = False
    dial_hours: tuple[time, time] = (time(9), time(20))
    quiet: bool = True
    silence: timedelta = timedelta(minutes=60)
    order_deadline: timedelta | None = None
    short_attempt: timedelta = timedelta(seconds=8)
    keep_calls_days: int | None = None  # for ever
    ticket_sources: frozenset[str] = frozenset({"missed"})  # of missed, orders, answered: what makes a ticket
    ticket_sla: Mapping[str, timedelta] = field(default_factory=dict)  # channel → span; "": every other one
    ticket_return: timedelta = timedelta(minutes=60)  # taken but silent: back to the group
    text_channel: bool = False  # clients may write to the bot
    client_greeting: str | None = None  # what they read first, and what becomes of their words; None: the built-in one
    client_consent: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A policy and the moment it holds from; the first version of a team holds backwards, too."""

    valid_from: datetime
    policy: Policy


def policy_at(versions: Sequence[PolicyVersion], moment: datetime) -> Policy:
    """The policy that a fact of ``moment`` is judged by; ``versions`` are in order of ``valid_from``."""
    chosen = versions[0]
    for version in versions[1:]:
        if version.valid_from <= moment:
            chosen = version
    return chosen.policy
