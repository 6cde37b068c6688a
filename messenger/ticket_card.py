"""The card of a ticket: one message per ticket and chat, rendered from the stored state whenever it changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from followup.phone import mask_in_text
from followup.teams.book import TeamBook
from followup.tickets.views import ActLine, TicketView, WordView
from messenger.filters import cut, number
from messenger.letters import LetterContext
from messenger.markup import fit, fits
from messenger.outgoing import Outgoing
from messenger.render import render
from messenger.ticket_keyboard import ticket_keyboard
from messenger.ticket_words import ICONS, called, channel_word, result_of, status_word

_LENGTHS = (300, 160, 80)  # of one message on the card: all six stay on one screen of a phone
_NUMBERS_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketMenu:
    """The menu somebody opened on a card: ``under`` a topic, with a ``result`` chosen; ``opener`` is his name."""

    kind: str
    page: int = 0
    under: int | None = None
    result: int | None = None
    opener: str | None = None
    history: tuple[ActLine, ...] = ()


def ticket_card(view: TicketView, book: TeamBook, ctx: LetterContext, menu: TicketMenu | None) -> Outgoing:
    """The card of the ticket in this chat, as it stands at ``ctx.now``."""
    return Outgoing(text=_text(view, book, ctx, menu), keyboard=ticket_keyboard(view, book, ctx, menu))


def _text(view: TicketView, book: TeamBook, ctx: LetterContext, menu: TicketMenu | None) -> str:
    context = _context(view, book, ctx, menu)
    text = ""
    for length in _LENGTHS:
        words = [(word, _said(word, ctx, length)) for word in view.words]
        text = "\n".join(line.rstrip() for line in _rendered(ctx, context, words).splitlines() if line.strip())
        if fits(text, 1500):
            break
    return fit(text)


def _rendered(ctx: LetterContext, context: dict[str, Any], words: list[tuple[WordView, str]]) -> str:
    return render("cards/ticket.j2", ctx.language, **context, words=words)


def _said(word: WordView, ctx: LetterContext, length: int) -> str:
    """A client may write his number, or anything else; in a group numbers are masked."""
    return cut(mask_in_text(word.text[:5000]) if ctx.mask else word.text, length)


def _context(view: TicketView, book: TeamBook, ctx: LetterContext, menu: TicketMenu | None) -> dict[str, Any]:
    client = view.client
    who = called(client, masked=ctx.mask)
    has_name = bool(client.name or client.account_name)
    others = [cut(number(other, ctx.mask), 40) for other in client.other_numbers]
    comment = view.comment and (mask_in_text(view.comment) if ctx.mask else view.comment)
    return {
        "view": view,
        "ctx": ctx,
        "menu": menu,
        "icon": ICONS[view.status],
        "status": status_word(view.status, book, ctx.language),
        "who": who and cut(who, 60),
        "phone": cut(number(client.number, ctx.mask), 40) if client.number and has_name else None,
        "others": ", ".join(others[:_NUMBERS_SHOWN]),
        "channel": channel_word(view.channel, ctx.language),
        "entry_point": view.entry_point and cut(view.entry_point, 40),
        "topic": cut(" › ".join(view.topic), 80),
        "result": result_of(view, ctx.language),
        "comment": comment and cut(comment, 300),
        "subject": view.subject and cut(mask_in_text(view.subject) if ctx.mask else view.subject, 200),
        "statuses": {code: status_word(code, book, ctx.language) for code in ICONS},
        "is_snoozed": view.is_open and view.snoozed_until is not None and view.snoozed_until > ctx.now,
    }
