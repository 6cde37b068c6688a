"""Silent connections, the windows nobody saw, what the auditor has mended, and what was given up at a glance."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.columns import BigId, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create("watches", _connection("watches"), *_watch(), sa.UniqueConstraint("connection_id", name=_UQ_WATCH))
    op.create_index("ix_watches_due_at", "watches", ["due_at"])
    _create(
        "blind_windows",
        _connection("blind_windows"),
        sa.Column("begins_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
    )
    op.create_index(_IX_WINDOWS, "blind_windows", ["connection_id", "begins_at"])
    is_open = sa.text("ends_at IS NULL")
    op.create_index(
        "uq_blind_windows_open",
        "blind_windows",
        ["connection_id"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    _create(
        "mends",
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("mended", sa.Integer(), nullable=False),
        sa.Column("mended_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("team_id", "kind", name="uq_mends_team_id_kind"),
    )
    op.create_table(
        "audits",
        sa.Column("name", sa.String(16), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("position", BigId, nullable=False),
        sa.Column("unknown_calls", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_audits"),
    )
    is_dead = sa.text("state = 'dead'")
    for table in ("cards", "letters"):
        op.create_index(f"ix_{table}_dead", table, ["id"], sqlite_where=is_dead, postgresql_where=is_dead)


_UQ_WATCH = "uq_watches_connection_id"
_IX_WINDOWS = "ix_blind_windows_connection_id_begins_at"


def _create(name: str, *items: sa.Column[Any] | sa.Constraint) -> None:
    """A table of teams: its id, its team, and what it holds."""
    op.create_table(
        name,
        sa.Column("id", BigId, autoincrement=True, nullable=False),
        sa.Column("team_id", BigId, nullable=False),
        *items,
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=f"fk_{name}_team_id_teams", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_team_id", name, ["team_id"])


def _connection(table: str) -> sa.Column[Any]:
    name = f"fk_{table}_connection_id_connections"
    key = sa.ForeignKey("connections.id", name=name, ondelete="CASCADE")
    return sa.Column("connection_id", BigId, key, nullable=False)


def _watch() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("heard_at", UtcDateTime(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("revision", BigId, nullable=False),
    )


def downgrade() -> None:
    for table in ("letters", "cards"):
        op.drop_index(f"ix_{table}_dead", table)
    for name in ("audits", "mends", "blind_windows", "watches"):
        op.drop_table(name)
