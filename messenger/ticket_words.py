"""What a ticket's status, result and channel are called in the reader's language, or by the team."""

from __future__ import annotations

from collections.abc import Mapping

from followup.teams.book import TeamBook
from followup.tickets.views import ClientView, TicketView
from messenger.filters import number, person
from messenger.render import phrase, render_plain

ICONS = {
    "unsorted": "🆕",
    "check": "🔎",
    "selection": "🧩",
    "booking": "📌",
    "deal": "🤝",
    "done": "✅",
    "postponed": "⏸",
    "refused": "✖️",
    "non_target": "⚪",
}


def status_word(code: str, book: TeamBook, language: str) -> str:
    """The team's own name of a status, or the built-in one."""
    return book.status_titles.get(code) or phrase("ticket_status", language, code)


def result_word(code: str | None, title: str | None, language: str) -> str:
    """A result's own title, or the built-in one of its code."""
    return title or phrase("ticket_result", language, code)


def channel_word(code: str, language: str) -> str:
    """Where a ticket came by; a channel nobody named is called as it calls itself."""
    return phrase("ticket_channel", language, code)


def result_of(view: TicketView, language: str) -> str | None:
    """How a ticket ended, None where nobody said."""
    if view.result_code is None and view.result_title is None:
        return None
    return result_word(view.result_code, view.result_title, language)


def called(client: ClientView, *, masked: bool) -> str | None:
    """G21: the name in the book, else the account's, else the number; None: a guest."""
    name = person(client.name or client.account_name or "", masked, 40)
    return name or (number(client.number, masked) if client.number else None)


def why_words(why: Mapping[str, int] | None, name: str | None, language: str) -> str:
    """M29: why the fan chose its owner, for a toast; None: it was no fan."""
    return render_plain("cards/ticket_why.j2", language, why=why, name=name)
