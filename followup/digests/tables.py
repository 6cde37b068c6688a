"""Digests taken: one a chat and local date, whoever asked first (promise 14)."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Table, UniqueConstraint

from storage.columns import BigId, Json, UtcDateTime, id_column, metadata, team_column

digests = Table(
    "digests",
    metadata,
    id_column(),
    team_column(),
    Column("chat_id", BigId, ForeignKey("chats.id", ondelete="CASCADE"), nullable=False),
    Column("local_date", Date, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("letter_id", BigId, ForeignKey("letters.id", ondelete="SET NULL")),
    Column("numbers", Json),  # the snapshot that was sent (D16)
    UniqueConstraint("chat_id", "local_date"),
)
