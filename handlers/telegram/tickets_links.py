"""Links to one ticket (G20): https://t.me/<bot>?start=t_123 opens its card for who is in the ticket's team."""

from __future__ import annotations

import re
from html import escape

import structlog
from aiogram import F, Router
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import Message

from followup.errors import FollowupError
from followup.notices import store as notices
from followup.tickets import store
from handlers.telegram.commands import teams_here
from handlers.telegram.front import Caller, Front
from handlers.telegram.showing import show_ticket
from messenger.answers import refusal
from messenger.outgoing import Outgoing

log = structlog.get_logger()

_LINK = re.compile(r"t_(\d{1,18})")


def router() -> Router:
    """Routes of this file; they come before the plain /start."""
    routes = Router(name="links to tickets")
    routes.message.register(on_link, CommandStart(deep_link=True, magic=F.args.regexp(_LINK)))
    return routes


async def on_link(_: Message, command: CommandObject, caller: Caller, front: Front) -> None:
    """Whose ticket it is decides; to everybody else it does not exist."""
    match = _LINK.fullmatch(command.args or "")
    try:
        gone = await _show(int(match[1]) if match else 0, caller, front)
    except FollowupError as refused:
        log.info("link refused", why=refused.key, who=caller.telegram_id)
        text = escape(refusal(refused, caller.language, now=front.clock.now()), quote=False)
        await front.gateway.send(caller.chat_id, caller.thread_id, Outgoing(text=text))
        return
    if gone is not None:
        await front.gateway.delete(*gone)


async def _show(ticket_id: int, caller: Caller, front: Front) -> tuple[int, int] | None:
    async with front.database.read() as c:
        team_id = await store.team_of_ticket(c, ticket_id)
    place = dict(teams_here(caller)).get(team_id or 0)
    if team_id is None or place is None:
        raise FollowupError("not_yours")
    async with front.desk(team_id) as desk:
        caller.member_of(desk.book)
        return await show_ticket(desk, await notices.ensure_chat(desk.c, team_id, place), ticket_id)
