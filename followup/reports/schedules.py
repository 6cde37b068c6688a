"""Reports that come by themselves: whoever moves the due moment on writes the message, in the same transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from followup.errors import FollowupError
from followup.hours import local_date
from followup.notices import priorities
from followup.notices import screens_store as screens
from followup.notices import store as notices
from followup.reports import kept_store as store
from followup.reports.rhythms import Rhythm
from followup.reports.screen_params import built
from followup.reports.wishes import Wish
from followup.teams.book import Member
from followup.teams.desk import Desk
from storage.rows import Row

MOST_OF_A_CHAT = 20
_LONGEST_STEP = timedelta(days=32)


def check_rights(chat: notices.Chat, member: Member) -> None:
    """What comes to the whole team is a head's decision; in his own chat everybody decides for himself."""
    if chat.kind != "private" and not member.may_lead:
        raise FollowupError("team_only_head")


async def schedule_report(desk: Desk, chat: notices.Chat, member: Member, wish: Wish) -> int:
    """From now on the report comes to this chat; its id."""
    check_rights(chat, member)
    rhythm = wish.rhythm
    if rhythm is None:
        raise FollowupError("bad_rhythm", found="")
    if await store.count_schedules(desk.c, desk.book.id, chat.id) >= MOST_OF_A_CHAT:
        raise FollowupError("too_many_reports", expected=MOST_OF_A_CHAT)
    wish.selection(local_date(desk.now, desk.book.policy.timezone))
    values = {
        "team_id": desk.book.id,
        "chat_id": chat.id,
        "member_id": member.id,
        "wish": wish.to_json(),
        "rhythm": rhythm.to_json(),
        "next_at": rhythm.next_at(desk.now, desk.book.policy.timezone),
        "created_at": desk.now,
    }
    return await store.add_schedule(desk.c, values)


async def stop_schedule(desk: Desk, chat: notices.Chat, member: Member, schedule_id: int) -> None:
    """It comes no more."""
    check_rights(chat, member)
    row = await store.schedule_by_id(desk.c, desk.book.id, schedule_id)
    if row is None or row["chat_id"] != chat.id:
        raise FollowupError("nothing_here")
    await store.delete_schedule(desk.c, desk.book.id, schedule_id)


def wish_of(row: Row) -> Wish:
    """What a stored schedule asks for."""
    return Wish.from_json(row["wish"], Rhythm.from_json(row["rhythm"]))


async def report_is_due(desk: Desk, schedule_id: int, due_at: datetime) -> bool:
    """Write the report's message; False if another process was first.

    What was slept over is told once, as of now: it would be the same report again. To a chat that is lost, or for
    somebody who has left and wanted it for himself, nothing is written.
    """
    row = await store.schedule_by_id(desk.c, desk.book.id, schedule_id)
    if row is None:
        return False
    zone, rhythm = desk.book.policy.timezone, Rhythm.from_json(row["rhythm"])
    following = rhythm.next_at(max(due_at, desk.now), zone)
    if not await store.move_schedule(desk.c, desk.book.id, schedule_id, due_at, following):
        return False
    chat = await notices.chat_by_id(desk.c, desk.book.id, row["chat_id"])
    if chat is None or not chat.is_reachable or (chat.kind == "private" and row["member_id"] not in desk.book.members):
        return True
    chosen = wish_of(row).selection(local_date(_last_due(rhythm, due_at, desk.now, zone), zone))
    kept = await store.chosen_columns(desk.c, desk.book.id, row["member_id"], chosen.kind)
    params = built(chosen, kept) | {"schedule": schedule_id}
    draft = screens.Screen(team_id=desk.book.id, member_id=row["member_id"], kind="report", params=params)
    screen_id = await screens.add_screen(desk.c, draft, desk.now)
    return await notices.add_card(desk.c, chat, "screen", screen_id, now=desk.now, priority=priorities.DIGEST)


def _last_due(rhythm: Rhythm, due_at: datetime, now: datetime, timezone: str) -> datetime:
    """Of all that was slept over the last one."""
    last = max(due_at, now - _LONGEST_STEP)
    while (following := rhythm.next_at(last, timezone)) <= now:
        last = following
    return max(last, due_at)
