"""Cases (derived) and people's actions (facts)."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from storage.columns import BigId, Json, UtcDateTime, id_column, metadata, team_column


def _member(name: str) -> Column[int]:
    return Column(name, BigId, ForeignKey("members.id", ondelete="SET NULL"))


cases = Table(
    "cases",
    metadata,
    id_column(),
    team_column(),
    Column("client_id", BigId, ForeignKey("clients.id", ondelete="CASCADE")),  # NULL: anonymous
    Column("scope", String(64), nullable=False, default=""),  # "" = company; the line where lines are separate
    Column("kind", String(10), nullable=False),  # client | anonymous
    Column("state", String(10), nullable=False),  # open | closed | withdrawn
    Column("version", Integer, nullable=False, default=1),
    Column("planned_version", Integer, nullable=False, default=0),  # whose due steps are written (reminders)
    Column("fact_keys", Json, nullable=False),
    Column("number_id", BigId, ForeignKey("numbers.id", ondelete="SET NULL")),  # of the last miss: the one to call
    Column("opened_at", UtcDateTime, nullable=False),
    Column("last_missed_at", UtcDateTime, nullable=False),
    Column("missed", Integer, nullable=False),
    Column("orders", Integer, nullable=False, default=0),
    Column("lines", Json, nullable=False),
    Column("reason", String(20)),
    Column("reasons", Json, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("short_attempts", Integer, nullable=False, default=0),
    Column("first_attempt_at", UtcDateTime),
    Column("last_attempt_at", UtcDateTime),
    _member("last_attempt_by"),
    Column("contact_at", UtcDateTime),
    Column("contact_id", BigId, ForeignKey("calls.id", ondelete="SET NULL", use_alter=True)),
    _member("owner_id"),
    Column("taken_at", UtcDateTime),
    Column("snoozed_until", UtcDateTime),
    _member("snoozed_by"),
    _member("calling_by"),
    Column("calling_at", UtcDateTime),
    Column("notes", Json, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("how", String(12)),
    _member("closed_by"),
    Column("close_reason", String(32)),
    Column("close_text", Text),
    Column("expires_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("first_shown_at", UtcDateTime),
    Column("notified_at", UtcDateTime),  # when a message last made a sound for this case
    # One open case a client and company (promise 4).
    Index(
        "uq_cases_open",
        "team_id",
        "client_id",
        "scope",
        unique=True,
        sqlite_where=text("state = 'open' AND kind = 'client'"),
        postgresql_where=text("state = 'open' AND kind = 'client'"),
    ),
    Index("ix_cases_team_id_state_last_missed_at", "team_id", "state", "last_missed_at"),
    Index("ix_cases_client_id", "client_id"),
    Index("ix_cases_team_id_closed_at", "team_id", "closed_at"),
    Index(
        "ix_cases_unplanned",
        "id",
        sqlite_where=text("planned_version <> version"),
        postgresql_where=text("planned_version <> version"),
    ),
    Index(
        "ix_cases_expires_at",
        "expires_at",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
)

actions = Table(
    "actions",
    metadata,
    id_column(),
    team_column(),
    Column("number_id", BigId, ForeignKey("numbers.id", ondelete="CASCADE")),
    Column("call_id", BigId, ForeignKey("calls.id", ondelete="CASCADE")),  # set for anonymous cases
    Column("scope", String(64), nullable=False, default=""),
    Column("kind", String(12), nullable=False),
    Column("at", UtcDateTime, nullable=False),  # never before the newest fact its author saw
    Column("made_at", UtcDateTime, nullable=False),
    Column("member_id", BigId, ForeignKey("members.id", ondelete="SET NULL")),
    Column("data", Json, nullable=False),
    Column("source_key", String(64)),  # "u:<update_id>": a press delivered twice is one action
    UniqueConstraint("team_id", "source_key"),
    Index("ix_actions_number_id_at", "number_id", "at"),
    Index("ix_actions_call_id", "call_id"),
)
