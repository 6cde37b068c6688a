"""What came of a request to Telegram: values, because each of them is an ordinary day for a messenger."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Sent:
    """It stands in the chat. ``is_photo``: the text is the caption of a picture.

    ``is_rich``: whether the chat took real tables, None where none were offered. ``file_id``: Telegram's name of the file.
    """

    message_id: int
    is_photo: bool = False
    is_rich: bool | None = None
    file_id: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The message looks like that already."""


@dataclass(frozen=True, slots=True)
class Missing:
    """The message to change is not there any more."""


@dataclass(frozen=True, slots=True)
class Later:
    """Not now: 429 says for how long, a network trouble does not (the message may have been sent)."""

    seconds: float | None
    why: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The chat cannot be written to until somebody lets the bot in again."""

    why: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The group has become a supergroup with another id; its old messages stay editable under the old one."""

    new_chat_id: int


@dataclass(frozen=True, slots=True)
class TopicGone:
    """The topic is closed or deleted, the group is still there."""

    why: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The content itself will never be taken."""

    why: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The token is not valid: nothing can be sent to anybody."""

    why: str


Failure: TypeAlias = Unchanged | Missing | Later | Gone | Moved | TopicGone | Refused | Broken
Result: TypeAlias = Sent | Failure
