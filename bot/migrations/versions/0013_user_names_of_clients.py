"""By what name Telegram knows a client who writes: so that he can be found when he asks to be forgotten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("username", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("accounts", "username")
