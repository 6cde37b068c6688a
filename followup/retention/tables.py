"""Whom a team has forgotten: a keyed hash of the number, so that X2's "new number" stays true."""

from __future__ import annotations

from sqlalchemy import Column, String, Table, UniqueConstraint

from storage.columns import Json, UtcDateTime, id_column, metadata, team_column

forgotten = Table(
    "forgotten",
    metadata,
    id_column(),
    team_column(),
    Column("mark", String(64), nullable=False),  # Seal.mark of team and number
    Column("widgets", Json, nullable=False),  # where he had ordered a callback
    Column("forgotten_at", UtcDateTime, nullable=False),
    UniqueConstraint("team_id", "mark"),
)
