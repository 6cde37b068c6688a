"""How much of a ticket's handling was put off in working time; whether a client was named by a person.

What was never put off was not put off in working time either. A closed ticket that was becomes due once more: `serve`
measures it from its facts. One that is open is measured with whatever happens to it next. Who was named by a person
is known by the ledger.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import BigId, Json

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_CLIENTS = sa.table("clients", sa.column("id", BigId), sa.column("is_named_by_hand", sa.Boolean()))
_TICKETS = sa.table("tickets", sa.column("id", BigId), sa.column("client_id", BigId))
_LEDGER = sa.table("ledger", sa.column("kind", sa.String()), sa.column("data", Json))


def upgrade() -> None:
    op.add_column("tickets", sa.Column("snoozed_working", sa.Integer(), nullable=True))
    op.execute("UPDATE tickets SET snoozed_working = 0 WHERE snoozed_seconds = 0")
    op.execute("UPDATE tickets SET next_at = closed_at WHERE snoozed_seconds > 0 AND state = 'closed'")
    op.add_column("clients", sa.Column("is_named_by_hand", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("merges", sa.Column("has_moved_name", sa.Boolean(), server_default=sa.false(), nullable=False))
    spoken_of = sa.select(_LEDGER.c.data["ticket_id"].as_integer()).where(_LEDGER.c.kind == "name")
    named = sa.select(_TICKETS.c.client_id).where(_TICKETS.c.id.in_(spoken_of))
    op.execute(_CLIENTS.update().where(_CLIENTS.c.id.in_(named)).values(is_named_by_hand=True))


def downgrade() -> None:
    op.drop_column("merges", "has_moved_name")
    op.drop_column("clients", "is_named_by_hand")
    op.drop_column("tickets", "snoozed_working")
