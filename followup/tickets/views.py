"""What readers get of a ticket: the card's view, a line of what was said, a line of a contact's history, lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from followup.tickets.facts import TicketKind
from followup.tickets.statuses import Status

TicketState = Literal["open", "closed", "gone"]
TicketTab = Literal["voice", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientView:
    """Who it is about: the name in the book, else what the account is called, else the number, else a guest (G21)."""

    id: int
    name: str | None = None
    account_name: str | None = None
    number: str | None = None
    other_numbers: tuple[str, ...] = ()
    writes_from: tuple[str, ...] = ()  # as `forget` takes them: "@anna", "tg:123456789", "email:anna@example.com"
    is_erased: bool = False  # forgotten at his request: nothing is shown of him
    is_blocked: bool = False  # on the team's blacklist


@dataclass(frozen=True, slots=True, kw_only=True)
class WordView:
    """One message of the conversation. ``author``: who of the team said it."""

    at: datetime
    is_ours: bool
    author: str | None
    kind: str
    text: str
    is_failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketView:
    """Everything a card or a list shows of one ticket. Texts are as stored, not escaped: templates escape.

    ``topic`` is the path from the root; a result without a title has a built-in one named by its code.
    ``words`` and ``others`` (the client's other open tickets) are filled for a card only.
    """

    id: int
    version: int
    kind: TicketKind
    channel: str
    state: TicketState
    status: Status
    client: ClientView
    entry_point: str | None
    subject: str | None
    topic_id: int | None
    topic: tuple[str, ...]
    group: str | None
    owner_id: int | None
    owner_name: str | None
    owned_at: datetime | None
    created_at: datetime
    first_reaction_at: datetime | None
    contact_at: datetime | None
    due_at: datetime | None
    snoozed_until: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    result_code: str | None
    result_title: str | None
    comment: str | None
    is_written: bool  # an answer to the card goes to the client
    can_undo: bool = False  # a joining of contacts may be taken back
    words: tuple[WordView, ...] = ()
    others: tuple[int, ...] = ()

    @property
    def is_open(self) -> bool:
        """Somebody's business now."""
        return self.state == "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFilter:
    """What a list shows; ``topic`` includes its sub-topics, ``owner`` makes it one person's own list."""

    tab: TicketTab = "voice"
    group: str | None = None
    topic: int | None = None
    owner: int | None = None
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPage:
    """One page of open tickets, the longest waiting first."""

    filter: TicketFilter
    tickets: tuple[TicketView, ...]
    counts: Mapping[TicketTab, int]
    pages: int
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPage:
    """What a search has found: tickets, newest first, then contacts who have none."""

    query: str
    tickets: tuple[TicketView, ...]
    contacts: tuple[ClientView, ...]
    total: int
    page: int
    pages: int
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactLine:
    """One line of a contact's history.

    ``kind``: as in cases (missed, contact_in, …), order, message_in, message_out, ticket (made), closed (a ticket).
    """

    at: datetime
    kind: str
    who: str | None = None
    line_name: str | None = None
    reason: str | None = None
    seconds: int | None = None
    text: str | None = None
    ticket_id: int | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPage:
    """A contact and one page of what happened between us, newest first."""

    client: ClientView
    lines: tuple[ContactLine, ...]
    open_tickets: tuple[TicketView, ...]
    page: int
    pages: int
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ActLine:
    """One change of a ticket: what, by whom, and what it says."""

    at: datetime
    kind: str
    who: str | None = None
    to: str | None = None
    status: str | None = None
    text: str | None = None
