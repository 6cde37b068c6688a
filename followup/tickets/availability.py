"""Who is there to be given a ticket."""

from __future__ import annotations

from collections.abc import Sequence

from followup.duty import store as duty
from followup.duty.rules import available_members
from followup.teams.book import Member
from followup.teams.desk import Desk


async def available_now(desk: Desk, members: Sequence[Member]) -> list[Member]:
    """By what they said with /duty; in a team that never used it everybody in working time."""
    facts = await duty.facts_of(desk.c, desk.book.id, (desk.now, desk.now))
    there = available_members(facts, [member.id for member in members], desk.now, desk.book.schedule_now)
    return [member for member in members if member.id in there]
