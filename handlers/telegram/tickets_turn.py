"""One press on a ticket, looked up, and what every such press may do: write a letter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from followup.notices import priorities
from followup.notices import store as notices
from followup.teams.book import Member
from followup.teams.desk import Desk
from followup.tickets import actions
from handlers.telegram.front import Caller
from storage.rows import Row


@dataclass(frozen=True, slots=True)
class Answer:
    """A toast: its kind and what fills it, or ready ``words``; ``gone`` is an old message that the new card replaces."""

    kind: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    is_alert: bool = False
    words: str | None = None
    gone: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One press, looked up: whose, on which ticket, in which chat, under which card."""

    desk: Desk
    caller: Caller
    member: Member
    chat: notices.Chat
    card: Row | None
    ticket_id: int
    arg: str

    @property
    def press(self) -> actions.TicketPress:
        """As the business sees it."""
        return actions.TicketPress(ticket_id=self.ticket_id, member=self.member, source_key=self.caller.source_key)


Op = Callable[[Turn], Awaitable[Answer]]


async def write(turn: Turn, chat: notices.Chat, kind: str, payload: Mapping[str, Any], key: str) -> None:
    """A letter about the ticket, before everything else that waits in the chat."""
    letter = notices.Letter(
        team_id=turn.desk.book.id,
        chat_id=chat.id,
        kind=kind,
        at=turn.desk.now,
        payload={"ticket_id": turn.ticket_id, **payload},
        priority=priorities.ANSWER,
        key=key,
    )
    await notices.add_letter(turn.desk.c, letter)
