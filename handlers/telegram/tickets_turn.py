"""One press on a ticket, looked up, and what every such press may do: write a letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from followup.notices import priorities
from followup.notices import store as notices
from followup.tickets import actions
from handlers.telegram.pressing import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketTurn(Turn):
    """One press on a ticket."""

    @property
    def press(self) -> actions.TicketPress:
        """As the business sees it."""
        return actions.TicketPress(ticket_id=self.id, member=self.member, source_key=self.caller.source_key)


async def write(turn: TicketTurn, chat: notices.Chat, kind: str, payload: Mapping[str, Any], key: str) -> None:
    """A letter about the ticket, before everything else that waits in the chat."""
    letter = notices.Letter(
        team_id=turn.desk.book.id,
        chat_id=chat.id,
        kind=kind,
        at=turn.desk.now,
        payload={"ticket_id": turn.id, **payload},
        priority=priorities.ANSWER,
        key=key,
    )
    await notices.add_letter(turn.desk.c, letter)
