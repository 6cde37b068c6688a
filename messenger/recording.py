"""What came of a request, written down: each function is one transaction's work (promises 5, 9 and 20)."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.notices import bundles_store, files_store, places_store, queue_store
from followup.notices.queue_store import Item, Shown
from messenger.content_protocol import Content
from messenger.outgoing import Outgoing
from messenger.results import Sent
from storage.rows import Row

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Recorder:
    """Writes down what has become of one claimed row."""

    content: Content
    item: Item
    row: Row
    leaves_at: datetime | None = None  # not before; None: at once

    @property
    def is_bundle(self) -> bool:
        """Several cases in one message."""
        return self.item.kind == "card" and self.row["subject"] == "bundle"

    async def sent(self, c: AsyncConnection, message: Sent, outgoing: Outgoing, now: datetime) -> None:
        """A new message stands in the chat."""
        await self._learn(c, message, outgoing, now)
        content_hash = outgoing.content_hash()
        if self.item.kind == "letter":
            await queue_store.record_letter_sent(c, self.row, message.message_id, now)
            await self._tell(c, self.content.letter_sent(c, self.row, message.message_id, now))
            return
        shown = Shown(
            message_id=message.message_id,
            shown_in=self.row["telegram_id"],
            is_photo=message.is_photo,
            content_hash=content_hash,
        )
        await self._card_shown(c, shown, now)

    async def changed(self, c: AsyncConnection, message: Sent, outgoing: Outgoing, now: datetime) -> None:
        """The card's message has been edited."""
        await self._learn(c, message, outgoing, now)
        await self.edited(c, outgoing.content_hash(), now)

    async def edited(self, c: AsyncConnection, content_hash: str, now: datetime) -> None:
        """The card's message looks as it shall."""
        await self._card_shown(c, self._as_it_is(content_hash), now)

    async def nothing_to_show(self, c: AsyncConnection, now: datetime) -> None:
        """The card needs no request: what stands in the chat, if anything, may stay."""
        await queue_store.record_card_shown(c, self.row, self._as_it_is(self.row["content_hash"]), now)

    async def message_lost(self, c: AsyncConnection, why: str) -> None:
        """The card's message cannot be changed any more; a new one comes in its turn."""
        await queue_store.forget_message(c, self.row, why)

    async def skipped(self, c: AsyncConnection, why: str) -> None:
        """The letter is not true any more."""
        await queue_store.skip_letter(c, self.row, why)

    async def postponed(self, c: AsyncConnection, until: datetime, why: str) -> None:
        """Not now."""
        await queue_store.postpone(c, self.item, until, why)

    async def dead(self, c: AsyncConnection, why: str, now: datetime) -> None:
        """Never; the cases of a bundle are shown each by itself."""
        await queue_store.give_up(c, self.item, why)
        if self.item.kind == "letter":
            await self._tell(c, self.content.letter_dead(c, self.row, why))
        if self.is_bundle:
            await bundles_store.dissolve_bundle(c, self.row["team_id"], self.row["id"], now)

    async def chat_gone(self, c: AsyncConnection, why: str) -> None:
        """Nobody is reached in this chat; the row stays for the day that somebody is."""
        await queue_store.release(c, self.item, error=why)
        for chat in await places_store.chat_unreachable(c, self.row["telegram_id"], why):
            await self._tell(c, self.content.chat_lost(c, chat, why))

    async def chat_moved(self, c: AsyncConnection, new_id: int) -> None:
        """The group has another id now."""
        await queue_store.release(c, self.item)
        await places_store.move_chat(c, self.row["telegram_id"], new_id)

    async def topic_gone(self, c: AsyncConnection, why: str) -> None:
        """The group goes on without its topic."""
        await queue_store.release(c, self.item, error=why)
        left = await places_store.topic_gone(c, self.row["team_id"], self.row["chat_id"])
        if left is not None:
            await self._tell(c, self.content.topic_lost(c, left, why))

    async def file_forgotten(self, c: AsyncConnection, key: str, now: datetime) -> None:
        """Telegram does not know the file by its id any more: it is uploaded anew, at once."""
        await files_store.forget_file(c, self.row["team_id"], key)
        await queue_store.postpone(c, self.item, now, "the file is not known any more")

    async def _learn(self, c: AsyncConnection, message: Sent, outgoing: Outgoing, now: datetime) -> None:
        """What the answer tells besides: whether the chat takes tables, and by which id a file goes next time."""
        team_id, known = self.row["team_id"], self.row["capabilities"] or {}
        if message.is_rich is not None and known.get("rich") != message.is_rich:
            await places_store.learn(c, team_id, self.row["chat_id"], known | {"rich": message.is_rich})
        if outgoing.file_key is not None and outgoing.file_id is None and message.file_id is not None:
            await files_store.keep_file(c, team_id, outgoing.file_key, message.file_id, now)

    def _as_it_is(self, content_hash: str | None) -> Shown:
        return Shown(
            message_id=self.row["message_id"],
            shown_in=self.row["shown_in"],
            is_photo=self.row["is_photo"],
            content_hash=content_hash,
        )

    async def _card_shown(self, c: AsyncConnection, shown: Shown, now: datetime) -> None:
        if await queue_store.record_card_shown(c, self.row, shown, now):
            is_first = self.row["shown_at"] is None
            await self._tell(c, self.content.card_shown(c, self.row, now, first=is_first))

    async def _tell(self, c: AsyncConnection, hearing: Awaitable[None]) -> None:
        """What the business makes of it must not undo that it happened: the message would be sent again."""
        try:
            async with c.begin_nested():
                await hearing
        except Exception:
            _log.exception("outbox: nobody heard", item=self.item)
