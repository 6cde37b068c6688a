"""One message as it shall stand in a chat: what a screen gives and the gateway sends or edits."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha1

from aiogram.types import ForceReply, InlineKeyboardMarkup


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A rendered message. ``document`` is (file name, bytes); ``reply_to`` a message id of the same chat.

    ``rich`` is the same message with real tables, for a chat that takes it. ``file_key`` names all that a file says:
    what Telegram answers is kept under it, and next time ``file_id`` goes out in place of the bytes.
    """

    text: str
    keyboard: InlineKeyboardMarkup | ForceReply | None = None
    photo: bytes | None = None
    document: tuple[str, bytes] | None = None
    reply_to: int | None = None
    rich: str | None = None
    file_key: str | None = None
    file_id: str | None = None

    def content_hash(self) -> str:
        """Equal for messages that look equal: an edit to the same content is not sent."""
        digest = sha1(usedforsecurity=False)
        keyboard = self.keyboard.model_dump_json(exclude_none=True) if self.keyboard else ""
        name, body = self.document or ("", b"")
        rich = (self.rich or "").encode()
        for part in (self.text.encode(), keyboard.encode(), self.photo or b"", name.encode(), body, rich):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
        return digest.hexdigest()
