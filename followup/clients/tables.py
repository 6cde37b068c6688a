"""Clients and their numbers. A number is the leaf that facts hang on; a client is a reversible grouping of numbers."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint, false

from storage.columns import BigId, Json, UtcDateTime, id_column, metadata, team_column

clients = Table(
    "clients",
    metadata,
    id_column(),
    team_column(),
    Column("name", Text),
    # What a person says he is called stands, whatever a PBX or a widget calls him.
    Column("is_named_by_hand", Boolean, nullable=False, server_default=false()),
    Column("created_at", UtcDateTime, nullable=False),
    Column("is_blocked", Boolean, nullable=False, default=False),
)

numbers = Table(
    "numbers",
    metadata,
    id_column(),
    team_column(),
    Column("number", String(64), nullable=False),
    Column("client_id", BigId, ForeignKey("clients.id", ondelete="CASCADE"), nullable=False, index=True),
    # What reports ask about every call: the number's first external call ever, and when somebody last spoke with it.
    Column("first_call_at", UtcDateTime),
    Column("last_contact_at", UtcDateTime),
    UniqueConstraint("team_id", "number"),
    Index("ix_numbers_team_id_first_call_at", "team_id", "first_call_at"),
)

# Where a client writes from: like a number it is a leaf that facts hang on, and its client may change.
accounts = Table(
    "accounts",
    metadata,
    id_column(),
    team_column(),
    Column("client_id", BigId, ForeignKey("clients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("channel", String(32), nullable=False),
    Column("account", String(200), nullable=False),  # Telegram's user id, an address, what the site calls him
    Column("name", Text),
    Column("username", String(64)),  # Telegram's, in small letters; one account of a team has it at a time
    Column("telegram_id", BigInteger),  # of the private chat that answers go to
    Column("is_blocked", Boolean, nullable=False, default=False),
    Column("consent_at", UtcDateTime),  # when he was shown what becomes of his words
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("team_id", "channel", "account"),
    Index("ix_accounts_telegram_id", "telegram_id"),
)

# A merge remembers which numbers it moved, so that it can be undone (D3).
merges = Table(
    "merges",
    metadata,
    id_column(),
    team_column(),
    Column("from_client_id", BigId, ForeignKey("clients.id", ondelete="CASCADE"), nullable=False),
    Column("into_client_id", BigId, ForeignKey("clients.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("number_ids", Json, nullable=False),
    Column("account_ids", Json),
    Column("has_moved_name", Boolean, nullable=False, server_default=false()),  # that a person had given
    Column("merged_at", UtcDateTime, nullable=False),
    Column("merged_by", BigId, ForeignKey("members.id", ondelete="SET NULL")),
    Column("undone_at", UtcDateTime),
    Column("source_key", String(64)),
    UniqueConstraint("team_id", "source_key"),
)
