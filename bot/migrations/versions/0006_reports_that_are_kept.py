"""Columns that people chose, reports that come by themselves, files that Telegram has already."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import BigId, Json, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_columns",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("member_id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("chosen", Json, nullable=False),
        _team("report_columns"),
        _member("report_columns"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_columns")),
        sa.UniqueConstraint("member_id", "kind", name=op.f("uq_report_columns_member_id_kind")),
    )
    op.create_index(op.f("ix_report_columns_team_id"), "report_columns", ["team_id"])
    op.create_table(
        "report_schedules",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("chat_id", BigId, nullable=False),
        sa.Column("member_id", BigId, nullable=False),
        sa.Column("wish", Json, nullable=False),
        sa.Column("rhythm", Json, nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        _team("report_schedules"),
        _member("report_schedules"),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.id"], name=op.f("fk_report_schedules_chat_id_chats"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_schedules")),
    )
    for column in ("chat_id", "next_at", "team_id"):
        op.create_index(op.f(f"ix_report_schedules_{column}"), "report_schedules", [column])
    op.create_table(
        "sent_files",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        _team("sent_files"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sent_files")),
        sa.UniqueConstraint("team_id", "key", name=op.f("uq_sent_files_team_id_key")),
    )
    op.create_index(op.f("ix_sent_files_team_id"), "sent_files", ["team_id"])


def _team(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_team_id_teams")
    return sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=name, ondelete="CASCADE")


def _member(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_member_id_members")
    return sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    op.drop_table("sent_files")
    op.drop_table("report_schedules")
    op.drop_table("report_columns")
