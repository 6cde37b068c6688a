"""What an owner or the CLI does to a team: each one a transaction; every change raises the team's revision."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args

from sqlalchemy.ext.asyncio import AsyncConnection

from followup.errors import FollowupError
from followup.hours import check_hours, local_date
from followup.notices.store import Place, ensure_chat, retire_team_chats
from followup.phone import is_e164, normalise
from followup.teams import store
from followup.teams import tables as t
from followup.teams.book import Role, TeamBook
from followup.teams.directory_store import add_entry
from followup.teams.moments import next_digest_at
from followup.teams.rules import parse_settings, policy_from
from followup.teams.seal import Seal

# X14: what Handle offers until a team edits its list; titles come from the templates in the team's language.
DEFAULT_REASONS = (
    *("messenger", "mobile", "spam", "wrong_number", "duplicate", "not_client", "asked_not_to_call", "unreachable"),
)
# How tickets end until a team edits that list: the result and the status it closes with.
DEFAULT_RESULTS = (("resolved", "done"), ("refused", "refused"), ("non_target", "non_target"))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTeam:
    """What `perezvon team add` is told. ``settings`` are texts as typed."""

    name: str
    settings: Mapping[str, str]
    chat: int | None = None
    thread: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMember:
    """What `perezvon member add` is told; extensions with the moment from which they are his (None: always)."""

    name: str
    telegram_id: int
    role: Role = "manager"
    extensions: Sequence[tuple[str, datetime | None]] = ()
    groups: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """What `perezvon line add` is told."""

    number: str
    name: str
    kind: str = "line"
    hours: str | None = None
    takes_off_hours_orders: bool = True
    group: str | None = None
    makes_tickets: bool | None = None  # None: as it was, at first yes


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConnection:
    """What `perezvon connect` is told."""

    provider: str
    name: str
    options: Mapping[str, str] = field(default_factory=dict)


async def add_team(c: AsyncConnection, new: NewTeam, now: datetime) -> int:
    """A team with its settings, reasons and chat; its id."""
    name = _name(new.name)
    if await store.team_id_of(c, name) is not None:
        raise FollowupError("name_taken", found=name)
    parse_settings(new.settings)
    values = {"name": name, "created_at": now, "revision": 1}
    team_id = await store.add_row(c, t.teams, values)
    settings = {"team_id": team_id, "valid_from": now, "settings": dict(new.settings)}
    await store.add_row(c, t.team_settings, settings)
    for position, code in enumerate(DEFAULT_REASONS):
        await store.add_row(c, t.reasons, {"team_id": team_id, "code": code, "position": position})
    for code, status in DEFAULT_RESULTS:
        await add_entry(c, t.ticket_results, team_id, {"code": code, "status": status})
    await _plan_digest(c, team_id, new.settings, now)
    if new.chat is not None:
        await ensure_chat(c, team_id, Place(new.chat, _thread(new.thread), "team"))
    return team_id


async def set_team(c: AsyncConnection, team_id: int, changes: Mapping[str, str], now: datetime) -> None:
    """Change settings from now on; what happened before is judged by what was valid then."""
    parse_settings(changes)
    settings = await store.latest_settings(c, team_id) | dict(changes)
    await store.add_row(c, t.team_settings, {"team_id": team_id, "valid_from": now, "settings": settings})
    if changes.keys() & {"digest_at", "timezone"}:
        await _move_digest(c, team_id, settings, now)
    await store.touch(c, team_id)


async def _plan_digest(c: AsyncConnection, team_id: int, settings: Mapping[str, str], now: datetime) -> None:
    await store.set_moment(c, team_id, "next_digest_at", next_digest_at(policy_from(settings), now))


async def _move_digest(c: AsyncConnection, team_id: int, settings: Mapping[str, str], now: datetime) -> None:
    """Today's is not lost to an hour that is past already: then it is due at once."""
    policy = policy_from(settings)
    today = local_date(now, policy.timezone)
    following, planned = next_digest_at(policy, now), await store.moment_of(c, team_id, "next_digest_at")
    is_left_out = local_date(following, policy.timezone) > today
    had_none = planned is not None and local_date(planned, policy.timezone) == today
    await store.set_moment(c, team_id, "next_digest_at", now if is_left_out and had_none else following)


def _thread(thread: int) -> int:
    """Topic 1 is "General": Telegram wants it left out."""
    return 0 if thread == 1 else thread


