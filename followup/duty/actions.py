"""What people do about duty: each one a transaction of check → fact → ledger → notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from followup.duty import store
from followup.duty.rules import Status
from followup.errors import FollowupError
from followup.ledger import store as ledger
from followup.notices import priorities
from followup.notices import store as notices
from followup.teams.book import Member
from followup.teams.desk import Desk

LONGEST_AWAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyChange:
    """Whose status becomes what, by whom; ``source_key`` names the update it came with ("u:<update_id>")."""

    member_id: int
    status: Status
    by: Member
    source_key: str
    until: datetime | None = None  # of a stay away alone


async def set_duty(desk: Desk, change: DutyChange) -> bool:
    """One's own status, or as a head anybody's; False if this very press was recorded before."""
    _check(desk, change)
    until = change.until if change.status == "away" else None
    values = {
        "team_id": desk.book.id,
        "member_id": change.member_id,
        "status": change.status,
        "at": desk.now,
        "until": until,
        "wakes_at": until,
        "made_by": change.by.id,
        "source_key": change.source_key,
    }
    if not await store.add_fact(desk.c, values):
        return False
    said = {"of": change.member_id, "status": change.status, "until": until.isoformat() if until else None}
    await ledger.note(desk.c, desk.book.id, "duty", desk.now, member_id=change.by.id, **said)
    await store.raise_screens(desk.c, desk.book.id)
    if change.by.id != change.member_id:
        told = {"what": "set", "by": change.by.name} | said
        await _tell(desk, change.member_id, told, f"duty:{change.source_key}")
    return True


def _check(desk: Desk, change: DutyChange) -> None:
    whose = desk.book.members.get(change.member_id)
    if whose is None:
        raise FollowupError("no_such_member")
    if not whose.may_work:
        raise FollowupError("viewer_cannot")
    if change.by.id != change.member_id and not change.by.may_lead:
        raise FollowupError("team_only_head")
    if change.status == "away" and change.until is not None:
        _check_end(desk.now, change.until)


def _check_end(now: datetime, until: datetime) -> None:
    if until <= now:
        raise FollowupError("moment_past")
    if until - now > LONGEST_AWAY:
        raise FollowupError("bad_moment")


async def end_away(desk: Desk, fact_id: int) -> None:
    """A stay away is over: whoever is told may still say otherwise."""
    fact = await store.take_over(desk.c, desk.book.id, fact_id)
    if fact is None:
        return
    await store.raise_screens(desk.c, desk.book.id)
    facts = await store.facts_of(desk.c, desk.book.id, (desk.now, desk.now))
    if facts[fact["member_id"]][-1].id == fact_id:
        await _tell(desk, fact["member_id"], {"what": "back", "fact": fact_id}, f"duty:back:{fact_id}")


async def _tell(desk: Desk, member_id: int, payload: dict[str, Any], key: str) -> None:
    """In his own chat, where he has one."""
    private = await notices.private_chat(desk.c, desk.book.id, member_id)
    if private is None or not private.is_reachable:
        return
    letter = notices.Letter(
        team_id=desk.book.id,
        chat_id=private.id,
        kind="duty",
        at=desk.now,
        payload=payload | {"member_id": member_id},
        priority=priorities.ANSWER,
        key=key,
    )
    await notices.add_letter(desk.c, letter)
