"""What the sandbox remembers: people, chats, topics, messages, files, presses and answers."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]

PRESENT = frozenset({"creator", "administrator", "member", "restricted"})
CAPTIONED = frozenset({"photo", "document", "video", "animation", "audio", "voice"})


@dataclass
class User:
    """A person, or the bot itself."""

    first_name: str
    id: int = 0
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    role_note: str | None = None
    is_bot: bool = False
    is_deactivated: bool = False

    @property
    def name(self) -> str:
        """Full name as clients show it."""
        return f"{self.first_name} {self.last_name}" if self.last_name else self.first_name


@dataclass
class Topic:
    """A forum topic; its id is the id of the message that created it."""

    id: int
    name: str
    is_closed: bool = False
    is_deleted: bool = False


@dataclass
class Message:
    """One message in its present form."""

    chat_id: int
    id: int
    sender_id: int
    sent_at: datetime
    text: str | None = None
    caption: str | None = None
    entities: list[Json] = field(default_factory=list)
    reply_markup: Json | None = None
    media: Json = field(default_factory=dict)
    service: Json = field(default_factory=dict)
    rich: Json | None = None
    thread_id: int | None = None
    reply_to_id: int | None = None
    edited_at: datetime | None = None
    edits: int = 0
    is_deleted: bool = False
    seq: int = 0

    @property
    def keyboard(self) -> list[list[Json]]:
        """Rows of inline buttons, empty if it has none."""
        rows: list[list[Json]] = (self.reply_markup or {}).get("inline_keyboard", [])
        return rows

    def content(self) -> tuple[Any, ...]:
        """What an edit is compared with."""
        return (self.text, self.caption, self.entities, self.reply_markup, self.media, self.rich)


def has_caption(message: Message) -> bool:
    """Whether words may stand under what the message shows."""
    return bool(CAPTIONED & set(message.media))


@dataclass
class Chat:
    """A private chat, group or supergroup with its members and its messages."""

    id: int
    type: str = "group"
    title: str | None = None
    is_forum: bool = False
    members: dict[int, str] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    migrated_to: int | None = None
    is_group_deleted: bool = False
    is_blocked: bool = False
    is_rich_allowed: bool = True
    may_bot_write: bool = True
    last_message_id: int = 0

    def status_of(self, user_id: int) -> str:
        """creator, administrator, member, left or kicked."""
        return self.members.get(user_id, "left")

    def has(self, user_id: int) -> bool:
        """Is this user in the chat now?"""
        return self.status_of(user_id) in PRESENT

    def next_message_id(self) -> int:
        """Ids count up in each chat; in a forum 1 is the General topic."""
        self.last_message_id = max(self.last_message_id + 1, 2 if self.is_forum else 1)
        return self.last_message_id


@dataclass
class StoredFile:
    """A photo or document kept in memory."""

    file_id: str
    unique_id: str
    name: str
    content_type: str
    data: bytes
    path: str


@dataclass
class Query:
    """A press of an inline button, waiting for the bot's answer."""

    id: str
    user_id: int
    chat_id: int
    message_id: int
    data: str
    asked_at: datetime
    is_answered: bool = False


@dataclass
class InlineAsk:
    """What somebody typed after the bot's name, and what he was offered (None: nothing yet)."""

    id: str
    user_id: int
    text: str
    asked_at: datetime
    results: list[Json] | None = None


@dataclass
class Answer:
    """What the bot answered to a press."""

    callback_query_id: str
    user_id: int
    text: str | None
    show_alert: bool
    url: str | None
    seq: int = 0
