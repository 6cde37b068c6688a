"""What people keep of reports: the columns that each of them wants to see, and reports that come by themselves."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table, UniqueConstraint

from storage.columns import BigId, Json, UtcDateTime, id_column, metadata, team_column

report_columns = Table(
    "report_columns",
    metadata,
    id_column(),
    team_column(),
    Column("member_id", BigId, ForeignKey("members.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("chosen", Json, nullable=False),  # keys in the order of the table
    UniqueConstraint("member_id", "kind"),
)

report_schedules = Table(
    "report_schedules",
    metadata,
    id_column(),
    team_column(),
    Column("chat_id", BigId, ForeignKey("chats.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("member_id", BigId, ForeignKey("members.id", ondelete="CASCADE"), nullable=False),
    Column("wish", Json, nullable=False),  # kind, period, filters, options
    Column("rhythm", Json, nullable=False),  # weekdays or a day of the month, and the hour
    Column("next_at", UtcDateTime, nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
)
