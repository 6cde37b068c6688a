"""When a team's next digest is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from followup.teams.policy import Policy


def next_digest_at(policy: Policy, after: datetime) -> datetime:
    """The first ``digest_at`` of the team's wall clock strictly after ``after``; a skipped hour (DST) moves it on."""
    zone = ZoneInfo(policy.timezone)
    day = after.astimezone(zone).date()
    while True:
        moment = datetime.combine(day, policy.digest_at, zone).astimezone(UTC)
        if moment > after:
            return moment
        day += timedelta(days=1)
