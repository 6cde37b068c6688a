"""The first tables; generated, so it is as long as the tables are."""

# ruff: noqa: PLR0915

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import BigId, Json, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_CONTACT = "fk_cases_contact_id_calls"


def upgrade() -> None:
    op.create_table(
        "teams",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("revision", BigId, nullable=False),
        sa.Column("next_digest_at", UtcDateTime(), nullable=True),
        sa.Column("morning_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("name", name=op.f("uq_teams_name")),
    )
    with op.batch_alter_table("teams", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_teams_morning_at"), ["morning_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_teams_next_digest_at"), ["next_digest_at"], unique=False)

    op.create_table(
        "updates",
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_updates")),
    )
    with op.batch_alter_table("updates", schema=None) as batch_op:
        batch_op.create_index("ix_updates_state_update_id", ["state", "update_id"], unique=False)

    op.create_table(
        "clients",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("is_blocked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_clients_team_id_teams"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clients")),
    )
    with op.batch_alter_table("clients", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clients_team_id"), ["team_id"], unique=False)

    op.create_table(
        "connections",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_event_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_connections_team_id_teams"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connections")),
        sa.UniqueConstraint("token", name=op.f("uq_connections_token")),
    )
    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_connections_team_id"), ["team_id"], unique=False)

    op.create_table(
        "lines",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_lines_team_id_teams"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lines")),
        sa.UniqueConstraint("team_id", "key", name=op.f("uq_lines_team_id_key")),
    )
    with op.batch_alter_table("lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lines_team_id"), ["team_id"], unique=False)

    op.create_table(
        "members",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_members_team_id_teams"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("team_id", "telegram_id", name=op.f("uq_members_team_id_telegram_id")),
    )
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_members_team_id"), ["team_id"], unique=False)
        batch_op.create_index("ix_members_telegram_id", ["telegram_id"], unique=False)

    op.create_table(
        "reasons",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("position", BigId, nullable=False),
        sa.Column("is_retired", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_reasons_team_id_teams"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reasons")),
        sa.UniqueConstraint("team_id", "code", name=op.f("uq_reasons_team_id_code")),
    )
    with op.batch_alter_table("reasons", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reasons_team_id"), ["team_id"], unique=False)

    op.create_table(
        "team_settings",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("settings", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_team_settings_team_id_teams"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_settings")),
    )
    with op.batch_alter_table("team_settings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_settings_team_id"), ["team_id"], unique=False)

    op.create_table(
        "chats",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("member_id", BigId, nullable=True),
        sa.Column("is_reachable", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("capabilities", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_chats_member_id_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_chats_team_id_teams"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chats")),
        sa.UniqueConstraint("team_id", "telegram_id", "thread_id", name=op.f("uq_chats_team_id_telegram_id_thread_id")),
    )
    with op.batch_alter_table("chats", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chats_team_id"), ["team_id"], unique=False)
        batch_op.create_index("ix_chats_telegram_id", ["telegram_id"], unique=False)

    op.create_table(
        "extensions",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("extension", sa.String(length=64), nullable=False),
        sa.Column("member_id", BigId, nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_extensions_member_id_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_extensions_team_id_teams"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extensions")),
    )
    with op.batch_alter_table("extensions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_extensions_team_id"), ["team_id"], unique=False)
        batch_op.create_index("ix_extensions_team_id_extension", ["team_id", "extension"], unique=False)

    op.create_table(
        "inbox",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("connection_id", BigId, nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("query", Json, nullable=False),
        sa.Column("headers", Json, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_inbox_connection_id_connections"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_inbox_team_id_teams"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index("ix_inbox_received_at", ["received_at"], unique=False)
        batch_op.create_index("ix_inbox_state_team_id_id", ["state", "team_id", "id"], unique=False)

    op.create_table(
        "line_settings",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("line_id", BigId, nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=True),
        sa.Column("takes_off_hours_orders", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"], ["lines.id"], name=op.f("fk_line_settings_line_id_lines"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_line_settings_team_id_teams"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_settings")),
    )
    with op.batch_alter_table("line_settings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_line_settings_line_id"), ["line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_line_settings_team_id"), ["team_id"], unique=False)

    op.create_table(
        "member_groups",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("member_id", BigId, nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_member_groups_member_id_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_member_groups_team_id_teams"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_groups")),
        sa.UniqueConstraint("member_id", "group_name", name=op.f("uq_member_groups_member_id_group_name")),
    )
    with op.batch_alter_table("member_groups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_member_groups_member_id"), ["member_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_member_groups_team_id"), ["team_id"], unique=False)

    op.create_table(
        "merges",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("from_client_id", BigId, nullable=False),
        sa.Column("into_client_id", BigId, nullable=False),
        sa.Column("number_ids", Json, nullable=False),
        sa.Column("merged_at", UtcDateTime(), nullable=False),
        sa.Column("merged_by", BigId, nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("source_key", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["from_client_id"], ["clients.id"], name=op.f("fk_merges_from_client_id_clients"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["into_client_id"], ["clients.id"], name=op.f("fk_merges_into_client_id_clients"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["merged_by"], ["members.id"], name=op.f("fk_merges_merged_by_members"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_merges_team_id_teams"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
        sa.UniqueConstraint("team_id", "source_key", name=op.f("uq_merges_team_id_source_key")),
    )
    with op.batch_alter_table("merges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_merges_into_client_id"), ["into_client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_merges_team_id"), ["team_id"], unique=False)

    op.create_table(
        "numbers",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("client_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_numbers_client_id_clients"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_numbers_team_id_teams"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_numbers")),
        sa.UniqueConstraint("team_id", "number", name=op.f("uq_numbers_team_id_number")),
    )
    with op.batch_alter_table("numbers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_numbers_client_id"), ["client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_numbers_team_id"), ["team_id"], unique=False)

    op.create_table(
        "screens",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("member_id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("params", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_screens_member_id_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_screens_team_id_teams"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screens")),
    )
    with op.batch_alter_table("screens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_screens_team_id"), ["team_id"], unique=False)

    op.create_table(
        "cards",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("chat_id", BigId, nullable=False),
        sa.Column("subject", sa.String(length=8), nullable=False),
        sa.Column("subject_id", BigId, nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("shown_in", sa.BigInteger(), nullable=True),
        sa.Column("is_photo", sa.Boolean(), nullable=False),
        sa.Column("content_hash", sa.String(length=40), nullable=True),
        sa.Column("menu", Json, nullable=True),
        sa.Column("menu_until", UtcDateTime(), nullable=True),
        sa.Column("not_before", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("shown_at", UtcDateTime(), nullable=True),
        sa.Column("claimed_until", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_cards_chat_id_chats"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_cards_team_id_teams"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
        sa.UniqueConstraint("chat_id", "subject", "subject_id", name=op.f("uq_cards_chat_id_subject_subject_id")),
    )
    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.create_index(
            "ix_cards_behind",
            ["not_before"],
            unique=False,
            sqlite_where=sa.text("shown < wanted AND state = 'live'"),
            postgresql_where=sa.text("shown < wanted AND state = 'live'"),
        )
        batch_op.create_index(
            "ix_cards_menu_until",
            ["menu_until"],
            unique=False,
            sqlite_where=sa.text("menu_until IS NOT NULL"),
            postgresql_where=sa.text("menu_until IS NOT NULL"),
        )
        batch_op.create_index("ix_cards_shown_in_message_id", ["shown_in", "message_id"], unique=False)
        batch_op.create_index("ix_cards_subject_subject_id", ["subject", "subject_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cards_team_id"), ["team_id"], unique=False)

    op.create_table(
        "cases",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("client_id", BigId, nullable=True),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("planned_version", sa.Integer(), nullable=False),
        sa.Column("fact_keys", Json, nullable=False),
        sa.Column("number_id", BigId, nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("last_missed_at", UtcDateTime(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("lines", Json, nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("reasons", Json, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("short_attempts", sa.Integer(), nullable=False),
        sa.Column("first_attempt_at", UtcDateTime(), nullable=True),
        sa.Column("last_attempt_at", UtcDateTime(), nullable=True),
        sa.Column("last_attempt_by", BigId, nullable=True),
        sa.Column("contact_at", UtcDateTime(), nullable=True),
        sa.Column("contact_id", BigId, nullable=True),
        sa.Column("owner_id", BigId, nullable=True),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("snoozed_until", UtcDateTime(), nullable=True),
        sa.Column("snoozed_by", BigId, nullable=True),
        sa.Column("calling_by", BigId, nullable=True),
        sa.Column("calling_at", UtcDateTime(), nullable=True),
        sa.Column("notes", Json, nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("how", sa.String(length=12), nullable=True),
        sa.Column("closed_by", BigId, nullable=True),
        sa.Column("close_reason", sa.String(length=32), nullable=True),
        sa.Column("close_text", sa.Text(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("first_shown_at", UtcDateTime(), nullable=True),
        sa.Column("notified_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["calling_by"], ["members.id"], name=op.f("fk_cases_calling_by_members"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_cases_client_id_clients"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["members.id"], name=op.f("fk_cases_closed_by_members"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["calls.id"], name=op.f("fk_cases_contact_id_calls"), ondelete="SET NULL", use_alter=True
        ),
        sa.ForeignKeyConstraint(
            ["last_attempt_by"], ["members.id"], name=op.f("fk_cases_last_attempt_by_members"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["number_id"], ["numbers.id"], name=op.f("fk_cases_number_id_numbers"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["members.id"], name=op.f("fk_cases_owner_id_members"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["snoozed_by"], ["members.id"], name=op.f("fk_cases_snoozed_by_members"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_cases_team_id_teams"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index("ix_cases_client_id", ["client_id"], unique=False)
        batch_op.create_index(
            "ix_cases_expires_at",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(batch_op.f("ix_cases_team_id"), ["team_id"], unique=False)
        batch_op.create_index(
            "ix_cases_team_id_state_last_missed_at", ["team_id", "state", "last_missed_at"], unique=False
        )
        batch_op.create_index(
            "ix_cases_unplanned",
            ["id"],
            unique=False,
            sqlite_where=sa.text("planned_version <> version"),
            postgresql_where=sa.text("planned_version <> version"),
        )
        batch_op.create_index(
            "uq_cases_open",
            ["team_id", "client_id", "scope"],
            unique=True,
            sqlite_where=sa.text("state = 'open' AND kind = 'client'"),
            postgresql_where=sa.text("state = 'open' AND kind = 'client'"),
        )

    op.create_table(
        "messages",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("connection_id", BigId, nullable=False),
        sa.Column("message_key", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("entry_point", sa.Text(), nullable=True),
        sa.Column("client_account", sa.Text(), nullable=True),
        sa.Column("client_name", sa.Text(), nullable=True),
        sa.Column("number_id", BigId, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["connections.id"],
            name=op.f("fk_messages_connection_id_connections"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["number_id"], ["numbers.id"], name=op.f("fk_messages_number_id_numbers"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_messages_team_id_teams"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint(
            "team_id", "connection_id", "message_key", name=op.f("uq_messages_team_id_connection_id_message_key")
        ),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_messages_number_id"), ["number_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_messages_team_id"), ["team_id"], unique=False)

    op.create_table(
        "calls",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("connection_id", BigId, nullable=False),
        sa.Column("call_key", sa.String(length=200), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("last_event_at", UtcDateTime(), nullable=False),
        sa.Column("number_id", BigId, nullable=True),
        sa.Column("direction", sa.String(length=8), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("contact_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("line", sa.String(length=64), nullable=True),
        sa.Column("extension", sa.String(length=64), nullable=True),
        sa.Column("member_id", BigId, nullable=True),
        sa.Column("talk_seconds", sa.Integer(), nullable=False),
        sa.Column("ring_seconds", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("reason_detail", sa.String(length=64), nullable=True),
        sa.Column("raw_reason", sa.String(length=64), nullable=True),
        sa.Column("result", sa.String(length=24), nullable=True),
        sa.Column("order_key", sa.String(length=200), nullable=True),
        sa.Column("is_suspect", sa.Boolean(), nullable=False),
        sa.Column("case_id", BigId, nullable=True),
        sa.Column("is_non_target", sa.Boolean(), nullable=False),
        sa.Column("non_target_by", BigId, nullable=True),
        sa.Column("non_target_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_calls_case_id_cases"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_calls_connection_id_connections"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_calls_member_id_members"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["non_target_by"], ["members.id"], name=op.f("fk_calls_non_target_by_members"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["number_id"], ["numbers.id"], name=op.f("fk_calls_number_id_numbers"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_calls_team_id_teams"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint(
            "team_id", "connection_id", "call_key", name=op.f("uq_calls_team_id_connection_id_call_key")
        ),
    )
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.create_index("ix_calls_case_id", ["case_id"], unique=False)
        batch_op.create_index("ix_calls_number_id_started_at", ["number_id", "started_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_calls_team_id"), ["team_id"], unique=False)
        batch_op.create_index("ix_calls_team_id_started_at", ["team_id", "started_at"], unique=False)

    op.create_table(
        "ledger",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("member_id", BigId, nullable=True),
        sa.Column("case_id", BigId, nullable=True),
        sa.Column("data", Json, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_ledger_case_id_cases"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_ledger_member_id_members"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_ledger_team_id_teams"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
    )
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_case_id_id", ["case_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_team_id"), ["team_id"], unique=False)

    op.create_table(
        "letters",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("chat_id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=True),
        sa.Column("payload", Json, nullable=False),
        sa.Column("case_id", BigId, nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=False),
        sa.Column("claimed_until", UtcDateTime(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("shown_in", sa.BigInteger(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_letters_case_id_cases"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_letters_chat_id_chats"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_letters_team_id_teams"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint("team_id", "key", name=op.f("uq_letters_team_id_key")),
    )
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letters_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "ix_letters_pending",
            ["not_before"],
            unique=False,
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )
        batch_op.create_index("ix_letters_shown_in_message_id", ["shown_in", "message_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_letters_team_id"), ["team_id"], unique=False)

    op.create_table(
        "orders",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("connection_id", BigId, nullable=False),
        sa.Column("order_key", sa.String(length=200), nullable=False),
        sa.Column("widget", sa.String(length=64), nullable=False),
        sa.Column("number_id", BigId, nullable=True),
        sa.Column("ordered_at", UtcDateTime(), nullable=False),
        sa.Column("wanted_at", UtcDateTime(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("consent", sa.Text(), nullable=True),
        sa.Column("is_in_hours", sa.Boolean(), nullable=False),
        sa.Column("is_forbidden", sa.Boolean(), nullable=False),
        sa.Column("deadline_at", UtcDateTime(), nullable=False),
        sa.Column("case_id", BigId, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_orders_case_id_cases"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_orders_connection_id_connections"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["number_id"], ["numbers.id"], name=op.f("fk_orders_number_id_numbers"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_orders_team_id_teams"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint(
            "team_id", "connection_id", "order_key", name=op.f("uq_orders_team_id_connection_id_order_key")
        ),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_orders_number_id", ["number_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_team_id"), ["team_id"], unique=False)
        batch_op.create_index("ix_orders_team_id_ordered_at", ["team_id", "ordered_at"], unique=False)

    op.create_table(
        "reminders",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("case_id", BigId, nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_reminders_case_id_cases"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_reminders_team_id_teams"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint("case_id", "step", "round", name=op.f("uq_reminders_case_id_step_round")),
    )
    with op.batch_alter_table("reminders", schema=None) as batch_op:
        batch_op.create_index(
            "ix_reminders_due_at",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("done_at IS NULL"),
            postgresql_where=sa.text("done_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_reminders_team_id"), ["team_id"], unique=False)

    op.create_table(
        "actions",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("number_id", BigId, nullable=True),
        sa.Column("call_id", BigId, nullable=True),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("member_id", BigId, nullable=True),
        sa.Column("data", Json, nullable=False),
        sa.Column("source_key", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_actions_call_id_calls"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_actions_member_id_members"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["number_id"], ["numbers.id"], name=op.f("fk_actions_number_id_numbers"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_actions_team_id_teams"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actions")),
        sa.UniqueConstraint("team_id", "source_key", name=op.f("uq_actions_team_id_source_key")),
    )
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.create_index("ix_actions_call_id", ["call_id"], unique=False)
        batch_op.create_index("ix_actions_number_id_at", ["number_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_actions_team_id"), ["team_id"], unique=False)

    op.create_table(
        "digests",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("chat_id", BigId, nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("letter_id", BigId, nullable=True),
        sa.Column("numbers", Json, nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_digests_chat_id_chats"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name=op.f("fk_digests_letter_id_letters"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_digests_team_id_teams"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digests")),
        sa.UniqueConstraint("chat_id", "local_date", name=op.f("uq_digests_chat_id_local_date")),
    )
    with op.batch_alter_table("digests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_digests_team_id"), ["team_id"], unique=False)

    # Cases and calls point at each other; where a table can be altered, the second arrow is drawn afterwards.
    if op.get_bind().dialect.supports_alter:
        op.create_foreign_key(_CONTACT, "cases", "calls", ["contact_id"], ["id"], ondelete="SET NULL")


def downgrade() -> None:
    if op.get_bind().dialect.supports_alter:
        op.drop_constraint(_CONTACT, "cases", type_="foreignkey")
    with op.batch_alter_table("digests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_digests_team_id"))

    op.drop_table("digests")
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_actions_team_id"))
        batch_op.drop_index("ix_actions_number_id_at")
        batch_op.drop_index("ix_actions_call_id")

    op.drop_table("actions")
    with op.batch_alter_table("reminders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reminders_team_id"))
        batch_op.drop_index(
            "ix_reminders_due_at", sqlite_where=sa.text("done_at IS NULL"), postgresql_where=sa.text("done_at IS NULL")
        )

    op.drop_table("reminders")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index("ix_orders_team_id_ordered_at")
        batch_op.drop_index(batch_op.f("ix_orders_team_id"))
        batch_op.drop_index("ix_orders_number_id")
        batch_op.drop_index(batch_op.f("ix_orders_case_id"))

    op.drop_table("orders")
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letters_team_id"))
        batch_op.drop_index("ix_letters_shown_in_message_id")
        batch_op.drop_index(
            "ix_letters_pending",
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )
        batch_op.drop_index(batch_op.f("ix_letters_case_id"))

    op.drop_table("letters")
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_team_id"))
        batch_op.drop_index("ix_ledger_case_id_id")

    op.drop_table("ledger")
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_index("ix_calls_team_id_started_at")
        batch_op.drop_index(batch_op.f("ix_calls_team_id"))
        batch_op.drop_index("ix_calls_number_id_started_at")
        batch_op.drop_index("ix_calls_case_id")

    op.drop_table("calls")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_messages_team_id"))
        batch_op.drop_index(batch_op.f("ix_messages_number_id"))

    op.drop_table("messages")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_cases_open",
            sqlite_where=sa.text("state = 'open' AND kind = 'client'"),
            postgresql_where=sa.text("state = 'open' AND kind = 'client'"),
        )
        batch_op.drop_index(
            "ix_cases_unplanned",
            sqlite_where=sa.text("planned_version <> version"),
            postgresql_where=sa.text("planned_version <> version"),
        )
        batch_op.drop_index("ix_cases_team_id_state_last_missed_at")
        batch_op.drop_index(batch_op.f("ix_cases_team_id"))
        batch_op.drop_index(
            "ix_cases_expires_at", sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")
        )
        batch_op.drop_index("ix_cases_client_id")

    op.drop_table("cases")
    with op.batch_alter_table("cards", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cards_team_id"))
        batch_op.drop_index("ix_cards_subject_subject_id")
        batch_op.drop_index("ix_cards_shown_in_message_id")
        batch_op.drop_index(
            "ix_cards_menu_until",
            sqlite_where=sa.text("menu_until IS NOT NULL"),
            postgresql_where=sa.text("menu_until IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_cards_behind",
            sqlite_where=sa.text("shown < wanted AND state = 'live'"),
            postgresql_where=sa.text("shown < wanted AND state = 'live'"),
        )

    op.drop_table("cards")
    with op.batch_alter_table("screens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_screens_team_id"))

    op.drop_table("screens")
    with op.batch_alter_table("numbers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_numbers_team_id"))
        batch_op.drop_index(batch_op.f("ix_numbers_client_id"))

    op.drop_table("numbers")
    with op.batch_alter_table("merges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_merges_team_id"))
        batch_op.drop_index(batch_op.f("ix_merges_into_client_id"))

    op.drop_table("merges")
    with op.batch_alter_table("member_groups", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_member_groups_team_id"))
        batch_op.drop_index(batch_op.f("ix_member_groups_member_id"))

    op.drop_table("member_groups")
    with op.batch_alter_table("line_settings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_line_settings_team_id"))
        batch_op.drop_index(batch_op.f("ix_line_settings_line_id"))

    op.drop_table("line_settings")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index("ix_inbox_state_team_id_id")
        batch_op.drop_index("ix_inbox_received_at")

    op.drop_table("inbox")
    with op.batch_alter_table("extensions", schema=None) as batch_op:
        batch_op.drop_index("ix_extensions_team_id_extension")
        batch_op.drop_index(batch_op.f("ix_extensions_team_id"))

    op.drop_table("extensions")
    with op.batch_alter_table("chats", schema=None) as batch_op:
        batch_op.drop_index("ix_chats_telegram_id")
        batch_op.drop_index(batch_op.f("ix_chats_team_id"))

    op.drop_table("chats")
    with op.batch_alter_table("team_settings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_settings_team_id"))

    op.drop_table("team_settings")
    with op.batch_alter_table("reasons", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reasons_team_id"))

    op.drop_table("reasons")
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.drop_index("ix_members_telegram_id")
        batch_op.drop_index(batch_op.f("ix_members_team_id"))

    op.drop_table("members")
    with op.batch_alter_table("lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lines_team_id"))

    op.drop_table("lines")
    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_connections_team_id"))

    op.drop_table("connections")
    with op.batch_alter_table("clients", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clients_team_id"))

    op.drop_table("clients")
    with op.batch_alter_table("updates", schema=None) as batch_op:
        batch_op.drop_index("ix_updates_state_update_id")

    op.drop_table("updates")
    with op.batch_alter_table("teams", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_teams_next_digest_at"))
        batch_op.drop_index(batch_op.f("ix_teams_morning_at"))

    op.drop_table("teams")
