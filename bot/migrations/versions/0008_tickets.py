"""Tickets, what people do about them, the directories they are sorted by, and who writes to us."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import BigId, Json, UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_RESULTS = (("resolved", "done"), ("refused", "refused"), ("non_target", "non_target"))


def upgrade() -> None:
    _ticket_results()
    _ticket_statuses()
    _topics()
    _accounts()
    _fan_members()
    _ticket_acts()
    _tickets()
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_history", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("lines", schema=None) as batch_op:
        batch_op.add_column(sa.Column("makes_tickets", sa.Boolean(), server_default=sa.true(), nullable=False))

    with op.batch_alter_table("merges", schema=None) as batch_op:
        batch_op.add_column(sa.Column("account_ids", Json, nullable=True))

    _messages()
    with op.batch_alter_table("teams", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tickets_from", UtcDateTime(), nullable=True))
    _seed()


def _seed() -> None:
    """Teams that are at work already: the calls of their past make no tickets, and tickets can end."""
    moment = "strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z'" if op.get_bind().dialect.name == "sqlite" else "now()"
    op.execute(f"UPDATE teams SET tickets_from = {moment}")  # noqa: S608 - one of two texts above
    for position, (code, status) in enumerate(_RESULTS, 1):
        op.execute(
            "INSERT INTO ticket_results (team_id, code, status, position, is_retired) "  # noqa: S608 - words of ours
            f"SELECT id, '{code}', '{status}', {position}, false FROM teams"
        )


def _ticket_results() -> None:
    op.create_table(
        "ticket_results",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("code", sa.String(length=16), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("position", BigId, nullable=False),
        sa.Column("is_retired", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_ticket_results_team_id_teams"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_results")),
        sa.UniqueConstraint("team_id", "code", name=op.f("uq_ticket_results_team_id_code")),
    )
    with op.batch_alter_table("ticket_results", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ticket_results_team_id"), ["team_id"], unique=False)


def _ticket_statuses() -> None:
    op.create_table(
        "ticket_statuses",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_ticket_statuses_team_id_teams"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_statuses")),
        sa.UniqueConstraint("team_id", "code", name=op.f("uq_ticket_statuses_team_id_code")),
    )
    with op.batch_alter_table("ticket_statuses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ticket_statuses_team_id"), ["team_id"], unique=False)


def _topics() -> None:
    op.create_table(
        "topics",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("parent_id", BigId, nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("position", BigId, nullable=False),
        sa.Column("sla_minutes", sa.Integer(), nullable=True),
        sa.Column("is_retired", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["topics.id"], name=op.f("fk_topics_parent_id_topics"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_topics_team_id_teams"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topics")),
    )
    with op.batch_alter_table("topics", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_topics_team_id"), ["team_id"], unique=False)


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("client_id", BigId, nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("telegram_id", sa.BigInteger(), nullable=True),
        sa.Column("is_blocked", sa.Boolean(), nullable=False),
        sa.Column("consent_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_accounts_client_id_clients"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_accounts_team_id_teams"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("team_id", "channel", "account", name=op.f("uq_accounts_team_id_channel_account")),
    )
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_accounts_client_id"), ["client_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_accounts_team_id"), ["team_id"], unique=False)
        batch_op.create_index("ix_accounts_telegram_id", ["telegram_id"], unique=False)


def _fan_members() -> None:
    op.create_table(
        "fan_members",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("member_id", BigId, nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("turns", sa.Float(), nullable=False),
        sa.Column("was_available", sa.Boolean(), nullable=False),
        sa.Column("last_no", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_fan_members_member_id_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_fan_members_team_id_teams"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fan_members")),
        sa.UniqueConstraint("team_id", "member_id", name=op.f("uq_fan_members_team_id_member_id")),
    )
    with op.batch_alter_table("fan_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fan_members_team_id"), ["team_id"], unique=False)


def _ticket_acts() -> None:
    op.create_table(
        "ticket_acts",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("number_id", BigId, nullable=True),
        sa.Column("account_id", BigId, nullable=True),
        sa.Column("born_as", BigId, nullable=True),
        sa.Column("client_id", BigId, nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("member_id", BigId, nullable=True),
        sa.Column("data", Json, nullable=False),
        sa.Column("source_key", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_ticket_acts_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_ticket_acts_client_id_clients"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_ticket_acts_member_id_members"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["number_id"], ["numbers.id"], name=op.f("fk_ticket_acts_number_id_numbers"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_ticket_acts_team_id_teams"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_acts")),
        sa.UniqueConstraint("team_id", "source_key", name=op.f("uq_ticket_acts_team_id_source_key")),
    )
    with op.batch_alter_table("ticket_acts", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_acts_account_id", ["account_id", "at"], unique=False)
        batch_op.create_index("ix_ticket_acts_born_as", ["born_as"], unique=False)
        batch_op.create_index("ix_ticket_acts_client_id", ["client_id"], unique=False)
        batch_op.create_index("ix_ticket_acts_number_id", ["number_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_ticket_acts_team_id"), ["team_id"], unique=False)


def _tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("client_id", BigId, nullable=False),
        sa.Column("lane", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("entry_point", sa.Text(), nullable=True),
        sa.Column("origin_key", sa.String(length=40), nullable=False),
        sa.Column("fact_keys", Json, nullable=False),
        sa.Column("number_id", BigId, nullable=True),
        sa.Column("account_id", BigId, nullable=True),
        sa.Column("call_id", BigId, nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=6), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("owner_id", BigId, nullable=True),
        sa.Column("owned_at", UtcDateTime(), nullable=True),
        sa.Column("group_name", sa.Text(), nullable=True),
        sa.Column("topic_id", BigId, nullable=True),
        sa.Column("result_id", BigId, nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("first_reaction_at", UtcDateTime(), nullable=True),
        sa.Column("last_reaction_at", UtcDateTime(), nullable=True),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("contact_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by", BigId, nullable=True),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("snoozed_until", UtcDateTime(), nullable=True),
        sa.Column("last_fact_at", UtcDateTime(), nullable=False),
        sa.Column("reaction_seconds", sa.Integer(), nullable=True),
        sa.Column("reaction_working", sa.Integer(), nullable=True),
        sa.Column("contact_seconds", sa.Integer(), nullable=True),
        sa.Column("handling_seconds", sa.Integer(), nullable=True),
        sa.Column("handling_working", sa.Integer(), nullable=True),
        sa.Column("snoozed_seconds", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stored_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("warn_at", UtcDateTime(), nullable=True),
        sa.Column("return_at", UtcDateTime(), nullable=True),
        sa.Column("next_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_tickets_account_id_accounts"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_tickets_call_id_calls"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_tickets_client_id_clients"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["members.id"], name=op.f("fk_tickets_closed_by_members"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["number_id"], ["numbers.id"], name=op.f("fk_tickets_number_id_numbers"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["members.id"], name=op.f("fk_tickets_owner_id_members"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["result_id"], ["ticket_results.id"], name=op.f("fk_tickets_result_id_ticket_results"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_tickets_team_id_teams"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name=op.f("fk_tickets_topic_id_topics"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
    )
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.create_index("ix_tickets_call_id", ["call_id"], unique=False)
        batch_op.create_index("ix_tickets_client_id", ["client_id"], unique=False)
        batch_op.create_index(
            "ix_tickets_counted", ["team_id", "created_at", "call_id", "status", "channel"], unique=False
        )
        batch_op.create_index(
            "ix_tickets_open",
            ["team_id", "owner_id", "kind"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(batch_op.f("ix_tickets_team_id"), ["team_id"], unique=False)
        batch_op.create_index("ix_tickets_team_id_closed_at", ["team_id", "closed_at"], unique=False)
        batch_op.create_index(
            "ix_tickets_next_at",
            ["next_at"],
            unique=False,
            sqlite_where=sa.text("next_at IS NOT NULL"),
            postgresql_where=sa.text("next_at IS NOT NULL"),
        )


def _messages() -> None:
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("account_id", BigId, nullable=True))
        batch_op.add_column(sa.Column("is_ours", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("kind", sa.String(length=12), server_default="text", nullable=False))
        batch_op.add_column(sa.Column("member_id", BigId, nullable=True))
        batch_op.add_column(sa.Column("chat_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("message_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("copy_chat_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("copy_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("edited_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("state", sa.String(length=8), server_default="done", nullable=False))
        batch_op.add_column(sa.Column("error", sa.Text(), nullable=True))
        batch_op.alter_column("connection_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index("ix_messages_account_id_at", ["account_id", "at"], unique=False)
        batch_op.create_index("ix_messages_copy", ["copy_chat_id", "copy_id"], unique=False)
        batch_op.create_index(
            "uq_messages_own",
            ["team_id", "message_key"],
            unique=True,
            sqlite_where=sa.text("connection_id IS NULL"),
            postgresql_where=sa.text("connection_id IS NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_messages_account_id_accounts"), "accounts", ["account_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_messages_member_id_members"), "members", ["member_id"], ["id"], ondelete="SET NULL"
        )


def downgrade() -> None:

    with op.batch_alter_table("teams", schema=None) as batch_op:
        batch_op.drop_column("tickets_from")

    _messages_before()
    with op.batch_alter_table("merges", schema=None) as batch_op:
        batch_op.drop_column("account_ids")

    with op.batch_alter_table("lines", schema=None) as batch_op:
        batch_op.drop_column("makes_tickets")

    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_column("is_history")
    op.drop_table("tickets")
    op.drop_table("ticket_acts")
    op.drop_table("fan_members")
    op.drop_table("accounts")
    op.drop_table("topics")
    op.drop_table("ticket_statuses")
    op.drop_table("ticket_results")


def _messages_before() -> None:
    """What came by the bot itself had no place in the older table."""
    op.execute("DELETE FROM messages WHERE connection_id IS NULL")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_messages_member_id_members"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_messages_account_id_accounts"), type_="foreignkey")
        batch_op.drop_index(
            "uq_messages_own",
            sqlite_where=sa.text("connection_id IS NULL"),
            postgresql_where=sa.text("connection_id IS NULL"),
        )
        batch_op.drop_index("ix_messages_copy")
        batch_op.drop_index("ix_messages_account_id_at")
        batch_op.alter_column("connection_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("error")
        batch_op.drop_column("state")
        batch_op.drop_column("edited_at")
        batch_op.drop_column("copy_id")
        batch_op.drop_column("copy_chat_id")
        batch_op.drop_column("message_id")
        batch_op.drop_column("chat_id")
        batch_op.drop_column("member_id")
        batch_op.drop_column("kind")
        batch_op.drop_column("is_ours")
        batch_op.drop_column("account_id")
