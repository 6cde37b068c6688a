"""The SQL of teams: what the rest of the house knows as a ``TeamBook``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from followup.teams import tables as t
from followup.teams.book import ExtensionPeriod, Line, LineVersion, Listener, Member, Reason, TeamBook
from followup.teams.directory_store import results_of, status_titles, topics_of
from followup.teams.policy import PolicyVersion
from followup.teams.rules import policy_from
from storage.rows import Row, all_rows, one_row, one_value
from storage.upsert import insert_or_ignore


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A PBX that talks to us; ``options`` are still encrypted."""

    id: int
    team_id: int
    provider: str
    name: str
    options: str


# Built once: putting a statement together costs more than asking it.
_REVISION = select(t.teams.c.revision).where(t.teams.c.id == bindparam("of_team"))
_BY_TOKEN = (
    select(t.connections, t.teams.c.revision)
    .join(t.teams, t.teams.c.id == t.connections.c.team_id)
    .where(t.connections.c.token == bindparam("of_token"))
)


async def team_id_of(c: AsyncConnection, team: str) -> int | None:
    """A team by name, or by id."""
    found = await c.scalar(select(t.teams.c.id).where(t.teams.c.name == team))
    if found is None and team.isdigit():
        found = await c.scalar(select(t.teams.c.id).where(t.teams.c.id == int(team)))
    return found


async def team_ids(c: AsyncConnection) -> list[int]:
    """Every team."""
    return list(await c.scalars(select(t.teams.c.id).order_by(t.teams.c.id)))


async def revision(c: AsyncConnection, team_id: int) -> int | None:
    """Raised by every change of the team's settings, lines or people."""
    found: int | None = await one_value(c, _REVISION, {"of_team": team_id})
    return found


async def touch(c: AsyncConnection, team_id: int) -> None:
    """Tell every process that its copy of the book is old."""
    await c.execute(update(t.teams).where(t.teams.c.id == team_id).values(revision=t.teams.c.revision + 1))


async def load_book(c: AsyncConnection, team_id: int) -> TeamBook:
    """Read the whole book of a team."""
    team = (await c.execute(select(t.teams).where(t.teams.c.id == team_id))).mappings().one()
    return TeamBook(
        id=team_id,
        name=team["name"],
        revision=team["revision"],
        policies=await _policies(c, team_id),
        lines=await _lines(c, team_id),
        members=await _members(c, team_id),
        extensions=await _extensions(c, team_id),
        reasons=await _reasons(c, team_id),
        topics=await topics_of(c, team_id),
        results=await results_of(c, team_id),
        status_titles=await status_titles(c, team_id),
        tickets_from=team["tickets_from"],
        webhooks=await _webhooks(c, team_id),
    )


async def _rows(c: AsyncConnection, table: Table, team_id: int, *order: Any) -> Sequence[Row]:
    return await all_rows(c, select(table).where(table.c.team_id == team_id).order_by(*order))


async def _policies(c: AsyncConnection, team_id: int) -> tuple[PolicyVersion, ...]:
    rows = await _rows(c, t.team_settings, team_id, t.team_settings.c.valid_from, t.team_settings.c.id)
    return tuple(PolicyVersion(row["valid_from"], policy_from(row["settings"])) for row in rows)


async def _lines(c: AsyncConnection, team_id: int) -> dict[str, Line]:
    versions: dict[int, list[LineVersion]] = defaultdict(list)
    for row in await _rows(c, t.line_settings, team_id, t.line_settings.c.valid_from, t.line_settings.c.id):
        takes = row["takes_off_hours_orders"]
        version = LineVersion(valid_from=row["valid_from"], hours=row["hours"], takes_off_hours_orders=takes)
        versions[row["line_id"]].append(version)
    return {
        row["key"]: Line(
            id=row["id"],
            key=row["key"],
            name=row["name"],
            kind=row["kind"],
            group=row["group_name"],
            versions=tuple(versions[row["id"]]),
            makes_tickets=row["makes_tickets"],
        )
        for row in await _rows(c, t.lines, team_id, t.lines.c.id)
    }


async def _members(c: AsyncConnection, team_id: int) -> dict[int, Member]:
    groups: dict[int, list[str]] = defaultdict(list)
    for row in await _rows(c, t.member_groups, team_id, t.member_groups.c.id):
        groups[row["member_id"]].append(row["group_name"])
    return {
        row["id"]: Member(
            id=row["id"],
            team_id=team_id,
            name=row["name"],
            telegram_id=row["telegram_id"],
            role=row["role"],
            groups=tuple(groups[row["id"]]),
        )
        for row in await _rows(c, t.members, team_id, t.members.c.id)
        if row["removed_at"] is None
    }


async def _extensions(c: AsyncConnection, team_id: int) -> dict[str, list[ExtensionPeriod]]:
    periods: dict[str, list[ExtensionPeriod]] = defaultdict(list)
    for row in await _rows(c, t.extensions, team_id, t.extensions.c.id):
        period = ExtensionPeriod(extension=row["extension"], member_id=row["member_id"], valid_from=row["valid_from"])
        periods[row["extension"]].append(period)
    for same in periods.values():
        same.sort(key=lambda period: (period.valid_from is not None, period.valid_from or 0))
    return dict(periods)


async def _reasons(c: AsyncConnection, team_id: int) -> tuple[Reason, ...]:
    rows = await _rows(c, t.reasons, team_id, t.reasons.c.position, t.reasons.c.id)
    return tuple(Reason(code=row["code"], title=row["title"]) for row in rows if not row["is_retired"])


