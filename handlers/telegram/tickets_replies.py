"""Answers to questions about tickets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from followup.cases.later import parse_later
from followup.errors import FollowupError
from followup.notices import store as notices
from followup.tickets import actions, attaching
from followup.tickets.actions import TicketPress
from followup.tickets.search import cleaned, find_contacts
from handlers.telegram.visits import open_screen

if TYPE_CHECKING:
    from handlers.telegram.replies import Reply


def _press(reply: Reply) -> TicketPress:
    ticket_id = reply.question["payload"]["ticket_id"]
    return TicketPress(ticket_id=ticket_id, member=reply.press.member, source_key=reply.press.source_key)


async def _close(reply: Reply) -> None:
    await actions.close(reply.desk, _press(reply), reply.question["payload"]["result"], reply.text)


async def _comment(reply: Reply) -> None:
    await actions.comment(reply.desk, _press(reply), reply.text)


async def _snooze(reply: Reply) -> None:
    until = parse_later(reply.text, reply.desk.now, reply.desk.book.policy.timezone)
    await actions.snooze(reply.desk, _press(reply), until)


async def _name(reply: Reply) -> None:
    await attaching.name_contact(reply.desk, _press(reply), reply.text)


async def _attach(reply: Reply) -> None:
    """Nobody is joined by words alone: what was found is shown, and a press chooses."""
    press, query = _press(reply), cleaned(reply.text)
    await actions.may_act(reply.desk, press, must_be_open=False)
    if not await find_contacts(reply.desk, query):
        raise FollowupError("nothing_found", found=query)
    chat = await notices.chat_by_id(reply.desk.c, reply.desk.book.id, reply.question["chat_id"])
    if chat is not None:
        params = {"query": query, "attach": press.ticket_id, "page": 0}
        await open_screen(reply.desk, chat, reply.press.member, "found", params)


TICKET_PURPOSES: Mapping[str, Callable[[Reply], Awaitable[None]]] = {
    "t_close": _close,
    "t_comment": _comment,
    "t_snooze": _snooze,
    "t_name": _name,
    "t_attach": _attach,
}
