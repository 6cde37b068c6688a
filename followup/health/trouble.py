"""Who is told that a team's chat has been lost."""

from __future__ import annotations

from followup.notices import priorities
from followup.notices import store as notices
from followup.teams.desk import Desk


async def tell_of_lost_chat(desk: Desk, chat: notices.Chat, why: str, *, is_topic: bool = False) -> None:
    """Promise 5: an owner is told in his own chat that a team chat cannot be written to."""
    if chat.kind != "team":
        return
    for member in desk.book.members.values():
        private = await notices.private_chat(desk.c, desk.book.id, member.id) if member.may_lead else None
        if private is None or not private.is_reachable:
            continue
        letter = notices.Letter(
            team_id=desk.book.id,
            chat_id=private.id,
            kind="trouble",
            at=desk.now,
            payload={"title": desk.book.name, "error": why, "is_topic": is_topic},
            priority=priorities.ESCALATION,
            key=f"lost:{chat.id}:{private.id}:{int(desk.now.timestamp())}",
        )
        await notices.add_letter(desk.c, letter)
