"""Callback orders."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint, false

from storage.columns import BigId, UtcDateTime, id_column, metadata, team_column

orders = Table(
    "orders",
    metadata,
    id_column(),
    team_column(),
    Column("connection_id", BigId, ForeignKey("connections.id", ondelete="CASCADE"), nullable=False),
    Column("order_key", String(200), nullable=False),
    Column("widget", String(64), nullable=False),
    Column("number_id", BigId, ForeignKey("numbers.id", ondelete="SET NULL")),
    Column("ordered_at", UtcDateTime, nullable=False),
    Column("wanted_at", UtcDateTime),
    Column("topic", Text),
    Column("name", Text),
    Column("consent", Text),
    Column("is_in_hours", Boolean, nullable=False),
    Column("is_forbidden", Boolean, nullable=False, default=False),
    Column("deadline_at", UtcDateTime, nullable=False),
    Column("case_id", BigId, ForeignKey("cases.id", ondelete="SET NULL"), index=True),
    # The pair (number, widget) was known before its number was forgotten: it is not new (X2).
    Column("is_returning", Boolean, nullable=False, default=False, server_default=false()),
    UniqueConstraint("team_id", "connection_id", "order_key"),
    Index("ix_orders_team_id_ordered_at", "team_id", "ordered_at"),
    Index("ix_orders_number_id", "number_id"),
)
