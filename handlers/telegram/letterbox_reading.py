"""What a message of Telegram says: its kind, its words, and the number that its sender vouches for."""

from __future__ import annotations

from datetime import UTC
from typing import Final

from aiogram.enums import ContentType
from aiogram.types import Message

from followup.tickets.letterbox_client import Visitor, Words
from handlers.telegram.front import Caller

KINDS: Final = frozenset(
    {"text", "photo", "document", "voice", "video", "video_note", "audio", "animation", "sticker", "location"}
    | {"venue", "contact"}
)
# A person made these, too, but neither a card nor a copy would tell the team what they say.
UNREADABLE: Final = frozenset({"poll", "dice", "game", "story", "checklist", "paid_media", "giveaway", "invoice"})


def kind_of(message: Message) -> str:
    """Telegram's own name of it."""
    return ContentType(message.content_type).value


def text_of(message: Message) -> str:
    """Its words; of a place where it is, of a contact who and what number, of a sticker its emoji."""
    said = message.text or message.caption or _stands_for(message)
    return said.replace("\0", "")


def _stands_for(message: Message) -> str:
    if message.venue is not None:
        return f"{message.venue.title}, {message.venue.address}"
    if message.location is not None:
        return f"{message.location.latitude:.5f}, {message.location.longitude:.5f}"
    if message.contact is not None:
        parts = (message.contact.first_name, message.contact.last_name, message.contact.phone_number)
        return " ".join(part for part in parts if part)
    return (message.sticker.emoji or "") if message.sticker is not None else ""


def words_of(message: Message) -> Words:
    """The message as the business takes it. A number counts as his own where Telegram says that it is."""
    contact = message.contact
    is_own = contact is not None and message.from_user is not None and contact.user_id == message.from_user.id
    return Words(
        message_id=message.message_id,
        kind=kind_of(message),
        text=text_of(message),
        said_at=message.date.astimezone(UTC),
        phone=_international(contact.phone_number) if contact is not None and is_own else None,
    )


def _international(number: str) -> str:
    """Telegram leaves the plus out."""
    return number if number.startswith("+") else f"+{number}"


def visitor_of(caller: Caller) -> Visitor:
    """Who writes, as the business knows him."""
    return Visitor(
        telegram_id=caller.telegram_id,
        chat_id=caller.chat_id,
        name=caller.name,
        language=caller.language,
        source_key=caller.source_key,
        username=caller.username,
    )


def start_payload(message: Message) -> str | None:
    """What came with /start, "" for nothing; None: it is no /start."""
    command, _, payload = (message.text or "").partition(" ")
    return payload.strip() if command.partition("@")[0] == "/start" else None
