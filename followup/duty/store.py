"""The SQL of duty."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.duty.rules import DutyFact, DutyFacts, Watch, by_member
from followup.duty.tables import duty
from followup.hours import Span
from followup.notices import priorities
from followup.notices.store import raise_where
from followup.notices.tables import cards, screens
from followup.teams.tables import member_groups, members
from storage.prepared import run
from storage.rows import Row, all_rows
from storage.upsert import insert_or_ignore

_AFTER_ALL = 2**63 - 1  # of one moment the removal is the last word

# Built once: putting a statement together costs more than asking it.
_OF_TEAM = duty.c.team_id == bindparam("of_team")
_FACT = (duty.c.id, duty.c.member_id, duty.c.status, duty.c.at, duty.c.until)
_WITHIN = select(*_FACT).where(_OF_TEAM, duty.c.at > bindparam("begins"), duty.c.at <= bindparam("ends"))
_NEWEST = (
    select(duty.c.id)
    .where(_OF_TEAM, duty.c.member_id == members.c.id, duty.c.at <= bindparam("begins"))
    .order_by(duty.c.at.desc(), duty.c.id.desc())
    .limit(1)
    .correlate(members)
    .scalar_subquery()
)
_BEFORE = select(*_FACT).where(
    _OF_TEAM, duty.c.id.in_(select(_NEWEST).where(members.c.team_id == bindparam("of_team")))
)
_REMOVED = select(members.c.id, members.c.removed_at).where(
    members.c.team_id == bindparam("of_team"), members.c.removed_at <= bindparam("ends")
)
_GROUPS = (
    select(members.c.id, member_groups.c.group_name)
    .outerjoin(member_groups, member_groups.c.member_id == members.c.id)
    .where(members.c.team_id == bindparam("of_team"), members.c.role != "viewer")
)
_OVER = select(duty.c.team_id, duty.c.id).where(duty.c.wakes_at <= bindparam("now")).order_by(duty.c.id).limit(200)
_AWAKE = (
    update(duty).where(_OF_TEAM, duty.c.id == bindparam("fact"), duty.c.wakes_at.is_not(None)).values(wakes_at=None)
)
_BY_ID = select(*_FACT).where(_OF_TEAM, duty.c.id == bindparam("fact"))


async def add_fact(c: AsyncConnection, values: Mapping[str, Any]) -> bool:
    """Record what somebody said; False if this very press was recorded before."""
    result = await c.execute(insert_or_ignore(c, duty).values(**values))
    return bool(result.rowcount == 1)


async def facts_of(c: AsyncConnection, team_id: int, span: Span) -> DutyFacts:
    """What is needed to know everybody's status at any moment of the span, its ends included."""
    which = {"of_team": team_id, "begins": span[0]}
    facts = [DutyFact(**row) for row in await all_rows(c, _BEFORE, which)]
    if span[1] > span[0]:
        facts += [DutyFact(**row) for row in await all_rows(c, _WITHIN, which | {"ends": span[1]})]
    return by_member([*facts, *await _removed(c, team_id, span[1], {fact.member_id for fact in facts})])


async def _removed(c: AsyncConnection, team_id: int, ends: datetime, known: set[int]) -> Iterator[DutyFact]:
    """Who has left the team is off from then on, though he never said so."""
    rows = await all_rows(c, _REMOVED, {"of_team": team_id, "ends": ends}) if known else []
    return (
        DutyFact(id=_AFTER_ALL, member_id=row["id"], status="off", at=row["removed_at"])
        for row in rows
        if row["id"] in known
    )


async def watch_of(c: AsyncConnection, team_id: int, span: Span) -> Watch:
    """The facts of a span and who works where; people who have left since count, too."""
    facts = await facts_of(c, team_id, span)
    groups: dict[str | None, set[int]] = defaultdict(set)
    for row in await all_rows(c, _GROUPS, {"of_team": team_id}) if facts else ():
        for group in (None, row["group_name"]):
            groups[group].add(row["id"])
    return Watch(facts, dict(groups))


async def over_by(c: AsyncConnection, now: datetime) -> list[tuple[int, int]]:
    """(team, fact) of stays away that have ended and of which nobody was told."""
    return [(row["team_id"], row["id"]) for row in await all_rows(c, _OVER, {"now": now})]


async def take_over(c: AsyncConnection, team_id: int, fact_id: int) -> Row | None:
    """The fact, if nobody else tells of its end."""
    which = {"of_team": team_id, "fact": fact_id}
    if await run(c, _AWAKE, which) != 1:
        return None
    return (await all_rows(c, _BY_ID, which))[0]


async def raise_screens(c: AsyncConnection, team_id: int) -> None:
    """In each chat the newest screen of duty shows the truth again; older ones are history."""
    own = (cards.c.team_id == team_id, cards.c.subject == "screen", screens.c.kind == "duty")
    newest = select(func.max(cards.c.id)).join(screens, screens.c.id == cards.c.subject_id).where(*own)
    await raise_where(c, team_id, cards.c.id.in_(newest.group_by(cards.c.chat_id)), priorities.ANSWER)
