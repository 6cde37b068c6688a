"""Several cards in one message."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import BigId

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cards", sa.Column("bundle_id", BigId, nullable=True))
    op.create_index(
        "ix_cards_bundle_id",
        "cards",
        ["bundle_id"],
        sqlite_where=sa.text("state = 'bundled'"),
        postgresql_where=sa.text("state = 'bundled'"),
    )


def downgrade() -> None:
    # Who does not know of bundles shows each case by itself.
    op.execute("UPDATE cards SET state = 'live' WHERE state = 'bundled'")
    op.execute("DELETE FROM cards WHERE subject = 'bundle'")
    op.drop_index("ix_cards_bundle_id", table_name="cards")
    op.drop_column("cards", "bundle_id")
