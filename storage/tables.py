"""What arrives, kept before anything else happens: PBX requests and Telegram updates."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from storage.columns import BigId, Json, UtcDateTime, id_column, metadata

inbox = Table(
    "inbox",
    metadata,
    id_column(),
    Column("team_id", BigId, ForeignKey("teams.id", ondelete="CASCADE"), nullable=False),
    Column("connection_id", BigId, ForeignKey("connections.id", ondelete="CASCADE"), nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("method", String(8), nullable=False),
    Column("path", Text, nullable=False),
    Column("query", Json, nullable=False),
    Column("headers", Json, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("state", String(8), nullable=False, default="pending"),  # pending | done | failed
    Column("error", Text),
    Column("done_at", UtcDateTime),
    Index("ix_inbox_state_team_id_id", "state", "team_id", "id"),
    Index("ix_inbox_received_at", "received_at"),
)

updates = Table(
    "updates",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("body", Json, nullable=False),
    Column("state", String(8), nullable=False, default="pending"),
    Column("tries", Integer, nullable=False, default=0),
    Column("error", Text),
    Index("ix_updates_state_update_id", "state", "update_id"),
)
