"""How much of the fan each person gets (M29)."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from followup.errors import FollowupError
from followup.teams.book import TeamBook
from followup.teams.store import touch
from followup.tickets import store

HEAVIEST = 10


async def weights_of(c: AsyncConnection, book: TeamBook) -> dict[int, int]:
    """Member id → weight, of everybody who may work; 1 unless somebody said otherwise."""
    known = await store.fan_of(c, book.id)
    workers = [member.id for member in book.members.values() if member.may_work]
    return {each: known[each]["weight"] if each in known else 1 for each in workers}


async def set_weight(c: AsyncConnection, book: TeamBook, member_id: int, weight: int) -> None:
    """0: gets none; 2: twice as many as whoever has 1."""
    member = book.members.get(member_id)
    if member is None or not member.may_work:
        raise FollowupError("no_such_member")
    if not 0 <= weight <= HEAVIEST:
        raise FollowupError("bad_setting", setting="weight", found=weight, expected=f"0 to {HEAVIEST}")
    await store.write_fan(c, book.id, member_id, weight=weight)
    await touch(c, book.id)
