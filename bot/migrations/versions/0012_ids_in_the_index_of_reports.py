"""PostgreSQL's index of what reports count holds the ids, too, as every index of SQLite does: rows are not read for them."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_COUNTED = (
    *("team_id", "started_at", "direction", "outcome", "extension", "talk_seconds", "is_non_target", "line"),
    *("number_id", "case_id", "reason"),
)


def upgrade() -> None:
    _made_anew(["id"])


def downgrade() -> None:
    _made_anew([])


def _made_anew(also: list[str]) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_calls_counted", table_name="calls")
        op.create_index("ix_calls_counted", "calls", list(_COUNTED), postgresql_include=also)
