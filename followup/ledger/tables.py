"""The ledger: who did or saw what, and when."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table

from storage.columns import BigId, Json, UtcDateTime, id_column, metadata, team_column

ledger = Table(
    "ledger",
    metadata,
    id_column(),
    team_column(),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("member_id", BigId, ForeignKey("members.id", ondelete="SET NULL")),
    Column("case_id", BigId, ForeignKey("cases.id", ondelete="SET NULL")),
    Column("data", Json, nullable=False),
    Index("ix_ledger_case_id_id", "case_id", "id"),
)
