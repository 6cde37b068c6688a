"""What other programs are to be told, and what has become of it."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from storage.columns import BigId, Json, UtcDateTime, id_column, metadata, team_column

_WAITS = text("state = 'pending'")
_IS_DEAD = text("state = 'dead'")

deliveries = Table(
    "deliveries",
    metadata,
    id_column(),
    team_column(),
    Column("webhook_id", BigId, ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    Column("event_id", String(36), nullable=False),  # what receivers know a repetition by
    Column("event", String(20), nullable=False),
    Column("subject", String(120), nullable=False),  # events of one subject leave one after the other
    Column("key", String(240), nullable=False),  # once only
    Column("payload", Json, nullable=False),
    Column("state", String(8), nullable=False, default="pending"),  # pending | sent | skipped | dead
    Column("not_before", UtcDateTime, nullable=False),
    Column("give_up_at", UtcDateTime, nullable=False),
    Column("claimed_until", UtcDateTime),  # while pending: somebody is sending it
    Column("tries", Integer, nullable=False, default=0),
    Column("error", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    UniqueConstraint("webhook_id", "key"),
    Index("ix_deliveries_pending", "webhook_id", "id", sqlite_where=_WAITS, postgresql_where=_WAITS),
    Index("ix_deliveries_subject", "webhook_id", "subject", "id", sqlite_where=_WAITS, postgresql_where=_WAITS),
    Index("ix_deliveries_dead", "webhook_id", "id", sqlite_where=_IS_DEAD, postgresql_where=_IS_DEAD),
)
