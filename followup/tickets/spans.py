"""How long a ticket took, by the clock and in working time, and until when its client is to be answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from followup.hours import Schedule
from followup.teams.book import TeamBook
from followup.tickets.facts import Ticket
from followup.tickets.rules import handling, snoozed

_WARN_AT: Final = 0.8  # of the span: early enough to do something


def spans_of(ticket: Ticket, book: TeamBook, now: datetime) -> dict[str, Any]:
    """The columns that measure a ticket; each stretch by the hours valid when the ticket was made (D13)."""
    schedule = book.schedule_at(ticket.entry_point, ticket.created_at)

    def by_clock(begin: datetime, end: datetime) -> float:
        return (end - begin).total_seconds()

    def working(begin: datetime, end: datetime) -> float:
        return schedule.working_between(begin, end).total_seconds()

    reacted = ticket.first_reaction_at
    return {
        "reaction_seconds": _span(ticket.created_at, reacted),
        "reaction_working": round(working(ticket.created_at, max(reacted, ticket.created_at))) if reacted else None,
        "contact_seconds": _span(ticket.created_at, ticket.contact_at),
        "handling_seconds": handling(ticket, by_clock),
        "handling_working": handling(ticket, working),
        "snoozed_seconds": snoozed(ticket, by_clock),
        "snoozed_working": snoozed(ticket, working),
    } | _due(ticket, book, schedule, now)


def _span(begin: datetime, end: datetime | None) -> int | None:
    return max(0, round((end - begin).total_seconds())) if end is not None else None


def _due(ticket: Ticket, book: TeamBook, schedule: Schedule, now: datetime) -> dict[str, datetime | None]:
    due_at, warn_at = _sla(ticket, book, schedule)
    return_at = _silent_until(ticket, book, schedule)
    coming = [at for at in (warn_at, return_at, ticket.snoozed_until) if at is not None and at > now]
    return {"due_at": due_at, "warn_at": warn_at, "return_at": return_at, "next_at": min(coming, default=None)}


def _sla(ticket: Ticket, book: TeamBook, schedule: Schedule) -> tuple[datetime | None, datetime | None]:
    limit = sla_of(ticket.topic_id, ticket.channel, book)
    if limit is None or not ticket.is_open or ticket.first_reaction_at is not None:
        return None, None
    created = ticket.created_at
    return schedule.add_working(created, limit), schedule.add_working(created, limit * _WARN_AT)


def _silent_until(ticket: Ticket, book: TeamBook, schedule: Schedule) -> datetime | None:
    """Somebody has it and has not turned to the client since: how long he may."""
    since = ticket.owned_at
    if not ticket.is_open or since is None:
        return None
    if ticket.last_reaction_at is not None and ticket.last_reaction_at >= since:
        return None
    return schedule.add_working(max(since, ticket.snoozed_until or since), book.policy.ticket_return)


def sla_of(topic_id: int | None, channel: str, book: TeamBook) -> timedelta | None:
    """How long the client may wait: by the topic or the nearest of those above it, else by the channel."""
    topic = book.topics.get(topic_id or 0)
    while topic is not None:
        if topic.sla_minutes is not None:
            return timedelta(minutes=topic.sla_minutes)
        topic = book.topics.get(topic.parent_id or 0)
    by_channel = book.policy.ticket_sla
    return by_channel.get(channel, by_channel.get(""))
