"""The statements that say a card is behind the truth."""

from __future__ import annotations

from functools import cache

from sqlalchemy import BindParameter, Integer, Update, bindparam, case, select, update

from followup.notices.tables import cards
from storage.many import among


@cache
def raised(*, has_bundles: bool) -> Update:
    """The cards of subjects ``ids`` (``of_team``, ``of_subject``), with the bundles they stand in; ``by``: priority."""
    mine = (cards.c.subject == bindparam("of_subject")) & among(cards.c.subject_id, "ids")
    if has_bundles:
        lines = cards.alias("lines")
        is_line = (lines.c.team_id == bindparam("of_team")) & (lines.c.subject == bindparam("of_subject"))
        bundles = select(lines.c.bundle_id).where(is_line, among(lines.c.subject_id, "ids"))
        mine |= cards.c.id.in_(bundles.where(lines.c.state == "bundled"))
    return behind(bindparam("of_team"), bindparam("by", type_=Integer)).where(mine)


def behind(team_id: int | BindParameter[int], priority: int | BindParameter[int]) -> Update:
    """Cards of the team behind the truth; one that waits already keeps the better of both priorities."""
    is_waiting = cards.c.wanted > cards.c.shown
    better = case((is_waiting & (cards.c.priority < priority), cards.c.priority), else_=priority)
    return update(cards).where(cards.c.team_id == team_id).values(wanted=cards.c.wanted + 1, priority=better)
