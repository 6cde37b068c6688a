"""Letters about tickets: nobody was there, handed over, questions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Final, TypeAlias

from aiogram.types import ForceReply

from followup.notices import store as notices
from followup.teams.book import Member
from followup.tickets.reading import ticket_view
from followup.tickets.views import TicketView
from messenger.buttons import TicketPress, copy_button, keyboard, ticket_button
from messenger.content import Readers
from messenger.filters import cut, number
from messenger.markup import fit
from messenger.outgoing import Outgoing
from messenger.render import render, render_plain
from messenger.ticket_words import called
from storage.rows import Row

TicketLetter: TypeAlias = Callable[[object, Readers, Row], Awaitable[Outgoing | None]]

# What is asked about a ticket: the purpose of the question, as its payload names it.
_OF_DIRECTORIES: Final = ("d_topic", "d_retopic", "d_sla", "d_result", "d_reresult", "d_status")
TICKET_QUESTIONS: Final = ("t_close", "t_comment", "t_snooze", "t_name", "t_attach", *_OF_DIRECTORIES)


async def _nobody_there(_: object, readers: Readers, row: Row) -> Outgoing | None:
    """M29: the head learns that a ticket waits because nobody was at work; not when somebody has it by now."""
    view = await ticket_view(readers.c, readers.book, row["payload"]["ticket_id"])
    if view is None or not view.is_open or view.owner_id is not None:
        return None
    return _about("nobody_there", view, readers, {})


async def _handed(_: object, readers: Readers, row: Row) -> Outgoing | None:
    """G7: the new owner, the old one, or a group learns of a transfer; what is no longer so is not told."""
    payload = row["payload"]
    view = await ticket_view(readers.c, readers.book, payload["ticket_id"])
    if view is None or not view.is_open or not _is_so(view, payload):
        return None
    to = readers.book.member_name(payload.get("to"))
    return _about(payload["what"], view, readers, {"by": payload.get("by"), "to": to, "group": payload.get("group")})


def _is_so(view: TicketView, payload: Mapping[str, Any]) -> bool:
    if payload["what"] == "to_group":
        return view.group == payload.get("group") and view.owner_id is None
    return bool(view.owner_id == payload.get("to"))


def _about(kind: str, view: TicketView, readers: Readers, about: Mapping[str, Any]) -> Outgoing:
    press = TicketPress(op="open", ticket=view.id)
    button = ticket_button(render_plain("letters/buttons.j2", readers.context.language, code="open_card"), press)
    return Outgoing(text=_text(kind, view, readers, about), keyboard=keyboard([button]))


def _text(kind: str, view: TicketView, readers: Readers, about: Mapping[str, Any]) -> str:
    ctx, given = readers.context, {"by": None, "to": None, "group": None, "phone": None, **about}
    return fit(
        render("letters/ticket.j2", ctx.language, kind=kind, view=view, who=_who(view, readers), ctx=ctx, **given)
    )


def _who(view: TicketView, readers: Readers) -> str | None:
    who = called(view.client, masked=readers.mask)
    return who and cut(who, 60)


async def ticket_question(readers: Readers, payload: Mapping[str, Any], asked: Member) -> Outgoing | None:
    """What a person is asked to write about a ticket, as an answer to its card where this chat has one."""
    if payload["purpose"] in _OF_DIRECTORIES:
        return _directory_question(readers, payload["purpose"], asked)
    view = await ticket_view(readers.c, readers.book, payload["ticket_id"])
    if view is None or view.state == "gone":
        return None
    ctx, kind = readers.context, payload["purpose"]
    hint = render_plain("letters/ticket_hints.j2", ctx.language, kind=kind)
    who = (asked.telegram_id, asked.name)
    text = render(
        "letters/ticket_question.j2", ctx.language, kind=kind, view=view, who=_who(view, readers), person=who, ctx=ctx
    )
    reply = ForceReply(selective=True, input_field_placeholder=cut(hint, 64))
    return await under_card(readers, view.id, Outgoing(text=fit(text), keyboard=reply))


def _directory_question(readers: Readers, kind: str, asked: Member) -> Outgoing:
    ctx, who = readers.context, (asked.telegram_id, asked.name)
    text = render("letters/directory_question.j2", ctx.language, kind=kind, person=who, ctx=ctx)
    return Outgoing(text=fit(text), keyboard=ForceReply(selective=True))


async def under_card(readers: Readers, ticket_id: int, outgoing: Outgoing) -> Outgoing:
    """As an answer to the ticket's card where this chat has one."""
    card = await notices.card_of(readers.c, readers.book.id, readers.chat.id, "ticket", ticket_id)
    is_here = card is not None and card["shown_in"] == readers.chat.telegram_id
    return replace(outgoing, reply_to=card["message_id"]) if card is not None and is_here else outgoing


async def _ticket_number(_: object, readers: Readers, row: Row) -> Outgoing | None:
    """The full number for the presser's private chat, to copy or to tap."""
    view = await ticket_view(readers.c, readers.book, row["payload"]["ticket_id"])
    if view is None or view.client.number is None:
        return None
    language = readers.context.language
    copy = copy_button(render_plain("cards/ticket_buttons.j2", language, code="copy", num=0), view.client.number)
    shown = cut(number(view.client.number, masked=False), 64)
    return Outgoing(text=_text("number", view, readers, {"phone": shown}), keyboard=keyboard([copy]))


TICKET_LETTERS: Final[Mapping[str, TicketLetter]] = {
    "nobody_there": _nobody_there,
    "ticket_handed": _handed,
    "ticket_number": _ticket_number,
}