async def _webhooks(c: AsyncConnection, team_id: int) -> tuple[Listener, ...]:
    rows = await _rows(c, t.webhooks, team_id, t.webhooks.c.id)
    live = (row for row in rows if row["removed_at"] is None)
    return tuple(Listener(id=row["id"], kind=row["kind"], events=frozenset(row["events"])) for row in live)


async def add_row(c: AsyncConnection, table: Table, values: Mapping[str, Any]) -> int:
    """Insert one row of a team's table; its id."""
    result = await c.execute(insert(table).values(**values))
    return int(result.inserted_primary_key[0])  # type: ignore[index]


async def latest_settings(c: AsyncConnection, team_id: int) -> dict[str, str]:
    """The settings of today, as typed."""
    s = t.team_settings
    row = await c.scalar(
        select(s.c.settings).where(s.c.team_id == team_id).order_by(s.c.valid_from.desc(), s.c.id.desc()).limit(1)
    )
    return dict(row or {})


async def connection_by_token(c: AsyncConnection, token: str) -> tuple[Connection, int] | None:
    """The PBX connection behind a hook address, and its team's revision."""
    row = await one_row(c, _BY_TOKEN, {"of_token": token})
    return (_connection(row), row["revision"]) if row else None


async def connections_of(c: AsyncConnection, team_id: int) -> list[Connection]:
    """The team's PBX connections."""
    return [_connection(row) for row in await _rows(c, t.connections, team_id, t.connections.c.id)]


def _connection(row: Row) -> Connection:
    return Connection(
        id=row["id"], team_id=row["team_id"], provider=row["provider"], name=row["name"], options=row["options"]
    )


async def memberships(c: AsyncConnection, telegram_id: int) -> list[tuple[int, int]]:
    """(team id, member id) of every team a Telegram user works in."""
    m = t.members
    rows = await c.execute(
        select(m.c.team_id, m.c.id).where(m.c.telegram_id == telegram_id, m.c.removed_at.is_(None)).order_by(m.c.id)
    )
    return [(row.team_id, row.id) for row in rows]


async def moment_of(c: AsyncConnection, team_id: int, column: str) -> datetime | None:
    """``next_digest_at`` or ``morning_at`` as it stands."""
    moment: datetime | None = await c.scalar(select(t.teams.c[column]).where(t.teams.c.id == team_id))
    return moment


async def set_moment(c: AsyncConnection, team_id: int, column: str, value: datetime | None) -> None:
    """Set ``next_digest_at`` or ``morning_at``."""
    await c.execute(update(t.teams).where(t.teams.c.id == team_id).values({column: value}))


async def take_due(c: AsyncConnection, column: str, now: datetime) -> list[tuple[int, datetime]]:
    """(team id, due moment) of teams whose ``column`` is due; the caller moves it on by ``move_moment``."""
    due = t.teams.c[column]
    rows = await c.execute(select(t.teams.c.id, due).where(due <= now).order_by(due).limit(100))
    return [(row[0], row[1]) for row in rows]


async def move_moment(c: AsyncConnection, team_id: int, column: str, seen: datetime, value: datetime | None) -> bool:
    """Compare-and-set: True if nobody else moved it first."""
    condition = (t.teams.c.id == team_id) & (t.teams.c[column] == seen)
    result = await c.execute(update(t.teams).where(condition).values({column: value}))
    return result.rowcount == 1


async def put_member(c: AsyncConnection, values: Mapping[str, Any]) -> int:
    """Insert a member, or change the one with the same Telegram id; his id."""
    m = t.members
    known = await c.scalar(
        select(m.c.id).where(m.c.team_id == values["team_id"], m.c.telegram_id == values["telegram_id"])
    )
    if known is None:
        return await add_row(c, m, values)
    changed = {name: values[name] for name in ("name", "role", "removed_at")}
    await c.execute(update(m).where(m.c.team_id == values["team_id"], m.c.id == known).values(**changed))
    return int(known)


async def put_group(c: AsyncConnection, values: Mapping[str, Any]) -> None:
    """A member belongs to a group."""
    await c.execute(insert_or_ignore(c, t.member_groups).values(**values))


async def change_line(c: AsyncConnection, team_id: int, line_id: int, values: Mapping[str, Any]) -> None:
    """Another name, kind or group for a line."""
    condition = (t.lines.c.team_id == team_id) & (t.lines.c.id == line_id)
    await c.execute(update(t.lines).where(condition).values(**values))


async def replace_reasons(c: AsyncConnection, team_id: int, titles: Sequence[tuple[str, str | None]]) -> None:
    """Make (code, title) pairs the list of Handle reasons; old codes stay readable."""
    r = t.reasons
    now_retired = (r.c.team_id == team_id) & r.c.code.not_in([code for code, _ in titles])
    await c.execute(update(r).where(now_retired, r.c.is_retired.is_(False)).values(is_retired=True))
    for position, (code, title) in enumerate(titles):
        values = {"title": title, "position": position, "is_retired": False}
        changed = await c.execute(update(r).where(r.c.team_id == team_id, r.c.code == code).values(**values))
        if changed.rowcount == 0:
            await add_row(c, r, {"team_id": team_id, "code": code, **values})


async def reason_titles(c: AsyncConnection, team_id: int) -> dict[str, str]:
    """Code → the team's own title, retired ones included: what an old close is called."""
    r = t.reasons
    rows = await c.execute(select(r.c.code, r.c.title).where(r.c.team_id == team_id, r.c.title.is_not(None)))
    return {row.code: row.title for row in rows}
