"""Digests are due at a moment in a column; whoever moves it on first writes the letter, in the same transaction."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from followup.digests import store
from followup.hours import local_date
from followup.notices import priorities
from followup.notices import store as notices
from followup.teams import store as teams
from followup.teams.desk import Desk
from followup.teams.moments import next_digest_at

LONGEST_SLEEP = timedelta(days=7)


async def digest_is_due(desk: Desk, due_at: datetime) -> bool:
    """The scheduled digest of a team; False if another process was first."""
    # Day by day, so that each date slept over has its own; what is older than a week is left to the reports.
    following = next_digest_at(desk.book.policy, max(due_at, desk.now - LONGEST_SLEEP))
    if not await teams.move_moment(desk.c, desk.book.id, "next_digest_at", due_at, following):
        return False
    day = local_date(due_at, desk.book.policy.timezone)
    for chat in await notices.chats_of(desk.c, desk.book.id, "team"):
        await take_digest(desk, chat, day, due_at)
    return True


async def take_digest(
    desk: Desk, chat: notices.Chat, day: date, due_at: datetime | None = None, *, again: bool = False
) -> int | None:
    """Write the digest's letter; None if this chat and date had its digest. ``again`` sends one more on purpose."""
    digest_id = await store.take_day(desk.c, desk.book.id, chat.id, day, desk.now)
    if digest_id is None and not again:
        return None
    if digest_id is None:
        known = await store.digest_of(desk.c, desk.book.id, chat.id, day)
        digest_id = known["id"] if known else None
    payload = {"day": day.isoformat(), "digest_id": digest_id, "due_at": due_at.isoformat() if due_at else None}
    letter = notices.Letter(
        team_id=desk.book.id,
        chat_id=chat.id,
        kind="digest",
        at=desk.now,
        payload=payload,
        priority=priorities.DIGEST,
    )
    letter_id = await notices.add_letter(desk.c, letter)
    if digest_id is not None:
        await store.change_digest(desk.c, desk.book.id, digest_id, letter_id=letter_id)
    return letter_id
