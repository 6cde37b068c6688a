"""What Telegram shall show: chats, cards (reconciled) and letters (said once)."""

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
    text,
    true,
)

from storage.columns import BigId, Json, UtcDateTime, id_column, metadata, team_column

# A place where a team's messages go. `telegram_id` changes when a group becomes a supergroup.
chats = Table(
    "chats",
    metadata,
    id_column(),
    team_column(),
    Column("telegram_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False, default=0),  # 0: no topic
    Column("kind", String(8), nullable=False),  # team | private (a member's own chat) | client (his) | other
    Column("member_id", BigId, ForeignKey("members.id", ondelete="CASCADE")),
    Column("is_reachable", Boolean, nullable=False, default=True, server_default=true()),
    Column("trouble", Text),
    Column("capabilities", Json, nullable=False),
    UniqueConstraint("team_id", "telegram_id", "thread_id"),
    Index("ix_chats_telegram_id", "telegram_id"),
)

# subject: a case, a screen (a list that a person pages through), or a bundle (several cases in one message; its
# subject_id is the first card in it). wanted > shown: the chat is behind the truth.
cards = Table(
    "cards",
    metadata,
    id_column(),
    team_column(),
    Column("chat_id", BigId, ForeignKey("chats.id", ondelete="CASCADE"), nullable=False),
    Column("subject", String(8), nullable=False),  # case | screen | bundle
    Column("subject_id", BigId, nullable=False),
    Column("wanted", Integer, nullable=False, default=1),
    Column("shown", Integer, nullable=False, default=0),
    Column("priority", Integer, nullable=False),  # see notices.priorities
    Column("message_id", BigInteger),
    Column("shown_in", BigInteger),  # the Telegram chat id the message was sent to (old id after a migration)
    Column("is_photo", Boolean, nullable=False, default=False),
    Column("content_hash", String(40)),
    Column("menu", Json),  # {"kind", "opener", "page"}: what replaces the buttons until `menu_until`
    Column("menu_until", UtcDateTime),
    Column("not_before", UtcDateTime, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("state", String(8), nullable=False, default="live"),  # live | held (night) | bundled | dead
    Column("bundle_id", BigId),  # the card that lists this one, or once did: nobody is bundled twice
    Column("error", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("shown_at", UtcDateTime),
    Column("claimed_until", UtcDateTime),
    UniqueConstraint("chat_id", "subject", "subject_id"),
    Index("ix_cards_subject_subject_id", "subject", "subject_id"),
    Index("ix_cards_shown_in_message_id", "shown_in", "message_id"),
    Index(
        "ix_cards_menu_until",
        "menu_until",
        sqlite_where=text("menu_until IS NOT NULL"),
        postgresql_where=text("menu_until IS NOT NULL"),
    ),
    Index(
        "ix_cards_behind",
        "not_before",
        sqlite_where=text("shown < wanted AND state = 'live'"),
        postgresql_where=text("shown < wanted AND state = 'live'"),
    ),
    Index("ix_cards_dead", "id", sqlite_where=text("state = 'dead'"), postgresql_where=text("state = 'dead'")),
    Index(
        "ix_cards_bundle_id",
        "bundle_id",
        sqlite_where=text("state = 'bundled'"),
        postgresql_where=text("state = 'bundled'"),
    ),
)

letters = Table(
    "letters",
    metadata,
    id_column(),
    team_column(),
    Column("chat_id", BigId, ForeignKey("chats.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("key", String(120)),  # once only: NULL = no such wish
    Column("payload", Json, nullable=False),
    Column("case_id", BigId, ForeignKey("cases.id", ondelete="CASCADE"), index=True),
    Column("priority", Integer, nullable=False),
    Column("state", String(8), nullable=False, default="pending"),  # pending | sent | skipped | dead
    Column("not_before", UtcDateTime, nullable=False),
    Column("claimed_until", UtcDateTime),
    Column("tries", Integer, nullable=False, default=0),
    Column("error", Text),
    Column("message_id", BigInteger),
    Column("shown_in", BigInteger),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    UniqueConstraint("team_id", "key"),
    Index("ix_letters_shown_in_message_id", "shown_in", "message_id"),
    Index("ix_letters_dead", "id", sqlite_where=text("state = 'dead'"), postgresql_where=text("state = 'dead'")),
    Index(
        "ix_letters_pending",
        "not_before",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
)

# What a list on a screen shows: kind, tab, page, filters. Lives in the database so that old buttons still answer.
screens = Table(
    "screens",
    metadata,
    id_column(),
    team_column(),
    Column("member_id", BigId, ForeignKey("members.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("params", Json, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

# What Telegram has stored of ours: the same file is sent again by its id, without drawing or uploading it anew.
sent_files = Table(
    "sent_files",
    metadata,
    id_column(),
    team_column(),
    Column("key", String(64), nullable=False),  # of the bot and of everything the file says
    Column("file_id", Text, nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
    UniqueConstraint("team_id", "key"),
)
