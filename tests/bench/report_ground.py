"""Two million calls with their clients, cases and orders, loaded past the intake: what reports are measured on."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import asyncpg
from sqlalchemy import make_url

NEWEST = datetime(2026, 11, 30, 22, tzinfo=UTC)  # the end of a November in Kyiv
MONTH = timedelta(days=30)
LINES = ("+380441112233", "+380441112244", "+380445556677", "site")
REASONS = ("not_answered", "abandoned_10s", "off_hours", "all_unavailable", "abandoned_ivr")
FATES = ("called_out", "called_out", "called_out", "called_in", "manual", "expired", None)
PHONES = 40  # of each team: one member has each
_FACTS = (
    '{"call_key": "%s", "direction": "in", "client": "+380670000000", "line": "+380441112233", "stage": "ringing", '
    '"started_at": "2026-11-20T08:00:00+00:00", "ended_at": "2026-11-20T08:00:25+00:00", "hung_up_by": "client", '
    '"legs": {"101@2026-11-20T08:00:03+00:00": {"extension": "101", "rang_at": "2026-11-20T08:00:03+00:00"}}}'
)
TABLES = {
    "numbers": ("id", "team_id", "number", "client_id"),
    "clients": ("id", "team_id", "created_at", "is_blocked"),
    "calls": (
        *("id", "team_id", "connection_id", "call_key", "facts", "last_event_at", "number_id", "direction", "outcome"),
        *("started_at", "contact_at", "ended_at", "line", "extension", "member_id", "talk_seconds", "ring_seconds"),
        *("reason", "result", "order_key", "is_suspect", "case_id", "is_non_target"),
    ),
    "cases": (
        *("id", "team_id", "client_id", "scope", "kind", "state", "version", "planned_version", "fact_keys"),
        *("number_id", "opened_at", "last_missed_at", "missed", "orders", "lines", "reason", "reasons", "attempts"),
        *("short_attempts", "first_attempt_at", "contact_at", "notes", "closed_at", "how", "closed_by", "created_at"),
    ),
    "orders": (
        *("id", "team_id", "connection_id", "order_key", "widget", "number_id", "ordered_at", "is_in_hours"),
        *("is_forbidden", "deadline_at", "is_returning"),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A team of the database with its connection and members."""

    team_id: int
    connection_id: int
    members: Sequence[int]


