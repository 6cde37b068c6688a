"""Who is there to call back, and from when on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import BigId, UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duty",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("member_id", BigId, nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("made_by", BigId, nullable=True),
        sa.Column("source_key", sa.String(length=64), nullable=False),
        sa.Column("wakes_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_duty_team_id_teams"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_duty_member_id_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["made_by"], ["members.id"], name=op.f("fk_duty_made_by_members"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
        sa.UniqueConstraint("team_id", "source_key", name=op.f("uq_duty_team_id_source_key")),
    )
    op.create_index(op.f("ix_duty_team_id"), "duty", ["team_id"])
    op.create_index("ix_duty_newest", "duty", ["member_id", "at", "id"])
    op.create_index("ix_duty_team_id_at", "duty", ["team_id", "at"])
    op.create_index(
        "ix_duty_wakes_at",
        "duty",
        ["wakes_at"],
        sqlite_where=sa.text("wakes_at IS NOT NULL"),
        postgresql_where=sa.text("wakes_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("duty")
