"""The one MetaData and the column types of every table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, DateTime, Dialect, ForeignKey, Integer, MetaData, column, table, types

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives a rowid (and so a cheap, growing id) only to INTEGER PRIMARY KEY.
BigId = BigInteger().with_variant(Integer, "sqlite")
Json = JSON(none_as_null=True)  # None is SQL NULL, not the JSON word

# What every row hangs on, for those who know nothing else of teams: its id, and the revision of its book.
TEAM = table("teams", column("id", BigId), column("revision", BigId))


class UtcDateTime(types.TypeDecorator[datetime]):
    """An aware moment, kept in UTC; naive values are refused. SQLite keeps it as sortable text."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> types.TypeEngine[Any]:
        """Text on SQLite (its own DateTime forgets the zone), timestamptz elsewhere."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(types.String(32))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """UTC, or an error for a naive value."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive moment {value!r}: every stored moment carries its zone")
        moment = value if value.tzinfo is UTC else value.astimezone(UTC)
        if dialect.name == "sqlite":
            return f"{moment.isoformat(timespec='microseconds')[:-6]}Z"  # strftime costs five times as much
        return moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Aware, in UTC."""
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        moment: datetime = value
        return moment.astimezone(UTC)


def id_column() -> Column[int]:
    """The primary key of nearly every table."""
    return Column("id", BigId, primary_key=True, autoincrement=True)


def team_column() -> Column[int]:
    """What scopes a row to its team."""
    return Column("team_id", BigId, ForeignKey("teams.id", ondelete="CASCADE"), nullable=False, index=True)
