"""Telegram's refusals in our words: aiogram tells them apart by HTTP status, we also by what they say."""

from __future__ import annotations

from collections.abc import Callable

from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)

from messenger.results import Broken, Failure, Gone, Later, Missing, Moved, Refused, TopicGone, Unchanged

# What aiogram raises when a request fails; ClientDecodeError (a proxy's page) is no TelegramAPIError.
TROUBLES = (TelegramAPIError, ClientDecodeError, TimeoutError, OSError)

_LASTING: tuple[tuple[type[Exception], Callable[[str], Failure]], ...] = (
    (TelegramForbiddenError, Gone),
    (TelegramUnauthorizedError, Broken),
    (TelegramNotFound, Broken),  # the address holds the token: 404 is a wrong one
    (TelegramEntityTooLarge, Refused),
)
_MISSING = ("message to edit not found", "message to delete not found", "message_id_invalid")
_TOPIC_GONE = ("message thread not found", "topic_closed", "topic_deleted")
_GONE = (
    "chat not found",
    "user not found",
    "group chat was deactivated",
    "not enough rights to send text messages",
    "have no rights to send a message",
    "chat_write_forbidden",
    "chat_restricted",
    "peer_id_invalid",
    "channel_private",
    "user_is_blocked",
    "input_user_deactivated",
)


def meaning(trouble: Exception) -> Failure:
    """What a failed request means; what we do not know is tried again, never lost."""
    words = getattr(trouble, "message", "") or str(trouble) or type(trouble).__name__
    if isinstance(trouble, TelegramRetryAfter):
        return Later(float(trouble.retry_after), words)
    if isinstance(trouble, TelegramMigrateToChat):
        return Moved(trouble.migrate_to_chat_id)
    if isinstance(trouble, TelegramBadRequest):
        return _of_bad_request(words)
    lasting = next((made for kind, made in _LASTING if isinstance(trouble, kind)), None)
    return lasting(words) if lasting else Later(None, words)


def _of_bad_request(words: str) -> Failure:
    said = words.lower()
    if "message is not modified" in said:
        return Unchanged()
    if any(each in said for each in _MISSING):
        return Missing()
    if any(each in said for each in _TOPIC_GONE):
        return TopicGone(words)
    if any(each in said for each in _GONE):
        return Gone(words)
    return Refused(words)
