"""Messages that are no text of ours: somebody's own one copied, and one that is to be taken away."""

from __future__ import annotations

from dataclasses import dataclass

from messenger.outgoing import Outgoing
from messenger.results import Gone, Refused, Result


@dataclass(frozen=True, slots=True)
class Copy(Outgoing):
    """A person's message sent on as it is, without his name; ``caption`` (HTML) in place of its own."""

    from_chat: int = 0
    from_message: int = 0
    caption: str | None = None


@dataclass(frozen=True, slots=True)
class Removed(Outgoing):
    """A message to delete; where Telegram does not let us any more (48 hours), its words become ``text``."""


def of_target(result: Result, chat_id: int) -> Result:
    """A copy names two chats, and Telegram does not say which of them it refuses: only one of them is a person's."""
    if isinstance(result, Gone) and ("user" in result.why.lower()) != (chat_id > 0):
        return Refused(result.why)
    return result
