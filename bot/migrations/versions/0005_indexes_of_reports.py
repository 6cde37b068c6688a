"""Indexes that answer reports without reading the calls themselves, and what a number's calls came to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_COUNTED = (
    *("team_id", "started_at", "direction", "outcome", "extension", "talk_seconds", "is_non_target", "line"),
    *("number_id", "case_id", "reason"),
)


def upgrade() -> None:
    is_reached, has_key = sa.text("contact_at IS NOT NULL"), sa.text("order_key IS NOT NULL")
    op.create_index("ix_calls_counted", "calls", list(_COUNTED))
    op.drop_index("ix_calls_team_id_started_at", table_name="calls")
    op.create_index("ix_calls_of_number", "calls", ["number_id", "started_at", "direction"])
    op.drop_index("ix_calls_number_id_started_at", table_name="calls")
    op.create_index(
        "ix_calls_reached",
        "calls",
        ["number_id", "contact_at"],
        sqlite_where=is_reached,
        postgresql_where=is_reached,
    )
    op.create_index(
        "ix_calls_order_key", "calls", ["team_id", "order_key"], sqlite_where=has_key, postgresql_where=has_key
    )
    op.create_index("ix_cases_team_id_closed_at", "cases", ["team_id", "closed_at"])
    op.add_column("numbers", sa.Column("first_call_at", UtcDateTime()))
    op.add_column("numbers", sa.Column("last_contact_at", UtcDateTime()))
    op.execute(
        """
        UPDATE numbers SET
            first_call_at = (
                SELECT min(started_at) FROM calls WHERE number_id = numbers.id AND direction IN ('in', 'out')
            ),
            last_contact_at = (SELECT max(contact_at) FROM calls WHERE number_id = numbers.id)
        """
    )
    op.create_index("ix_numbers_team_id_first_call_at", "numbers", ["team_id", "first_call_at"])


def downgrade() -> None:
    op.drop_index("ix_numbers_team_id_first_call_at", table_name="numbers")
    op.drop_column("numbers", "last_contact_at")
    op.drop_column("numbers", "first_call_at")
    op.drop_index("ix_cases_team_id_closed_at", table_name="cases")
    op.drop_index("ix_calls_order_key", table_name="calls")
    op.drop_index("ix_calls_reached", table_name="calls")
    op.create_index("ix_calls_number_id_started_at", "calls", ["number_id", "started_at"])
    op.drop_index("ix_calls_of_number", table_name="calls")
    op.create_index("ix_calls_team_id_started_at", "calls", ["team_id", "started_at"])
    op.drop_index("ix_calls_counted", table_name="calls")
