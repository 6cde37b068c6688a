"""Letters about the bot's own troubles: a chat that takes nothing, a PBX that says nothing (promises 5 and 16)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from followup.health import store as health
from followup.health.actions import letter_key
from messenger import letters as say
from messenger.content import Readers
from messenger.outgoing import Outgoing
from storage.rows import Row

Alarm: TypeAlias = Callable[[object, Readers, Row], Awaitable[Outgoing | None]]


async def _trouble(_: object, readers: Readers, row: Row) -> Outgoing | None:
    """A team chat cannot be written to, or its topic cannot."""
    letter = say.topic_closed if row["payload"].get("is_topic") else say.chat_trouble
    return letter(row["payload"]["title"], row["payload"]["error"], readers.context)


async def _silence(_: object, readers: Readers, row: Row) -> Outgoing | None:
    """Heard again before it could be said: there is nothing to say."""
    payload = row["payload"]
    window = await health.window(readers.c, readers.book.id, payload["window_id"])
    if window is None or window["ends_at"] is not None:
        return None
    pbx = say.Pbx(name=window["name"], begins_at=window["begins_at"])
    return say.silence(pbx, _people(row), readers.context)


async def _heard_again(_: object, readers: Readers, row: Row) -> Outgoing | None:
    """Only where the silence was told of."""
    window = await health.window(readers.c, readers.book.id, row["payload"]["window_id"])
    key = letter_key(f"silence:{row['payload']['window_id']}", row["chat_id"])
    if window is None or key not in await health.told_chats(readers.c, readers.book.id, [key]):
        return None
    pbx = say.Pbx(name=window["name"], begins_at=window["begins_at"], ends_at=window["ends_at"])
    return say.heard_again(pbx, readers.context)


async def _never_heard(_: object, readers: Readers, row: Row) -> Outgoing | None:
    """A connection made days ago has not spoken yet."""
    connection = await health.connection_with_watch(readers.c, readers.book.id, row["payload"]["connection_id"])
    if connection is None or connection["last_event_at"] is not None:
        return None
    pbx = say.Pbx(name=connection["name"], begins_at=connection["created_at"])
    return say.never_heard(pbx, _people(row), readers.context)


def _people(row: Row) -> list[say.Mention]:
    return [(person[0], person[1]) for person in row["payload"].get("people", ())]


ALARMS: dict[str, Alarm] = {
    "trouble": _trouble,
    "silence": _silence,
    "heard_again": _heard_again,
    "never_heard": _never_heard,
}
