"""Calls as merged facts, with what the rules said of them beside."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from storage.columns import BigId, Json, UtcDateTime, id_column, metadata, team_column

calls = Table(
    "calls",
    metadata,
    id_column(),
    team_column(),
    Column("connection_id", BigId, ForeignKey("connections.id", ondelete="CASCADE"), nullable=False),
    Column("call_key", String(200), nullable=False),
    Column("facts", Json, nullable=False),
    Column("last_event_at", UtcDateTime, nullable=False),
    Column("number_id", BigId, ForeignKey("numbers.id", ondelete="SET NULL")),  # NULL: hidden
    # judged
    Column("direction", String(8)),
    Column("outcome", String(12), nullable=False),
    Column("started_at", UtcDateTime),
    Column("contact_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("line", String(64)),
    Column("extension", String(64)),
    Column("member_id", BigId, ForeignKey("members.id", ondelete="SET NULL")),
    Column("talk_seconds", Integer, nullable=False, default=0),
    Column("ring_seconds", Integer),
    Column("reason", String(20)),
    Column("reason_detail", String(64)),
    Column("raw_reason", String(64)),
    Column("result", String(24)),
    Column("order_key", String(200)),
    Column("is_suspect", Boolean, nullable=False, default=False),
    Column("is_history", Boolean, nullable=False, default=False, server_default=false()),  # from a file of the past
    # what became of it
    Column("case_id", BigId, ForeignKey("cases.id", ondelete="SET NULL")),
    Column("is_non_target", Boolean, nullable=False, default=False),
    Column("non_target_by", BigId, ForeignKey("members.id", ondelete="SET NULL")),
    Column("non_target_at", UtcDateTime),
    UniqueConstraint("team_id", "connection_id", "call_key"),
    Index("ix_calls_case_id", "case_id"),
    # What reports count is read from the index alone, whichever calls lie between those of the team.
    Index(
        "ix_calls_counted",
        *("team_id", "started_at", "direction", "outcome", "extension", "talk_seconds", "is_non_target", "line"),
        *("number_id", "case_id", "reason"),
        postgresql_include=["id"],
    ),
    Index("ix_calls_of_number", "number_id", "started_at", "direction"),
    Index(
        "ix_calls_reached",
        *("number_id", "contact_at"),
        sqlite_where=text("contact_at IS NOT NULL"),
        postgresql_where=text("contact_at IS NOT NULL"),
    ),
    Index(
        "ix_calls_order_key",
        *("team_id", "order_key"),
        sqlite_where=text("order_key IS NOT NULL"),
        postgresql_where=text("order_key IS NOT NULL"),
    ),
)

# What a client writes, and what he is answered.
messages = Table(
    "messages",
    metadata,
    id_column(),
    team_column(),
    Column("connection_id", BigId, ForeignKey("connections.id", ondelete="CASCADE")),  # NULL: by the bot itself
    Column("message_key", String(200), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("entry_point", Text),
    Column("client_account", Text),
    Column("client_name", Text),
    Column("number_id", BigId, ForeignKey("numbers.id", ondelete="SET NULL"), index=True),
    Column("account_id", BigId, ForeignKey("accounts.id", ondelete="CASCADE")),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("is_ours", Boolean, nullable=False, default=False, server_default=false()),  # said by the team
    Column("kind", String(12), nullable=False, default="text", server_default="text"),
    Column("member_id", BigId, ForeignKey("members.id", ondelete="SET NULL")),  # who of the team said it
    Column("chat_id", BigInteger),  # where it stands in Telegram: the writer's own message
    Column("message_id", BigInteger),
    Column("copy_chat_id", BigInteger),  # and its copy on the other side
    Column("copy_id", BigInteger),
    Column("edited_at", UtcDateTime),
    Column("state", String(8), nullable=False, default="done", server_default="done"),  # done | sending | failed
    Column("error", Text),
    UniqueConstraint("team_id", "connection_id", "message_key"),
    Index("ix_messages_account_id_at", "account_id", "at"),
    Index("ix_messages_copy", "copy_chat_id", "copy_id"),
    Index(
        "uq_messages_own",
        *("team_id", "message_key"),
        unique=True,
        sqlite_where=text("connection_id IS NULL"),
        postgresql_where=text("connection_id IS NULL"),
    ),
)
