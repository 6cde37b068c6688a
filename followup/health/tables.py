"""What is remembered of a PBX's silences and of the auditor's work."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text

from storage.columns import BigId, UtcDateTime, id_column, metadata, team_column


def _connection() -> Column[int]:
    return Column("connection_id", BigId, ForeignKey("connections.id", ondelete="CASCADE"), nullable=False)


# When a connection will have been silent for too long, counted from `heard_at` (NULL: from the day it was connected).
watches = Table(
    "watches",
    metadata,
    id_column(),
    team_column(),
    _connection(),
    Column("heard_at", UtcDateTime),
    Column("due_at", UtcDateTime, index=True),  # NULL: told already, or its team never works
    Column("revision", BigId, nullable=False),  # of the team: another setting means another moment
    UniqueConstraint("connection_id"),
)

# From the last event before a silence to the first one after it.
blind_windows = Table(
    "blind_windows",
    metadata,
    id_column(),
    team_column(),
    _connection(),
    Column("begins_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime),  # NULL: it is silent now
    Index("ix_blind_windows_connection_id_begins_at", "connection_id", "begins_at"),
    # One silence a connection, however many processes notice it.
    Index(
        "uq_blind_windows_open",
        "connection_id",
        unique=True,
        sqlite_where=text("ends_at IS NULL"),
        postgresql_where=text("ends_at IS NULL"),
    ),
)

# How many gaps of each kind the auditor has mended for a team.
mends = Table(
    "mends",
    metadata,
    id_column(),
    team_column(),
    Column("kind", String(16), nullable=False),
    Column("mended", Integer, nullable=False),
    Column("mended_at", UtcDateTime, nullable=False),
    UniqueConstraint("team_id", "kind"),
)

# The auditor's turn: whoever moves `next_at` on looks through the whole installation.
audits = Table(
    "audits",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("next_at", UtcDateTime, nullable=False),
    Column("position", BigId, nullable=False, default=0),  # the open case that was derived anew last
    Column("unknown_calls", Integer, nullable=False, default=0),  # calls of the last day whose end never came
)
