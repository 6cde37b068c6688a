"""Teams, their people, lines, PBX connections and versioned settings."""

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
    true,
)

from storage.columns import BigId, Json, UtcDateTime, id_column, metadata, team_column

teams = Table(
    "teams",
    metadata,
    id_column(),
    Column("name", Text, nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("revision", BigId, nullable=False, default=1),  # raised by every change of anything of the team below
    Column("next_digest_at", UtcDateTime, index=True),
    Column("morning_at", UtcDateTime, index=True),  # when misses of the night are to be listed
    Column("tickets_from", UtcDateTime),  # older calls make no tickets; NULL: all may
)

# One row a change: the whole set of settings, as typed, from `valid_from` on. The first row holds backwards.
team_settings = Table(
    "team_settings",
    metadata,
    id_column(),
    team_column(),
    Column("valid_from", UtcDateTime, nullable=False),
    Column("settings", Json, nullable=False),
)

lines = Table(
    "lines",
    metadata,
    id_column(),
    team_column(),
    Column("key", String(64), nullable=False),  # E.164 of the number, or the widget's id
    Column("name", Text, nullable=False),
    Column("kind", String(8), nullable=False),  # line | widget
    Column("group_name", Text),
    Column("makes_tickets", Boolean, nullable=False, default=True, server_default=true()),
    UniqueConstraint("team_id", "key"),
)

line_settings = Table(
    "line_settings",
    metadata,
    id_column(),
    team_column(),
    Column("line_id", BigId, ForeignKey("lines.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("valid_from", UtcDateTime, nullable=False),
    Column("hours", Text),
    Column("takes_off_hours_orders", Boolean, nullable=False, default=True),
)

members = Table(
    "members",
    metadata,
    id_column(),
    team_column(),
    Column("name", Text, nullable=False),
    Column("telegram_id", BigInteger, nullable=False),
    Column("role", String(8), nullable=False),  # owner | head | manager | viewer
    Column("created_at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),
    UniqueConstraint("team_id", "telegram_id"),
    Index("ix_members_telegram_id", "telegram_id"),
)

member_groups = Table(
    "member_groups",
    metadata,
    id_column(),
    team_column(),
    Column("member_id", BigId, ForeignKey("members.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("group_name", Text, nullable=False),
    UniqueConstraint("member_id", "group_name"),
)

extensions = Table(
    "extensions",
    metadata,
    id_column(),
    team_column(),
    Column("extension", String(64), nullable=False),
    Column("member_id", BigId, ForeignKey("members.id", ondelete="CASCADE"), nullable=False),
    Column("valid_from", UtcDateTime),  # NULL: from the beginning
    Index("ix_extensions_team_id_extension", "team_id", "extension"),
)

connections = Table(
    "connections",
    metadata,
    id_column(),
    team_column(),
    Column("provider", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("token", String(64), nullable=False, unique=True),
    Column("options", Text, nullable=False),  # Fernet-encrypted JSON
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_event_at", UtcDateTime),
)

reasons = Table(
    "reasons",
    metadata,
    id_column(),
    team_column(),
    Column("code", String(32), nullable=False),
    Column("title", Text),  # NULL: the built-in title in the team's language
    Column("position", BigId, nullable=False),
    Column("is_retired", Boolean, nullable=False, default=False),
    UniqueConstraint("team_id", "code"),
)

# What tickets are about: a tree.
topics = Table(
    "topics",
    metadata,
    id_column(),
    team_column(),
    Column("parent_id", BigId, ForeignKey("topics.id", ondelete="CASCADE")),
    Column("title", Text, nullable=False),
    Column("position", BigId, nullable=False),
    Column("sla_minutes", Integer),  # NULL: as the parent's, or the team's
    Column("is_retired", Boolean, nullable=False, default=False),
)

# How tickets end. A result closes with one of the closed statuses.
ticket_results = Table(
    "ticket_results",
    metadata,
    id_column(),
    team_column(),
    Column("code", String(16)),  # of a built-in one, whose title is of the team's language unless renamed
    Column("title", Text),
    Column("status", String(10), nullable=False),
    Column("position", BigId, nullable=False),
    Column("is_retired", Boolean, nullable=False, default=False),
    UniqueConstraint("team_id", "code"),
)

# The nine statuses have names of their own in some teams.
ticket_statuses = Table(
    "ticket_statuses",
    metadata,
    id_column(),
    team_column(),
    Column("code", String(10), nullable=False),
    Column("title", Text, nullable=False),
    UniqueConstraint("team_id", "code"),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    id_column(),
    team_column(),
    Column("name", Text, nullable=False),
    Column("scope", String(8), nullable=False),  # read | write
    Column("token_hash", String(64), nullable=False, unique=True),  # SHA-256: the token itself is kept nowhere
    Column("created_at", UtcDateTime, nullable=False),
)

webhooks = Table(
    "webhooks",
    metadata,
    id_column(),
    team_column(),
    Column("kind", String(16), nullable=False),  # plain | macrocrm | amocrm | bitrix24
    Column("url", Text, nullable=False),  # as it may be shown: the whole of it may hold a secret and is in the options
    Column("events", Json, nullable=False),
    Column("options", Text, nullable=False),  # Fernet-encrypted JSON
    Column("created_at", UtcDateTime, nullable=False),
    Column("failures", Integer, nullable=False, default=0),  # in a row
    Column("paused_until", UtcDateTime),  # it does not answer: nobody knocks before then
    Column("removed_at", UtcDateTime),
    Column("error", Text),  # why it was removed, if nobody asked for it
)