async def connect_chat(c: AsyncConnection, team_id: int, chat: int, thread: int = 0) -> None:
    """From now on the team's messages go to this chat, and to no other group."""
    await retire_team_chats(c, team_id)
    await ensure_chat(c, team_id, Place(chat, _thread(thread), "team"))
    await store.touch(c, team_id)


async def add_member(c: AsyncConnection, team_id: int, new: NewMember, now: datetime) -> int:
    """A person of the team; adding one again changes his name, role, phones and groups."""
    if new.role not in get_args(Role):
        raise FollowupError("bad_setting", setting="role", found=new.role, expected="owner, head, manager or viewer")
    values = {"team_id": team_id, "name": _name(new.name), "telegram_id": new.telegram_id, "role": new.role}
    member_id = await store.put_member(c, values | {"created_at": now, "removed_at": None})
    for group in new.groups:
        await store.put_group(c, {"team_id": team_id, "member_id": member_id, "group_name": group})
    book = await store.load_book(c, team_id)
    for extension, valid_from in new.extensions:
        await _map_extension(c, book, member_id, (extension, valid_from), now)
    await store.touch(c, team_id)
    return member_id


async def _map_extension(
    c: AsyncConnection, book: TeamBook, member_id: int, mapping: tuple[str, datetime | None], now: datetime
) -> None:
    """The first mapping of a phone holds from the beginning; a later one ends it from its date (default now)."""
    extension, valid_from = mapping
    periods = book.extensions.get(extension, ())
    if periods and periods[-1].member_id == member_id and valid_from is None:
        return
    starts = valid_from or (now if periods else None)
    values = {"team_id": book.id, "extension": extension[:64], "member_id": member_id, "valid_from": starts}
    await store.add_row(c, t.extensions, values)


async def add_line(c: AsyncConnection, team_id: int, new: NewLine, now: datetime) -> int:
    """A number or widget with a name and hours; adding it again changes them from now on."""
    if new.kind not in ("line", "widget"):
        raise FollowupError("bad_setting", setting="kind", found=new.kind, expected="line or widget")
    if new.hours is not None:
        check_hours(new.hours)
    book = await store.load_book(c, team_id)
    key = _line_key(book, new)
    values: dict[str, Any] = {"team_id": team_id, "key": key, "name": _name(new.name), "kind": new.kind}
    values["group_name"] = new.group
    if new.makes_tickets is not None:
        values["makes_tickets"] = new.makes_tickets
    known = book.lines.get(key)
    line_id = known.id if known else await store.add_row(c, t.lines, values)
    if known:
        await store.change_line(c, team_id, line_id, values)
    version = {"team_id": team_id, "line_id": line_id, "valid_from": now, "hours": new.hours}
    await store.add_row(c, t.line_settings, version | {"takes_off_hours_orders": new.takes_off_hours_orders})
    await store.touch(c, team_id)
    return line_id


def _line_key(book: TeamBook, new: NewLine) -> str:
    number = normalise(new.number, book.policy.region) if new.kind == "line" else None
    key = number if number is not None and is_e164(number) else new.number.strip()
    if not key or len(key) > 64:
        raise FollowupError("bad_number", found=new.number[:64])
    return key


async def add_connection(
    c: AsyncConnection, team_id: int, new: NewConnection, seal: Seal, now: datetime
) -> tuple[int, str]:
    """A PBX that may talk to us from now on: (id, secret token of its address, 256 bits)."""
    token = secrets.token_urlsafe(32)
    values = {"team_id": team_id, "provider": new.provider, "name": _name(new.name), "token": token}
    sealed = {"options": seal.close(new.options), "created_at": now}
    connection_id = await store.add_row(c, t.connections, values | sealed)
    await store.touch(c, team_id)
    return connection_id, token


async def set_reasons(c: AsyncConnection, team_id: int, titles: Sequence[tuple[str, str | None]]) -> None:
    """The team's own list of Handle reasons, (code, title) in order; those left out are retired, not deleted."""
    if not titles:
        raise FollowupError("bad_setting", setting="reasons", found="", expected="at least one reason")
    await store.replace_reasons(c, team_id, titles)
    await store.touch(c, team_id)


def _name(text: str) -> str:
    cleaned = " ".join(text.replace("\0", "").split())
    if not 1 <= len(cleaned) <= 200:
        raise FollowupError("bad_setting", setting="name", found=text[:40], expected="1 to 200 characters")
    return cleaned
