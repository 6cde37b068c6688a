"""What the outbox asks of those who know what a card or a letter says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from followup.notices.store import Chat
from messenger.outgoing import Outgoing
from storage.rows import Row


@dataclass(frozen=True, slots=True)
class Rendered:
    """A card as it shall look now. ``is_open``: if its message was deleted, it is worth a new one.

    ``names``: the cases that a bundle lists; they come back in the row (``row["names"]``) when it has been shown.
    """

    outgoing: Outgoing
    is_open: bool = True
    names: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Skip:
    """A letter that is no longer true."""

    why: str = ""


class Content(Protocol):
    """Renders rows of the outbox and hears what came of them.

    A row holds the columns of its table and its chat's ``telegram_id``, ``thread_id``, ``chat_kind``, ``member_id``
    and ``capabilities``. What happened is told inside the transaction that records it: ``c`` is the only connection
    to write by, a second one would wait for the first for ever.
    """

    async def card(self, row: Row) -> Rendered | None:
        """The card's present state; None: nothing to show any more (what the chat shows stays as it is)."""
        ...

    async def letter(self, row: Row) -> Outgoing | Skip:
        """The letter's text, from the numbers of now."""
        ...

    async def card_shown(self, c: AsyncConnection, row: Row, now: datetime, *, first: bool) -> None:
        """The chat shows the card; ``first``: it never did before."""
        ...

    async def letter_sent(self, c: AsyncConnection, row: Row, message_id: int, now: datetime) -> None:
        """The letter stands in the chat."""
        ...

    async def letter_dead(self, c: AsyncConnection, row: Row, why: str) -> None:
        """Telegram will never take the letter."""
        ...

    async def chat_lost(self, c: AsyncConnection, chat: Chat, why: str) -> None:
        """The chat has just become unreachable: the owner is to be told elsewhere."""
        ...

    async def topic_lost(self, c: AsyncConnection, chat: Chat, why: str) -> None:
        """The chat's topic takes nothing any more; its messages go to the group itself from now on."""
        ...
