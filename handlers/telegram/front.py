"""What every Telegram handler works with: who speaks, from where, and the door to the business."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from followup.clock import Clock
from followup.errors import FollowupError
from followup.notices.store import Chat
from followup.teams.book import Member, TeamBook
from followup.teams.desk import Desk
from followup.teams.seal import Seal
from followup.teams.shelf import Shelf
from messenger.gateway import Gateway
from storage.engine import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A person in a chat, as one update shows him. ``chats`` are the teams' rows of this Telegram chat."""

    telegram_id: int
    name: str
    language: str
    chat_id: int
    thread_id: int
    is_private: bool
    update_id: int
    memberships: tuple[tuple[int, int], ...]  # (team id, member id)
    chats: tuple[Chat, ...]
    username: str | None = None

    @property
    def source_key(self) -> str:
        """Names this very update: what it did is done once, however often it is delivered."""
        return f"u:{self.update_id}"

    def chat_of(self, team_id: int) -> Chat:
        """The team's row of the chat he speaks in; a team that is not at home here gives nothing away."""
        own = [chat for chat in self.chats if chat.team_id == team_id]
        here = [chat for chat in own if chat.thread_id == self.thread_id]
        if not own:
            raise FollowupError("not_yours")
        return (here or own)[0]

    def member_of(self, book: TeamBook) -> Member:
        """Who he is in the team; a stranger is refused."""
        ids = dict(self.memberships)
        member = book.members.get(ids.get(book.id, 0))
        if member is None:
            raise FollowupError("not_yours")
        return member


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The office's front desk: opens a transaction on a team's desk, answers presses, wakes the outbox."""

    database: Database
    clock: Clock
    seal: Seal
    shelf: Shelf
    gateway: Gateway
    wake: Callable[[], None]

    @asynccontextmanager
    async def desk(self, team_id: int) -> AsyncIterator[Desk]:
        """One transaction of a team; the outbox hears of it when it is committed."""
        async with self.database.write() as c:
            yield Desk(c, await self.shelf.book(c, team_id), self.clock.now())
        self.wake()
