"""Due steps of open cases: one row a (case, step, round)."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, UniqueConstraint, text

from storage.columns import BigId, UtcDateTime, id_column, metadata, team_column

reminders = Table(
    "reminders",
    metadata,
    id_column(),
    team_column(),
    Column("case_id", BigId, ForeignKey("cases.id", ondelete="CASCADE"), nullable=False),
    Column("step", String(10), nullable=False),  # remind | escalate | nudge | return | wake
    Column("round", BigInteger, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    UniqueConstraint("case_id", "step", "round"),
    Index(
        "ix_reminders_due_at",
        "due_at",
        sqlite_where=text("done_at IS NULL"),
        postgresql_where=text("done_at IS NULL"),
    ),
)
