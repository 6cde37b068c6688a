"""What people said of their being there."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table, UniqueConstraint, text

from storage.columns import BigId, UtcDateTime, id_column, metadata, team_column

duty = Table(
    "duty",
    metadata,
    id_column(),
    team_column(),
    Column("member_id", BigId, ForeignKey("members.id", ondelete="CASCADE"), nullable=False),
    Column("status", String(12), nullable=False),  # available | away | off
    Column("at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime),  # of a stay away: then he is available again, whether he says so or not
    Column("made_by", BigId, ForeignKey("members.id", ondelete="SET NULL")),
    Column("source_key", String(64), nullable=False),
    Column("wakes_at", UtcDateTime),  # not part of the fact: ``until``, as long as nobody has been told that it is over
    UniqueConstraint("team_id", "source_key"),
    Index("ix_duty_newest", "member_id", "at", "id"),
    Index("ix_duty_team_id_at", "team_id", "at"),
    Index(
        "ix_duty_wakes_at",
        "wakes_at",
        sqlite_where=text("wakes_at IS NOT NULL"),
        postgresql_where=text("wakes_at IS NOT NULL"),
    ),
)
