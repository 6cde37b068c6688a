"""What time brings to tickets: a warning before the SLA ends, a silent owner who loses it, the end of a snooze.

A closed ticket is due only if the upgrade to 0011 has left a measure of it to be taken.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from followup.notices import priorities
from followup.notices import store as notices
from followup.teams.desk import Desk
from followup.teams.turn_store import lock_team
from followup.tickets import store
from followup.tickets.actions import give_back
from followup.tickets.measuring import measure_again
from storage.rows import Row

_MOMENTS: Final = ("warn_at", "return_at", "snoozed_until")


async def keep(desk: Desk, ticket_id: int) -> None:
    """Everything that is due about one ticket; what was said already is not said again."""
    await lock_team(desk.c, desk.book.id)
    ticket = await store.ticket_by_id(desk.c, desk.book.id, ticket_id)
    if ticket is None:
        return
    if ticket["state"] == "open":
        if _has_come(ticket["snoozed_until"], desk.now):
            await _tell(desk, ticket, "ticket_woke", ticket["snoozed_until"])
            await notices.raise_cards(desk.c, desk.book.id, "ticket", [ticket_id])
        if _has_come(ticket["warn_at"], desk.now):
            await _tell(desk, ticket, "ticket_due", ticket["warn_at"])
        if _has_come(ticket["return_at"], desk.now):
            await _return(desk, ticket)
    elif ticket["snoozed_working"] is None:
        await measure_again(desk, ticket)
    await _look_again(desk, ticket_id)


def _has_come(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now


async def _look_again(desk: Desk, ticket_id: int) -> None:
    ticket = await store.ticket_by_id(desk.c, desk.book.id, ticket_id)
    assert ticket is not None  # noqa: S101 - it was there a moment ago, and the team is locked
    coming = [ticket[name] for name in _MOMENTS if ticket[name] is not None and ticket[name] > desk.now]
    next_at = min(coming, default=None) if ticket["state"] == "open" else None
    await store.mark(desk.c, desk.book.id, ticket_id, next_at=next_at)


async def _return(desk: Desk, ticket: Row) -> None:
    """Back to the group; the team is told, and so is who had it."""
    owner_id, at = ticket["owner_id"], ticket["return_at"]
    await give_back(desk, ticket["id"])
    about = {"owner": desk.book.member_name(owner_id)}
    chats = await notices.chats_of(desk.c, desk.book.id, "team")
    own = await notices.private_chat(desk.c, desk.book.id, owner_id)
    for chat in [*chats, *([own] if own is not None else [])]:
        await _say(desk, chat, ticket, "ticket_returned", (at, about))


async def _tell(desk: Desk, ticket: Row, kind: str, at: datetime) -> None:
    """Its owner in his own chat; whom nobody owns, or who never started the bot: the team."""
    own = await notices.private_chat(desk.c, desk.book.id, ticket["owner_id"]) if ticket["owner_id"] else None
    reachable = [own] if own is not None and own.is_reachable else []
    for chat in reachable or await notices.chats_of(desk.c, desk.book.id, "team"):
        await _say(desk, chat, ticket, kind, (at, {}))


async def _say(desk: Desk, chat: notices.Chat, ticket: Row, kind: str, about: tuple[datetime, dict[str, Any]]) -> None:
    at, payload = about
    letter = notices.Letter(
        team_id=desk.book.id,
        chat_id=chat.id,
        kind=kind,
        at=desk.now,
        payload={"ticket_id": ticket["id"], **payload},
        priority=priorities.REMINDER,
        key=f"{kind}:{chat.id}:{ticket['id']}:{int(at.timestamp())}",
    )
    await notices.add_letter(desk.c, letter)
