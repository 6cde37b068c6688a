"""Tickets (derived), what people do about them (facts), and whose turn it is in the fan."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from storage.columns import BigId, Json, UtcDateTime, id_column, metadata, team_column


def _member(name: str) -> Column[int]:
    return Column(name, BigId, ForeignKey("members.id", ondelete="SET NULL"))


tickets = Table(
    "tickets",
    metadata,
    id_column(),  # the number people know the ticket by
    team_column(),
    Column("client_id", BigId, ForeignKey("clients.id", ondelete="CASCADE"), nullable=False),
    Column("lane", String(40), nullable=False),  # voice | t:<account id> | a:<act id>: at most one open in a lane
    Column("kind", String(5), nullable=False),  # voice | text | api
    Column("channel", String(32), nullable=False),  # phone | callback | telegram | webform | …
    Column("entry_point", Text),  # the key of a line or widget, or a site's own word
    Column("origin_key", String(40), nullable=False),  # "c:<call>" | "o:<order>" | "m:<message>" | "a:<act>"
    Column("fact_keys", Json, nullable=False),
    Column("number_id", BigId, ForeignKey("numbers.id", ondelete="SET NULL")),  # the one to call
    Column("account_id", BigId, ForeignKey("accounts.id", ondelete="SET NULL")),  # the one to write to
    Column("call_id", BigId, ForeignKey("calls.id", ondelete="SET NULL")),  # it was born of
    Column("subject", Text),
    Column("state", String(6), nullable=False),  # open | closed | gone (no facts speak for it any more)
    Column("status", String(10), nullable=False),  # see tickets.statuses
    _member("owner_id"),
    Column("owned_at", UtcDateTime),  # since when he has it
    Column("group_name", Text),  # it was distributed to
    Column("topic_id", BigId, ForeignKey("topics.id", ondelete="SET NULL")),
    Column("result_id", BigId, ForeignKey("ticket_results.id", ondelete="SET NULL")),
    Column("comment", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("first_reaction_at", UtcDateTime),
    Column("last_reaction_at", UtcDateTime),
    Column("taken_at", UtcDateTime),
    Column("contact_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    _member("closed_by"),
    Column("reopened", Integer, nullable=False, default=0),
    Column("snoozed_until", UtcDateTime),
    Column("last_fact_at", UtcDateTime, nullable=False),
    # Spans in whole seconds, by the clock and in working time (X19, X20).
    Column("reaction_seconds", Integer),
    Column("reaction_working", Integer),
    Column("contact_seconds", Integer),
    Column("handling_seconds", Integer),
    Column("handling_working", Integer),
    Column("snoozed_seconds", Integer, nullable=False, default=0),
    Column("snoozed_working", Integer),  # NULL: of before it was measured, and nobody can tell any more
    Column("version", Integer, nullable=False, default=1),
    Column("stored_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),  # the SLA's end; NULL: none, or the client has been answered
    Column("warn_at", UtcDateTime),  # when somebody is to be warned of it
    Column("return_at", UtcDateTime),  # when a silent owner loses it
    Column("next_at", UtcDateTime),  # the earliest moment to come of these, and of a snooze: when to look at it again
    Index("ix_tickets_client_id", "client_id"),
    Index("ix_tickets_counted", "team_id", "created_at", "call_id", "status", "channel"),
    Index("ix_tickets_team_id_closed_at", "team_id", "closed_at"),
    Index("ix_tickets_call_id", "call_id"),
    Index(
        "ix_tickets_open",
        *("team_id", "owner_id", "kind"),
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
    Index(
        "ix_tickets_next_at",
        "next_at",
        sqlite_where=text("next_at IS NOT NULL"),
        postgresql_where=text("next_at IS NOT NULL"),
    ),
)

ticket_acts = Table(
    "ticket_acts",
    metadata,
    id_column(),
    team_column(),
    # Whose lane it speaks of: a voice lane by a number of the client, a text lane by the account, else by the ticket.
    Column("number_id", BigId, ForeignKey("numbers.id", ondelete="CASCADE")),
    Column("account_id", BigId, ForeignKey("accounts.id", ondelete="CASCADE")),
    Column("born_as", BigId),  # id of the "create" act of its lane of one ticket
    Column("client_id", BigId, ForeignKey("clients.id", ondelete="CASCADE")),  # of a "create" act
    Column("kind", String(12), nullable=False),
    Column("at", UtcDateTime, nullable=False),  # never before the newest fact its author saw
    Column("made_at", UtcDateTime, nullable=False),
    Column("member_id", BigId, ForeignKey("members.id", ondelete="SET NULL")),  # NULL: the clock, or a program
    Column("data", Json, nullable=False),
    Column("source_key", String(120)),  # "u:<update_id>": a press delivered twice is one act
    UniqueConstraint("team_id", "source_key"),
    Index("ix_ticket_acts_number_id", "number_id", "at"),
    Index("ix_ticket_acts_account_id", "account_id", "at"),
    Index("ix_ticket_acts_client_id", "client_id"),
    Index("ix_ticket_acts_born_as", "born_as"),
)

# Who takes part in the fan, how much of it, and how many turns he has had (weighted, in units of his own share).
fan_members = Table(
    "fan_members",
    metadata,
    id_column(),
    team_column(),
    Column("member_id", BigId, ForeignKey("members.id", ondelete="CASCADE"), nullable=False),
    Column("weight", Integer, nullable=False, default=1),  # 0: gets none
    Column("turns", Float, nullable=False, default=0),
    Column("was_available", Boolean, nullable=False, default=False),
    Column("last_no", Integer, nullable=False, default=0),  # the fan counts its gifts: who waited longest wins a tie
    UniqueConstraint("team_id", "member_id"),
)
