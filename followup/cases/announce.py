"""What a changed case means for the team's chats: cards to raise, letters to write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from followup.cases import store
from followup.cases.outgoing import tell_listeners
from followup.notices import priorities
from followup.notices import store as notices
from followup.notices.alerts_store import add_case_cards
from followup.teams import store as teams
from followup.teams.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A case row before (None: new) and after."""

    case_id: int
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]

    @property
    def is_open(self) -> bool:
        """Waiting for somebody now."""
        return bool(self.after["state"] == "open")

    @property
    def has_new_miss(self) -> bool:
        """The client called in vain once more."""
        return self.is_open and self.before is not None and self.after["missed"] > self.before["missed"]


async def announce(desk: Desk, changes: Iterable[Change]) -> None:
    """Raise the cards of what changed; open cases get a card in every chat of the team, or a place in the morning list."""
    changes = list(changes)
    if not changes:
        return
    book, now = desk.book, desk.now
    if book.webhooks:
        await tell_listeners(desk, changes)
    known = [change.case_id for change in changes if change.before is not None]
    await notices.raise_cards(desk.c, desk.book.id, "case", known)
    opening = book.schedule_now.next_opening(now)  # None: never again, so there is nothing to wait for
    is_night = book.policy.quiet and opening is not None and opening > now
    are_open = [change.case_id for change in changes if change.is_open]
    await add_case_cards(desk.c, book.id, are_open, now=now, state="held" if is_night else "live")
    if is_night and are_open:
        await teams.set_moment(desk.c, desk.book.id, "morning_at", opening)
    if not is_night:
        await _call_again(desk, [change for change in changes if change.has_new_miss])


async def shelve(desk: Desk, changes: Iterable[Change]) -> None:
    """What a file of the past changed: cards that stand are kept true, a new case waits in the queue without a sound.

    Its card is held back as at night; it comes when the client calls again.
    """
    changes = list(changes)
    await notices.raise_cards(
        desk.c, desk.book.id, "case", [each.case_id for each in changes if each.before is not None]
    )
    quiet = [each.case_id for each in changes if each.is_open and each.before is None]
    if not quiet:
        return
    await add_case_cards(desk.c, desk.book.id, quiet, now=desk.now, state="held")
    # Heard of: so no morning list tells them either.
    await store.mark(desk.c, desk.book.id, quiet, notified_at=desk.now)


async def _call_again(desk: Desk, changes: list[Change]) -> None:
    """Whoever calls again by day gets a card of his own, even if the morning list named him."""
    if not changes:
        return
    chats = await notices.chats_of(desk.c, desk.book.id, "team")
    for chat in chats:
        await notices.release_held(desk.c, desk.book.id, chat.id, [each.case_id for each in changes], desk.now)
    for change in changes:
        await _say_again(desk, chats, change)


async def _say_again(desk: Desk, chats: list[notices.Chat], change: Change) -> None:
    """An edit makes no sound; so a further miss some time after the last sound gets a short reply to the card."""
    book, now = desk.book, desk.now
    notified_at = change.after["notified_at"]
    if notified_at is None or now - notified_at < book.policy.remind:
        return
    for chat in chats:
        letter = notices.Letter(
            team_id=book.id,
            chat_id=chat.id,
            kind="missed_again",
            at=now,
            priority=priorities.ALERT,
            key=f"again:{chat.id}:{change.case_id}:{change.after['missed']}",
            case_id=change.case_id,
        )
        await notices.add_letter(desk.c, letter)
    await store.mark(desk.c, desk.book.id, [change.case_id], notified_at=now)
