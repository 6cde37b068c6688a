"""It notices its own deafness (promise 16): a silent PBX is told of once, and once more when it is heard again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from followup.health import store
from followup.health.rules import FIRST_WORD, HISTORY, alarm_at, gaps_between
from followup.notices import priorities
from followup.notices import store as notices
from followup.teams.book import Member, TeamBook
from followup.teams.desk import Desk
from followup.teams.turn_store import lock_team
from storage.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindWindow:
    """A stretch without data. ``ends_at`` None: it lasts; ``name``: which PBX, where the team has several."""

    begins_at: datetime
    ends_at: datetime | None
    name: str | None = None


async def watch(desk: Desk, connection_ids: Collection[int]) -> None:
    """Look at connections of a team that may have fallen silent or spoken again."""
    await lock_team(desk.c, desk.book.id)
    for connection_id in connection_ids:
        row = await store.connection_with_watch(desk.c, desk.book.id, connection_id)
        if row is not None:
            await _look(desk, row)


async def _look(desk: Desk, row: Row) -> None:
    is_new = row["watch_id"] is None
    if is_new or row["heard_at"] != row["last_event_at"]:
        await _heard(desk, row)
    elif row["revision"] != desk.book.revision and row["due_at"] is not None:
        await _wait_from_now(desk, row)
    elif row["due_at"] is not None and row["due_at"] <= desk.now:
        await _is_due(desk, row)
    else:
        await store.keep_watch(desk.c, desk.book.id, row["id"], revision=desk.book.revision)


async def _heard(desk: Desk, row: Row) -> None:
    """It spoke since the last look, or is looked at for the first time."""
    known = await store.open_window_of(desk.c, desk.book.id, row["id"])
    if known is not None and row["last_event_at"] is not None:
        since = known["begins_at"]
        ends_at = await store.first_request_after(desk.c, desk.book.id, row["id"], since) or row["last_event_at"]
        await store.close_window(desk.c, desk.book.id, known["id"], ends_at)
        await _tell(desk, "heard_again", f"heard:{known['id']}", {"window_id": known["id"]})
    await _wait_from_now(desk, row)


async def _wait_from_now(desk: Desk, row: Row) -> None:
    """The setting alone says when to look: what is usual is only asked of those who are silent by then."""
    schedule, heard_at = desk.book.schedule_now, row["last_event_at"]
    span = FIRST_WORD if heard_at is None else desk.book.policy.silence
    due_at = schedule.add_working(heard_at or row["created_at"], span)
    if due_at is not None and due_at <= desk.now:
        await _is_due(desk, row)
    else:
        await _keep(desk, row, due_at)


async def _keep(desk: Desk, row: Row, due_at: datetime | None) -> None:
    values = {"heard_at": row["last_event_at"], "due_at": due_at, "revision": desk.book.revision}
    await store.keep_watch(desk.c, desk.book.id, row["id"], **values)


async def _is_due(desk: Desk, row: Row) -> None:
    """At night and on holidays nobody is told, however late this look comes."""
    schedule = desk.book.schedule_now
    if not schedule.is_open(desk.now):
        await _keep(desk, row, schedule.next_opening(desk.now))
        return
    if row["last_event_at"] is None:
        await _tell(desk, "never_heard", f"never:{row['id']}", {"connection_id": row["id"], "name": row["name"]})
        await _keep(desk, row, None)
        return
    since = await silence_began(desk.c, desk.book.id, row)
    due_at = await alarm_of(desk.c, desk.book, row["id"], since)
    if due_at is None or due_at > desk.now:
        await _keep(desk, row, due_at)
    else:
        await _alarm(desk, row)


async def silence_began(c: AsyncConnection, team_id: int, row: Mapping[str, Any]) -> datetime:
    """Its last sign of life: what we could not read, or have not read yet, is none of its silence."""
    heard_at: datetime = row["last_event_at"]
    asked_at = await store.last_request_at(c, team_id, row["id"])
    return max(heard_at, asked_at) if asked_at is not None else heard_at


async def alarm_of(c: AsyncConnection, book: TeamBook, connection_id: int, since: datetime) -> datetime | None:
    """When a silence since then becomes an alarm, by the connection's own history."""
    schedule = book.schedule_now
    heard = await store.heard_minutes(c, book.id, connection_id, since - HISTORY)
    return alarm_at(gaps_between(heard, schedule), book.policy.silence, since, schedule)


async def _alarm(desk: Desk, row: Row) -> None:
    window_id = await store.open_window(desk.c, desk.book.id, row["id"], row["last_event_at"])
    if window_id is not None:
        await _tell(desk, "silence", f"silence:{window_id}", {"window_id": window_id})
    await _keep(desk, row, None)


async def _tell(desk: Desk, kind: str, key: str, payload: Mapping[str, Any]) -> None:
    """Every owner in private; those whom the bot cannot reach by name in the team's chat, in one message for all."""
    unreached = []
    for owner in owners(desk.book):
        private = await notices.private_chat(desk.c, desk.book.id, owner.id)
        if private is not None and private.is_reachable:
            await _write(desk, private, kind, key, payload)
        else:
            unreached.append([owner.telegram_id, owner.name])
    if unreached or not owners(desk.book):
        for chat in await notices.chats_of(desk.c, desk.book.id, "team"):
            await _write(desk, chat, kind, key, {**payload, "people": unreached})


def owners(book: TeamBook) -> list[Member]:
    """Who connects the PBX and answers for it; heads where nobody is the owner."""
    found = [member for member in book.members.values() if member.role == "owner"]
    return found or book.heads()


async def _write(desk: Desk, chat: notices.Chat, kind: str, key: str, payload: Mapping[str, Any]) -> None:
    """Said in working time: a PBX that is heard again at midnight is no reason to wake anybody."""
    at = desk.book.schedule_now.next_opening(desk.now) or desk.now
    letter = notices.Letter(
        team_id=desk.book.id,
        chat_id=chat.id,
        kind=kind,
        at=at,
        payload=dict(payload),
        priority=priorities.ESCALATION,
        key=letter_key(key, chat.id),
    )
    await notices.add_letter(desk.c, letter)


def letter_key(about: str, chat_id: int) -> str:
    """Once a silence and chat, whichever process says it."""
    return f"{about}:{chat_id}"


async def blind_windows(desk: Desk, span: store.Span) -> tuple[BlindWindow, ...]:
    """What nobody saw of the working time in the span; a window that began before it is shown from its opening."""
    schedule, found = desk.book.schedule_now, []
    has_many = await store.count_connections(desk.c, desk.book.id) > 1
    for row in await store.windows_in(desk.c, desk.book.id, span):
        begins_at = schedule.next_opening(max(row["begins_at"], span[0]))
        ends_at = min(row["ends_at"] or desk.now, span[1])
        if begins_at is not None and begins_at < ends_at:
            lasts = row["ends_at"] is None and desk.now < span[1]
            name = row["name"] if has_many else None
            found.append(BlindWindow(begins_at=begins_at, ends_at=None if lasts else ends_at, name=name))
    return tuple(found)
