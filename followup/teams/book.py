"""All of a team's slow-changing knowledge in memory: settings, lines, people. One load serves a whole batch of events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from followup.hours import Schedule, schedule
from followup.teams.policy import Policy, PolicyVersion, policy_at

Role = Literal["owner", "head", "manager", "viewer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person of the team."""

    id: int
    team_id: int
    name: str
    telegram_id: int
    role: Role
    groups: tuple[str, ...] = ()

    @property
    def may_work(self) -> bool:
        """May take, handle, snooze: everyone but viewers."""
        return self.role != "viewer"

    @property
    def may_lead(self) -> bool:
        """May release and decide for others."""
        return self.role in ("owner", "head")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineVersion:
    """Hours of a line from a moment on."""

    valid_from: datetime
    hours: str | None
    takes_off_hours_orders: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A number or widget that clients come through."""

    id: int
    key: str
    name: str
    kind: Literal["line", "widget"]
    group: str | None
    versions: tuple[LineVersion, ...]
    makes_tickets: bool = True

    def at(self, moment: datetime) -> LineVersion:
        """The version valid at ``moment``; the first one holds backwards."""
        chosen = self.versions[0]
        for version in self.versions[1:]:
            if version.valid_from <= moment:
                chosen = version
        return chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionPeriod:
    """Whose a phone is from a moment on (None: from the beginning)."""

    extension: str
    member_id: int
    valid_from: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A choice of Handle; ``title`` None = the built-in title of ``code``."""

    code: str
    title: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a ticket may be about; ``sla_minutes`` None = the parent's, or the team's."""

    id: int
    parent_id: int | None
    title: str
    sla_minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketResult:
    """How a ticket may end, and the status it closes with; ``title`` None = the built-in title of ``code``."""

    id: int
    code: str | None
    title: str | None
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Another program that is told of what happens, and of which events."""

    id: int
    kind: str
    events: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamBook:
    """A team as the rules need it."""

    id: int
    name: str
    revision: int
    policies: tuple[PolicyVersion, ...]
    lines: Mapping[str, Line]
    members: Mapping[int, Member]
    extensions: Mapping[str, Sequence[ExtensionPeriod]]
    reasons: tuple[Reason, ...]
    topics: Mapping[int, Topic] = field(default_factory=dict)
    results: Mapping[int, TicketResult] = field(default_factory=dict)
    status_titles: Mapping[str, str] = field(default_factory=dict)  # of renamed statuses only
    tickets_from: datetime | None = None  # what is older makes no tickets
    webhooks: tuple[Listener, ...] = ()

    @property
    def policy(self) -> Policy:
        """The settings of today."""
        return self.policies[-1].policy

    def policy_at(self, moment: datetime) -> Policy:
        """The settings that a fact of ``moment`` is judged by (D13)."""
        return policy_at(self.policies, moment)

    def schedule_at(self, line_key: str | None, moment: datetime) -> Schedule:
        """Working hours of a line, or the team's, as they were valid at ``moment``."""
        policy = self.policy_at(moment)
        line = self.lines.get(line_key) if line_key else None
        hours = (line.at(moment).hours if line else None) or policy.hours
        return schedule(hours, policy.timezone, policy.holidays_country or policy.region)

    @property
    def schedule_now(self) -> Schedule:
        """The team's own working hours by today's settings."""
        policy = self.policy
        return schedule(policy.hours, policy.timezone, policy.holidays_country or policy.region)

    def line_name(self, key: str | None) -> str | None:
        """What people call a line; its number when nobody named it."""
        if key is None:
            return None
        line = self.lines.get(key)
        return line.name if line else key

    def member_by_extension(self, extension: str | None, at: datetime | None) -> int | None:
        """D15: who had this phone at that time."""
        periods = self.extensions.get(extension or "", ())
        chosen = None
        for period in periods:
            if period.valid_from is None or (at is not None and period.valid_from <= at):
                chosen = period.member_id
        return chosen

    def member_name(self, member_id: int | None) -> str | None:
        """A person's name, None for nobody or somebody removed for good."""
        member = self.members.get(member_id) if member_id is not None else None
        return member.name if member else None

    def heads(self) -> list[Member]:
        """Who is told when something is late: heads, or owners where there is no head."""
        heads = [member for member in self.members.values() if member.role == "head"]
        return heads or [member for member in self.members.values() if member.role == "owner"]
