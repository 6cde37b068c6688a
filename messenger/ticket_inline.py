"""What inline mode offers: numbers are masked everywhere, and what is posted tells of nobody but by its link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from aiogram.enums import ParseMode
from aiogram.types import InlineQueryResultArticle, InputTextMessageContent

from followup.teams.book import TeamBook
from followup.tickets.views import ClientView, TicketView
from messenger.filters import cut, number
from messenger.render import render_plain
from messenger.ticket_links import ticket_link
from messenger.ticket_words import ICONS, called, channel_word, status_word


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one team has found; ``address`` is the bot's user name."""

    book: TeamBook
    tickets: Sequence[TicketView]
    contacts: Sequence[ClientView]
    address: str | None


def results_of(found: Finding) -> list[InlineQueryResultArticle]:
    """One result each."""
    known = [view for view in found.tickets if not view.client.is_erased]
    return [_ticket(view, found) for view in known] + [_contact(client, found) for client in found.contacts]


def _ticket(view: TicketView, found: Finding) -> InlineQueryResultArticle:
    language = found.book.policy.language
    title = render_plain("cards/ticket_buttons.j2", language, code="numbered", num=view.id)
    standing = f"{ICONS[view.status]} {status_word(view.status, found.book, language)}"
    about = [_name(view.client, language), channel_word(view.channel, language), view.owner_name]
    link = ticket_link(found.address, view.id)
    said = f"🎫 {escape(title)}" if link is None else f'🎫 <a href="{escape(link)}">{escape(title)}</a>'
    return InlineQueryResultArticle(
        id=f"t{view.id}",
        title=cut(f"{title} · {standing}", 80),
        description=cut(" · ".join(each for each in about if each), 120),
        input_message_content=InputTextMessageContent(message_text=said, parse_mode=ParseMode.HTML),
    )


def _contact(client: ClientView, found: Finding) -> InlineQueryResultArticle:
    name = _name(client, found.book.policy.language)
    phone = number(client.number, masked=True) if client.number else None
    return InlineQueryResultArticle(
        id=f"c{client.id}",
        title=cut(f"👤 {name}", 80),
        description=phone if phone and phone != name else None,
        input_message_content=InputTextMessageContent(message_text=f"👤 {phone or name}", parse_mode=None),
    )


def _name(client: ClientView, language: str) -> str:
    return called(client, masked=True) or render_plain("cards/ticket_guest.j2", language)
