"""Whom a team has forgotten, and which orders are of somebody it had known before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import BigId, Json, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forgotten",
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("widgets", Json, nullable=False),
        sa.Column("forgotten_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_forgotten_team_id_teams"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forgotten")),
        sa.UniqueConstraint("team_id", "mark", name=op.f("uq_forgotten_team_id_mark")),
    )
    op.create_index(op.f("ix_forgotten_team_id"), "forgotten", ["team_id"])
    op.add_column("orders", sa.Column("is_returning", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("orders", "is_returning")
    op.drop_index(op.f("ix_forgotten_team_id"), table_name="forgotten")
    op.drop_table("forgotten")
