"""A team's desk during one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from followup.teams.book import TeamBook


@dataclass(frozen=True, slots=True)
class Desk:
    """What every action works with: the open transaction, the team's book, and the moment it is done at."""

    c: AsyncConnection
    book: TeamBook
    now: datetime