@dataclass(slots=True)
class Crowd:
    """Makes the calls of teams, always the same ones. ``months`` 20 and one team: a long history of a large firm."""

    owners: Sequence[Owner]
    calls: int
    months: int
    chance: random.Random = field(default_factory=lambda: random.Random(4))
    made: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: {name: [] for name in TABLES})
    last_id: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TABLES, 0))

    def batches(self, size: int = 40_000) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
        """Rows by table, a part at a time; the teams' calls come in turn, as they do in life."""
        known = [self._people(owner, max(self.calls // len(self.owners) // 5, 10)) for owner in self.owners]
        at, step, left, turn = NEWEST - self.months * MONTH, self.months * MONTH / self.calls, self.calls, 0
        while left > 0:
            owner, people = self.owners[turn], known[turn]
            turn = (turn + 1) % len(self.owners)
            rows = self._call(owner, self.chance.choice(people), at)
            at, left = at + step * rows, left - rows
            if self.chance.random() < 0.03:
                self._order(owner, self.chance.choice(people), at)
            if len(self.made["calls"]) >= size:
                yield self._taken()
        yield self._taken()

    def _taken(self) -> dict[str, list[tuple[Any, ...]]]:
        rows, self.made = self.made, {name: [] for name in TABLES}
        return rows

    def _add(self, table: str, *values: Any) -> int:
        self.last_id[table] += 1
        self.made[table].append((self.last_id[table], *values))
        return self.last_id[table]

    def _people(self, owner: Owner, count: int) -> list[tuple[int, int]]:
        """(number id, client id); one client in twenty has two numbers."""
        found: list[tuple[int, int]] = []
        for place in range(count):
            if place % 20 == 0 or not found:
                client = self._add("clients", owner.team_id, NEWEST, False)
            elif place % 20 == 1:
                client = found[-1][1]
            else:
                client = self._add("clients", owner.team_id, NEWEST, False)
            number = self._add("numbers", owner.team_id, f"+380{owner.team_id:02d}{place:07d}", client)
            found.append((number, client))
        return found

    def _call(self, owner: Owner, whose: tuple[int, int], at: datetime) -> int:
        """One call, or a miss with its second try; how many rows it took."""
        kind = self.chance.random()
        if kind < 0.35:
            self._row(owner, whose, at, ("out", "successful" if kind < 0.25 else "failed"))
        elif kind < 0.83:
            self._row(owner, whose, at, ("in", "successful"))
        else:
            return self._miss(owner, whose, at)
        return 1

    def _miss(self, owner: Owner, whose: tuple[int, int], at: datetime) -> int:
        twice, is_hidden = self.chance.random() < 0.2, self.chance.random() < 0.03
        case = self._case(owner, None if is_hidden else whose, (at, at + timedelta(minutes=3 * twice)))
        for minutes in (0, 3) if twice else (0,):
            self._row(
                owner, (None, None) if is_hidden else whose, at + timedelta(minutes=minutes), ("in", "missed"), case
            )
        return 1 + twice

    def _row(
        self, owner: Owner, whose: tuple[Any, Any], at: datetime, what: tuple[str, str], case: int | None = None
    ) -> None:
        direction, outcome = what
        has_phone = outcome != "missed" or self.chance.random() < 0.3
        phone = self.chance.randrange(PHONES)
        member = owner.members[phone] if has_phone and phone < len(owner.members) else None
        reached = at + timedelta(seconds=8) if outcome == "successful" else None
        talk = self.chance.randrange(5, 400) if reached else 0
        key = f"{self.chance.getrandbits(64):016x}"
        self._add(
            "calls",
            *(owner.team_id, owner.connection_id, key, _FACTS % key, at, whose[0], direction, outcome),
            *(at, reached, at + timedelta(seconds=talk + 20), self.chance.choice(LINES[:3])),
            *(str(101 + phone) if has_phone else None, member, talk, 12),
            *(self.chance.choice(REASONS) if outcome == "missed" else None, None, None, False, case),
            self.chance.random() < 0.05,
        )

    def _case(self, owner: Owner, whose: tuple[int, int] | None, when: tuple[datetime, datetime]) -> int:
        how = self.chance.choice(FATES) if whose else "expired"
        if how is None and when[0] < NEWEST - timedelta(days=20):
            how = "expired"
        closed_at = when[1] + timedelta(minutes=self.chance.randrange(1, 600)) if how else None
        is_reached = how in ("called_out", "called_in")
        number, client = whose or (None, None)
        return self._add(
            "cases",
            *(owner.team_id, client, str(self.last_id["cases"]), "client" if whose else "anonymous"),
            *("closed" if how else "open", 1, 1, "[]", number, *when, 1 + (when[0] != when[1]), 0, '["+380441112233"]'),
            *("not_answered", '["not_answered"]', int(is_reached), 0, closed_at if is_reached else None),
            *(closed_at if is_reached else None, "[]", closed_at, how),
            *(self.chance.choice(owner.members) if is_reached or how == "manual" else None, when[0]),
        )

    def _order(self, owner: Owner, whose: tuple[int, int], at: datetime) -> None:
        key = f"w{self.chance.getrandbits(64):016x}"
        until = at + timedelta(days=1)
        self._add("orders", owner.team_id, owner.connection_id, key, "site", whose[0], at, True, False, until, False)


class Rows(Protocol):
    """What hands out rows by table."""

    def batches(self) -> Iterator[dict[str, list[tuple[Any, ...]]]]: ...


# What the intake keeps beside each number.
_MARKS = """
    UPDATE numbers SET
        first_call_at = (SELECT min(started_at) FROM calls WHERE number_id = numbers.id),
        last_contact_at = (SELECT max(contact_at) FROM calls WHERE number_id = numbers.id)
"""


def load_sqlite(url: str, crowd: Rows) -> None:
    """Into an SQLite file at head that nobody has open."""
    with closing(sqlite3.connect(make_url(url).database or "", isolation_level=None)) as c:
        c.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-400000; PRAGMA threads=2;")
        c.execute("BEGIN")
        indexes = c.execute(
            "SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'index' AND sql <> ''"
        ).fetchall()
        indexes = [(name, sql) for name, sql, table in indexes if table in TABLES]
        for name, _ in indexes:
            c.execute(f"DROP INDEX {name}")
        for rows in crowd.batches():
            for name, columns in TABLES.items():
                marks = ", ".join("?" * len(columns))
                statement = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})"
                c.executemany(statement, ([_sqlite(value) for value in row] for row in rows[name]))
        for _, sql in indexes:  # sorted once, instead of found a place for two million times
            c.execute(sql)
        c.execute(_MARKS)
        c.execute("COMMIT")
        c.executescript("ANALYZE; PRAGMA journal_mode=WAL;")


def _sqlite(value: Any) -> Any:
    return f"{value.isoformat(timespec='microseconds')[:-6]}Z" if isinstance(value, datetime) else value


_INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE tablename = ANY($1) AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""


async def load_postgres(socket: str, url: str, crowd: Rows) -> None:
    """Into a PostgreSQL database at head; nobody checks keys that were made here."""
    c = await asyncpg.connect(host=socket, user="postgres", database=make_url(url).database)
    try:
        await c.execute("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'")
        indexes = await c.fetch(_INDEXES, list(TABLES))
        for index in indexes:
            await c.execute(f"DROP INDEX {index['indexname']}")
        for rows in crowd.batches():
            for name, columns in TABLES.items():
                await c.copy_records_to_table(name, records=rows[name], columns=columns)
        for index in indexes:
            await c.execute(index["indexdef"])
        for name in TABLES:  # rows that come after these have ids of their own
            await c.execute(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}")
        await c.execute(_MARKS)
        await c.execute("VACUUM (ANALYZE, PARALLEL 0)")
    finally:
        await c.close()
