"""A million tickets of one team with the calls they were born of, loaded past the intake: what their report is measured on."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import asyncpg
from sqlalchemy import make_url

from tests.bench.report_ground import MONTH, NEWEST, Owner

_STATUSES = ("unsorted", "check", "selection", "booking", "deal", "postponed")
_CLOSED = ("done", "done", "refused", "non_target")
_CHANNELS = ("phone", "phone", "phone", "phone", "callback", "telegram")
Rows = dict[str, list[tuple[Any, ...]]]
TABLES = {
    "clients": ("id", "team_id", "created_at", "is_blocked"),
    "numbers": ("id", "team_id", "number", "client_id"),
    "calls": (
        *("id", "team_id", "connection_id", "call_key", "facts", "last_event_at", "number_id", "direction", "outcome"),
        *("started_at", "line", "extension", "talk_seconds", "is_suspect", "is_non_target"),
    ),
    "tickets": (
        *("id", "team_id", "client_id", "lane", "kind", "channel", "entry_point", "origin_key", "fact_keys"),
        *("number_id", "call_id", "state", "status", "owner_id", "group_name", "topic_id", "created_at"),
        *("first_reaction_at", "taken_at", "closed_at", "reopened", "last_fact_at", "reaction_seconds"),
        *("reaction_working", "handling_seconds", "handling_working", "snoozed_seconds", "version", "stored_at"),
    ),
}


@dataclass(slots=True)
class TicketCrowd:
    """Makes tickets of ten months, always the same ones."""

    owner: Owner
    topics: Sequence[int]
    tickets: int
    months: int = 10
    chance: random.Random = field(default_factory=lambda: random.Random(11))

    def batches(self, size: int = 40_000) -> Iterator[Rows]:
        """Rows by table, a part at a time."""
        people = max(self.tickets // 10, 10)
        team_id = self.owner.team_id
        yield {
            "clients": [(n, team_id, NEWEST, False) for n in range(1, people + 1)],
            "numbers": [(n, team_id, f"+38067{n:07d}", n) for n in range(1, people + 1)],
            "calls": [],
            "tickets": [],
        }
        step = self.months * MONTH / self.tickets
        for first in range(1, self.tickets + 1, size):
            rows: Rows = {name: [] for name in TABLES}
            for number in range(first, min(first + size, self.tickets + 1)):
                self._add(rows, number, NEWEST - self.months * MONTH + step * (number - 1))
            yield rows

    def _add(self, rows: Rows, number: int, at: datetime) -> None:
        chance, client = self.chance, number % max(self.tickets // 10, 10) + 1
        team_id, key = self.owner.team_id, f"k{number}"
        channel = chance.choice(_CHANNELS)
        born = number if channel == "phone" else None
        line = chance.choice(("+380441112233", "+380441112244"))
        if born is not None:
            phone = str(101 + chance.randrange(30)) if chance.random() < 0.3 else None
            told = (number, team_id, self.owner.connection_id, key, "{}", at, client, "in", "missed", at, line, phone)
            rows["calls"].append((*told, 0, False, chance.random() < 0.05))
        waited = chance.randrange(20, 20_000) if chance.random() < 0.95 else None
        handled = chance.randrange(30, 90_000) if waited is not None and chance.random() < 0.9 else None
        reacted = at + timedelta(seconds=waited) if waited is not None else None
        closed_at = reacted + timedelta(seconds=handled) if reacted and handled else None
        status = chance.choice(_CLOSED if closed_at else _STATUSES)
        rows["tickets"].append(
            (
                *(number, team_id, client, "voice", "voice", channel, line, f"c:{number}", f'["c:{number}"]'),
                *(client, born, "closed" if closed_at else "open", status),
                *(chance.choice([*self.owner.members, None]), chance.choice(("sales", "service", None))),
                *(chance.choice([*self.topics, None]), at, reacted, reacted, closed_at, 0, closed_at or at),
                *(waited, waited and waited // 3, handled, handled and handled // 3, 0, 1, at),
            )
        )


def load_sqlite(url: str, crowd: TicketCrowd) -> None:
    """Into an SQLite file at head."""
    with sqlite3.connect(make_url(url).database or "") as c:
        c.executescript("PRAGMA synchronous=OFF; PRAGMA cache_size=-400000;")
        for rows in crowd.batches():
            for name, columns in TABLES.items():
                statement = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
                c.executemany(statement, ([_sqlite(value) for value in row] for row in rows[name]))
        c.commit()
        c.execute("ANALYZE")
    c.close()


def _sqlite(value: Any) -> Any:
    return f"{value.isoformat(timespec='microseconds')[:-6]}Z" if isinstance(value, datetime) else value


async def load_postgres(socket: str, url: str, crowd: TicketCrowd) -> None:
    """Into a PostgreSQL database at head; nobody checks keys that were made here."""
    c = await asyncpg.connect(host=socket, user="postgres", database=make_url(url).database)
    try:
        await c.execute("SET session_replication_role = replica")
        for rows in crowd.batches():
            for name, columns in TABLES.items():
                await c.copy_records_to_table(name, records=rows[name], columns=columns)
        await c.execute("VACUUM (ANALYZE, PARALLEL 0)")
    finally:
        await c.close()
